"""What is said: ideas, posts, their variants per channel, and immutable revisions.

Announces idea.captured, idea.developed, idea.dropped, post.written, post.changed, post.removed,
variant.planned, revision.frozen, series.started, series.changed, series.ended, occurrence.missed,
occurrence.skipped. Knows plan, channels, library and people.
"""
