"""What others publish: feeds that are followed, and their entries until one becomes an idea.

Announces feed.following, feed.failing, feed.stopped, feed_entry.taken. Knows people.
"""
