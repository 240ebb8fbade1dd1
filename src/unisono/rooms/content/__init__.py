"""What is said: ideas, posts, their variants per channel, and immutable revisions.

Announces idea.captured, idea.developed, idea.dropped, post.written, post.changed, post.removed,
variant.planned, campaign.cloned, revision.frozen, series.started, series.changed, series.ended,
occurrence.missed, occurrence.skipped. When a campaign changed what links carry, its posts follow.
Knows plan, channels, library and people.
"""
