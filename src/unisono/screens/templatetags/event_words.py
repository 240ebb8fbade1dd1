"""Events as sentences."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext, gettext_noop

from unisono.kernel.models import Event

register = template.Library()

WORDS = {
    "idea.captured": gettext_noop("Idea captured"),
    "idea.developed": gettext_noop("Idea developed"),
    "idea.dropped": gettext_noop("Idea put aside"),
    "idea.merged": gettext_noop("Another idea merged into it"),
    "idea.moved": gettext_noop("Idea moved"),
    "idea.commented": gettext_noop("Comment written"),
    "request.made": gettext_noop("Request made"),
    "request.promised": gettext_noop("Request promised"),
    "request.put_off": gettext_noop("Another day promised"),
    "request.refused": gettext_noop("Request refused"),
    "request.done": gettext_noop("Request done"),
    "post.written": gettext_noop("Post started"),
    "post.changed": gettext_noop("Post changed"),
    "post.removed": gettext_noop("Post removed"),
    "kit.made": gettext_noop("Share kit made"),
    "kit.changed": gettext_noop("Share kit changed"),
    "kit.open": gettext_noop("Share kit opened"),
    "kit.closed": gettext_noop("Share kit closed"),
    "kit.sent": gettext_noop("Share kit sent to colleagues"),
    "kit_invite.made": gettext_noop("Address for colleagues without an account made"),
    "kit_invite.revoked": gettext_noop("Address for colleagues without an account revoked"),
    "series.started": gettext_noop("Series started"),
    "series.changed": gettext_noop("Series changed"),
    "series.ended": gettext_noop("Series ended"),
    "occurrence.skipped": gettext_noop("Left out of its series"),
    "occurrence.missed": gettext_noop("Not ready at its time"),
    "variant.planned": gettext_noop("Time pencilled in"),
    "variant.overridden": gettext_noop("Planned against a house rule"),
    "variant.dropped": gettext_noop("Channel taken off"),
    "variant.missed": gettext_noop("Its time passed without being scheduled"),
    "variant.unscheduled": gettext_noop("Approved, but not scheduled"),
    "revision.frozen": gettext_noop("Revision kept for review"),
    "approval_request.open": gettext_noop("Approval asked"),
    "approval_request.approved": gettext_noop("Approved"),
    "approval_request.changes_asked": gettext_noop("Changes asked"),
    "approval_request.withdrawn": gettext_noop("Approval withdrawn"),
    "comment.written": gettext_noop("Comment written"),
    "channel.rules_set": gettext_noop("House rules set"),
    "task.added": gettext_noop("Task written down"),
    "task.planned": gettext_noop("Task planned"),
    "task.changed": gettext_noop("Task changed"),
    "task.moved": gettext_noop("Moved with its post"),
    "task.assigned": gettext_noop("Given to somebody"),
    "task.returned": gettext_noop("Given back"),
    "task.in_progress": gettext_noop("Begun"),
    "task.done": gettext_noop("Done"),
    "task.open": gettext_noop("Reopened"),
    "task.dropped": gettext_noop("Dropped"),
    "task.waits": gettext_noop("Waits for another task"),
    "task.waits_no_more": gettext_noop("Waits for it no more"),
    "task.freed": gettext_noop("Can be begun"),
    "task.due_tomorrow": gettext_noop("Due tomorrow, and told"),
    "task.overdue": gettext_noop("Overdue, and told"),
    "publication.scheduled": gettext_noop("Scheduled"),
    "publication.retimed": gettext_noop("Moved to another time"),
    "publication.publishing": gettext_noop("Being sent"),
    "publication.published": gettext_noop("Published"),
    "publication.failed": gettext_noop("Failed"),
    "publication.unknown": gettext_noop("Outcome unknown, looking on the network"),
    "publication.doubtful": gettext_noop("Outcome unknown, a person decides"),
    "publication.held": gettext_noop("Held back"),
    "publication.late": gettext_noop("Late, and told"),
    "publication.at_risk": gettext_noop("At risk, and told ahead"),
    "publication.hurried": gettext_noop("Tried again at once"),
    "publication.unbound": gettext_noop("Sent out of turn"),
    "order.set": gettext_noop("Follows another post"),
    "order.removed": gettext_noop("Follows no other post any more"),
    "embargo.placed": gettext_noop("Embargo placed"),
    "embargo.lifted": gettext_noop("Embargo lifted"),
    "publication.gone": gettext_noop("Gone from its network, and told"),
    "publication.back": gettext_noop("On its network again"),
    "publication.changed": gettext_noop("Changed on its network, and told"),
    "publication.accepted": gettext_noop("Left so by a person"),
    "publication.cancelled": gettext_noop("Cancelled"),
}


@register.filter
def event_words(event: Event) -> str:
    """What happened, in the language active now."""
    known = WORDS.get(event.kind)
    return gettext(known) if known else event.kind
