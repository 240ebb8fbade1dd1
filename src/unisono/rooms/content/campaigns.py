"""Campaigns with what they say: held after a template, held again, as steps of a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock, events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content import copies
from unisono.rooms.content.models import Post
from unisono.rooms.content.queries import posts, variants_of
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department, Member
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import briefs, launches, templates
from unisono.rooms.plan.briefs import Details
from unisono.rooms.plan.launches import Kind, Placed, Step, Unit
from unisono.rooms.plan.models import Audience, Campaign, Objective
from unisono.rooms.plan.templates import Template

COPIES_MAX = 200
"""Posts of one campaign that are copied at once."""

ONE_OFF = time(9)


@dataclass(frozen=True)
class Launch:
    """What a template is applied with: `day` is the one its steps are counted from.

    `move` leaves weekends and holidays out, `dated` pencils the times in; otherwise the posts are
    drafts without a time. `department` writes what names none.
    """

    name: str
    day: date
    zone: str
    department: Department | None = None
    objective: Objective | None = None
    owner: Member | None = None
    audiences: Sequence[Audience] = ()
    channels: Sequence[Channel] = ()
    move: bool = True
    dated: bool = True


def outlook(template: Template, launch: Launch, *, by: Actor) -> list[Placed]:
    """The steps on their days, as `hold` would make them."""
    by.must_anywhere(Capability.SEE)
    off = templates.days_off(by)
    return launches.place(template.steps, launch.day, move=launch.move, off=off)


def hold(template: Template, launch: Launch, *, by: Actor, now: datetime) -> Campaign:
    """Open a campaign after a template: its posts as drafts, its other steps told for tasks."""
    placed = outlook(template, launch, by=by)
    writers = _departments(placed, launch, by)
    first, last = launches.span(placed, launch.day)
    with transaction.atomic():
        campaign = plan.open_campaign(
            name=launch.name,
            starts_on=first,
            ends_on=last,
            brief=template.note,
            department=launch.department,
            objective=launch.objective,
            owner=launch.owner,
            details=Details(audiences=launch.audiences, channels=launch.channels),
            by=by,
            now=now,
        )
        channels = {str(c.pk): c for c in Channel.objects.exclude(state="disconnected")}
        for one in placed:
            if one.step.kind == Kind.POST:
                _draft(one, campaign, launch, writers[one.step.department], channels, by, now)
        rest = [_told(one) for one in placed if one.step.kind == Kind.TASK]
        plan.note_steps(campaign, rest, by=by, now=now)
    return campaign


def steps_of(campaign: Campaign, day: date, *, by: Actor) -> list[Step]:
    """What the posts of a campaign are as steps of a template, counted from `day`."""
    rows = posts(by).filter(campaign=campaign).prefetch_related("variants")
    return [_step(post, day, by.organization.zone) for post in rows]


def offset_within(on: date, day: date) -> int:
    """The days between; raises Invalid for more than a step may lie away."""
    offset = (on - day).days
    if abs(offset) > launches.FARTHEST:
        raise Invalid(_("Choose a day within a year of everything in it."), field="day")
    return offset


def clone(
    campaign: Campaign, *, name: str, starts_on: date, drafts: bool, by: Actor, now: datetime
) -> Campaign:
    """The campaign once more from another first day, all its dates shifted alike.

    The event says what it was copied of, for whoever copies its tasks. With `drafts` its posts come
    along as drafts, pencilled in at the same wall times of their days; what would lie in the past
    comes without a time.
    """
    by.must(Capability.CAMPAIGN, campaign.department_id)
    shift = starts_on - campaign.starts_on
    rows = list(posts(by).filter(campaign=campaign).order_by("written_at")) if drafts else []
    if len(rows) > COPIES_MAX:
        raise Conflict(
            _("This campaign has more than %(most)d posts. Copy it without them.")
            % {"most": COPIES_MAX},
            field="drafts",
        )
    kept = briefs.details_of(campaign)
    with transaction.atomic():
        made = plan.open_campaign(
            name=name,
            starts_on=starts_on,
            ends_on=campaign.ends_on + shift,
            brief=campaign.brief,
            department=campaign.department,
            objective=copies.living(campaign.objective),
            owner=campaign.owner,
            details=replace(kept, code=""),
            by=by,
            now=now,
        )
        for post in rows:
            _copy(post, made, shift, by, now)
        events.record(
            "campaign.cloned", made, by=by, now=now, of=str(campaign.pk), shift=shift.days
        )
    return made


def retag(campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Bring the posts of a campaign up to date with what its links carry now.

    What was approved as it stood before is told to have changed, like any edit of it.
    """
    for post in Post.objects.filter(campaign=campaign, removed_at=None):
        with transaction.atomic():
            before = [variant.digest for variant in variants_of(post)]
            after = [content.caught_up(variant).digest for variant in variants_of(post)]
            if before != after:
                events.record("post.changed", post, by=by, now=now, text=True, links=True)


def _departments(placed: list[Placed], launch: Launch, by: Actor) -> dict[str, Department]:
    """Who writes, by what the steps say; raises Invalid where nobody would."""
    known = {str(d.pk): d for d in people.departments(by, Capability.WRITE)}
    found: dict[str, Department] = {}
    for name in {one.step.department for one in placed if one.step.kind == Kind.POST}:
        writer = known.get(name) or launch.department
        if writer is None:
            raise Invalid(_("Choose the department that writes the posts."), field="department")
        found[name] = writer
    return found


def _draft(
    one: Placed,
    campaign: Campaign,
    launch: Launch,
    department: Department,
    channels: dict[str, Channel],
    by: Actor,
    now: datetime,
) -> Post:
    wall = one.wall if launch.dated else None
    if wall and content.instant_of(wall, launch.zone) <= now:
        wall = None
    named = [channels[pk] for pk in one.step.channels if pk in channels]
    return content.write_post(
        title=one.step.title,
        text=one.step.text,
        department=department,
        campaign=campaign,
        channels=named or list(launch.channels),
        wall=wall,
        zone=launch.zone,
        by=by,
        now=now,
    )


def _told(one: Placed) -> dict[str, str]:
    step = one.step
    on = one.on.isoformat() if one.on else ""
    return {"on": on, "title": step.title, "text": step.text, "department": step.department}


def _step(post: Post, day: date, zone: str) -> Step:
    living = [variant for variant in post.variants.all() if variant.dropped_at is None]
    dated = [variant for variant in living if variant.planned_at]
    wall = datetime.combine(day, ONE_OFF)
    if dated:
        first = min(dated, key=lambda variant: variant.planned_at or variant.post.written_at)
        wall = datetime.fromisoformat(first.planned_wall)
    return Step(
        title=post.title,
        text=post.text,
        offset=offset_within(wall.date(), day),
        unit=Unit.DAYS if dated else Unit.UNDATED,
        at=f"{wall:%H:%M}",
        department=str(post.department_id),
        channels=tuple(str(variant.channel_id) for variant in living),
    )


def _copy(post: Post, campaign: Campaign, shift: timedelta, by: Actor, now: datetime) -> None:
    """The post as a draft of another campaign, with its times moved as far as they lie ahead."""
    planned = {variant.channel_id: variant for variant in variants_of(post)}
    made = copies.copy_post(post, campaign=campaign, by=by, now=now)
    for variant in variants_of(made):
        old = planned[variant.channel_id]
        if old.planned_wall:
            wall = datetime.fromisoformat(old.planned_wall) + shift
            if clock.resolve(wall, old.planned_zone).instant > now:
                content.plan_variant(variant, wall=wall, zone=old.planned_zone, by=by, now=now)
