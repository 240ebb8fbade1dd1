"""Where the rooms are joined: which functions answer which event, cause beside effect."""

from __future__ import annotations

from unisono.kernel import events
from unisono.rooms.content import reactions as content
from unisono.rooms.engagement import reactions as engagement
from unisono.rooms.metrics import reactions as metrics
from unisono.rooms.notifications import intake
from unisono.rooms.notifications import reactions as notifications
from unisono.rooms.publishing import promises, readback
from unisono.rooms.publishing import reactions as publishing

REACTIONS: dict[str, list[events.Reaction]] = {
    "campaign.changed": [content.campaign_changed],
    "post.changed": [publishing.post_changed],
    "variant.dropped": [publishing.variant_dropped],
    "variant.missed": [notifications.approved_in_vain],
    "variant.unscheduled": [notifications.approved_in_vain],
    "occurrence.missed": [notifications.occurrence_missed],
    "comment.written": [notifications.comment_written],
    "approval_request.open": [notifications.approval_asked],
    "approval_request.approved": [publishing.approval_given, notifications.approval_decided],
    "approval_request.changes_asked": [notifications.approval_decided],
    "approval_request.withdrawn": [publishing.approval_withdrawn],
    "publication.published": [
        metrics.publication_published,
        engagement.publication_published,
        promises.request_served,
        readback.publication_published,
    ],
    "publication.gone": [notifications.publications_gone],
    "publication.changed": [notifications.publications_changed],
    "idea.commented": [intake.idea_commented],
    "feed.failing": [intake.feed_failing],
    "request.made": [intake.request_made],
    "publication.failed": [notifications.publication_in_trouble],
    "publication.held": [notifications.publication_in_trouble],
    "publication.cancelled": [notifications.followers_wait],
    "publication.unknown": [notifications.doubt_without_look_up],
    "publication.doubtful": [notifications.publication_in_trouble],
    "publication.late": [notifications.publications_late],
    "publication.at_risk": [notifications.publications_at_risk],
    "channel.needs_sign_in": [notifications.channel_in_trouble],
    "channel.disconnected": [notifications.channel_in_trouble],
    "channel.expiring": [notifications.channel_expiring],
    "channel.queue_low": [notifications.channel_queue_low],
    "channel.connected": [publishing.channel_connected],
}


def connect() -> None:
    """Called once, when Django has loaded every app."""
    events.wire(REACTIONS)
