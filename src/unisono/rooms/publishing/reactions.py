"""What publishing does when something happened in a room below it."""

from __future__ import annotations

from datetime import datetime

from unisono.kernel import events
from unisono.kernel.models import Event
from unisono.kernel.refusals import Refusal
from unisono.kernel.states import advance
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Variant
from unisono.rooms.people.actors import actor_for, system
from unisono.rooms.people.models import Member
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import edits, holds
from unisono.rooms.publishing.reasons import because
from unisono.rooms.publishing.states import LIVE, PUBLICATION, READY
from unisono.rooms.workflow.models import ApprovalRequest


def approval_given(event: Event) -> None:
    """An approved revision takes the place that waited for it, or its pencilled time.

    It is scheduled in the name of the approver. What cannot be scheduled (its time has passed
    meanwhile, its channel is disconnected) stays approved, and `variant.unscheduled` says so.
    """
    request = ApprovalRequest.objects.select_related("variant__post", "revision").get(
        pk=event.subject_id
    )
    variant = request.variant
    robot = system(event.organization_id)
    if edits.renew(variant, request.revision, by=robot, now=event.at):
        return
    planned = request.schedule_when_approved and variant.planned_wall
    live = variant.publications.filter(part=0, state__in=LIVE).exists()
    approver = Member.objects.filter(pk=event.by_id).first() if event.by_id else None
    if not planned or live or approver is None or request.revision.digest != variant.digest:
        return
    wall = datetime.fromisoformat(variant.planned_wall)
    try:
        publishing.schedule(
            request.revision,
            wall=wall,
            zone=variant.planned_zone,
            by=actor_for(approver),
            now=event.at,
        )
    except Refusal as refusal:
        late = bool(variant.planned_at and variant.planned_at <= event.at)
        code = "late" if late else refusal.code
        planned = f"{variant.planned_wall} {variant.planned_zone}"
        events.record(
            "variant.unscheduled", variant, by=robot, now=event.at, code=code, planned=planned
        )


def approval_withdrawn(event: Event) -> None:
    """What waits to go out on a withdrawn approval is held."""
    request = ApprovalRequest.objects.get(pk=event.subject_id)
    if event.data.get("from") != "approved":
        return
    by = system(event.organization_id)
    # What waits behind another part is asked at its claim.
    for row in request.revision.publications.filter(READY):
        advance(row, PUBLICATION, "held", by=by, now=event.at, **because("not_approved"))


def post_changed(event: Event) -> None:
    """An edit after approval holds what was scheduled, until it is approved anew."""
    by = system(event.organization_id)
    for variant in Variant.objects.filter(post=event.subject_id, dropped_at=None):
        edits.recheck(variant, by=by, now=event.at)


def variant_dropped(event: Event) -> None:
    """What was scheduled for a channel taken off its post is cancelled."""
    variant = Variant.objects.get(pk=event.subject_id)
    edits.cancel_dropped(variant, by=system(event.organization_id), now=event.at)


def channel_connected(event: Event) -> None:
    """What waited for the channel goes back on schedule; what is late by now asks a person."""
    channel = Channel.objects.get(pk=event.subject_id)
    by = system(event.organization_id)
    for reason in ("needs_sign_in", "disconnected"):
        holds.release(reason, channel=channel, by=by, now=event.at)
