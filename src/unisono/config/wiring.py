"""Where the rooms are joined: which functions answer which event, cause beside effect."""

from __future__ import annotations

from unisono.kernel import events
from unisono.rooms.automation import running as automation
from unisono.rooms.content import reactions as content
from unisono.rooms.engagement import reactions as engagement
from unisono.rooms.metrics import reactions as metrics
from unisono.rooms.notifications import experiments as experiment_notices
from unisono.rooms.notifications import intake, letters
from unisono.rooms.notifications import kits as kit_notices
from unisono.rooms.notifications import reactions as notifications
from unisono.rooms.notifications import rules as rule_notices
from unisono.rooms.notifications import work as work_notices
from unisono.rooms.publishing import promises, readback, timing
from unisono.rooms.publishing import reactions as publishing
from unisono.rooms.workflow import reactions as workflow

REACTIONS: dict[str, list[events.Reaction]] = {
    "campaign.changed": [content.campaign_changed],
    "campaign.noted": [workflow.campaign_noted],
    "campaign.cloned": [workflow.campaign_cloned],
    "post.written": [timing.post_timed],
    "post.changed": [publishing.post_changed],
    "post.removed": [workflow.post_removed],
    "revision.frozen": [workflow.revision_frozen],
    "variant.planned": [timing.post_timed],
    "variant.dropped": [publishing.variant_dropped, timing.post_timed],
    "variant.missed": [notifications.approved_in_vain],
    "variant.unscheduled": [notifications.approved_in_vain],
    "occurrence.missed": [notifications.occurrence_missed],
    "comment.written": [notifications.comment_written],
    "approval_request.open": [notifications.approval_asked],
    "approval_request.approved": [
        publishing.approval_given,
        notifications.approval_decided,
        workflow.approval_given,
    ],
    "approval_request.changes_asked": [notifications.approval_decided],
    "approval_request.withdrawn": [publishing.approval_withdrawn],
    "publication.scheduled": [timing.post_timed],
    "publication.retimed": [timing.post_timed],
    "publication.cancelled": [timing.post_timed, notifications.followers_wait],
    "publication.published": [
        metrics.publication_published,
        engagement.publication_published,
        promises.request_served,
        readback.publication_published,
        timing.post_out,
    ],
    "publication.gone": [notifications.publications_gone],
    "publication.changed": [notifications.publications_changed],
    "idea.commented": [intake.idea_commented],
    "feed.failing": [intake.feed_failing],
    "request.made": [intake.request_made, letters.requester_told],
    "request.promised": [letters.requester_told],
    "request.put_off": [letters.requester_told],
    "request.refused": [letters.requester_told],
    "request.asked_back": [letters.requester_told],
    "request.answered": [intake.request_answered],
    "request.done": [letters.requester_told],
    "kit.sent": [kit_notices.kit_sent],
    "experiment.done": [experiment_notices.experiment_over],
    "experiment.stopped": [experiment_notices.experiment_over],
    "experiment.unanswered": [experiment_notices.experiment_over],
    "rule.told": [rule_notices.rule_told],
    "rule.paused": [rule_notices.rule_paused],
    "rule.failed": [rule_notices.rule_failed],
    "publication.failed": [notifications.publication_in_trouble],
    "publication.held": [notifications.publication_in_trouble],
    "publication.unknown": [notifications.doubt_without_look_up],
    "publication.doubtful": [notifications.publication_in_trouble],
    "publication.late": [notifications.publications_late],
    "publication.at_risk": [notifications.publications_at_risk],
    "absence.noted": [workflow.absence_changed],
    "absence.taken_back": [workflow.absence_changed],
    "task.assigned": [workflow.task_assigned, work_notices.task_assigned],
    "task.freed": [work_notices.task_freed],
    "task.due_tomorrow": [work_notices.task_due],
    "task.overdue": [work_notices.task_due],
    "channel.needs_sign_in": [notifications.channel_in_trouble],
    "channel.disconnected": [notifications.channel_in_trouble],
    "channel.expiring": [notifications.channel_expiring],
    "channel.queue_low": [notifications.channel_queue_low],
    "channel.connected": [publishing.channel_connected],
}


def connect() -> None:
    """Called once, when Django has loaded every app."""
    events.wire(REACTIONS)
    events.watch(automation.hear)
