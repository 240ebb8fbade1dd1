"""Many posts moved in one go: to another time, to another channel, off the shelf and back.

Each move is carried out wholly or not at all, and one that is refused stops no other. What was
done comes back as the moves that would undo it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Conflict, Invalid, Refusal
from unisono.rooms.channels import queries as channels
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content import ideas
from unisono.rooms.content import queries as contents
from unisono.rooms.content.models import Idea, Post, Variant
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.publishing import actions
from unisono.rooms.publishing.states import LIVE

Some = TypeVar("Some")

AT_ONCE = 500
"""Moves one call carries out at most, so that a request ends before its reader gives up."""


@dataclass(frozen=True)
class Move:
    """Where one variant shall stand: at the naive `wall` in `zone`, or without a time.

    `channel_id` names another channel than its own; `off` takes it off its post, `to_idea` makes an
    idea of its post again. `was` is the wall time (`2026-03-11T08:50`, "" for none) it is thought
    to have: a move that somebody else came before is refused. `anyway` is the reason why it stands
    there against a house rule.
    """

    variant_id: UUID
    wall: datetime | None = None
    zone: str = ""
    channel_id: UUID | None = None
    off: bool = False
    to_idea: bool = False
    was: str | None = None
    anyway: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one move: the variant as it is then and the move `back`, or the refusal."""

    move: Move
    variant: Variant | None = None
    back: Move | None = None
    refusal: Refusal | None = None


def carry_out(moves: Sequence[Move], *, by: Actor, now: datetime) -> list[Outcome]:
    """Carry out every move, each wholly or not at all."""
    return [_tried(move, by=by, now=now) for move in _few(moves)]


def shift(variants: Sequence[UUID], *, by_minutes: int, by: Actor, now: datetime) -> list[Outcome]:
    """Move variants by so many minutes of wall time: a week later is the same hour, whatever the
    clocks do in between."""
    known = contents.variants(by).in_bulk(_few(variants))
    delta = timedelta(minutes=by_minutes)
    return [_shifted(pk, known.get(pk), delta, by=by, now=now) for pk in dict.fromkeys(variants)]


def place(
    post: Post,
    *,
    channel: Channel | None = None,
    wall: datetime,
    zone: str,
    anyway: str = "",
    by: Actor,
    now: datetime,
) -> list[Outcome]:
    """Give a post without a time one: on `channel`, which is added where it is missing, or on all
    its channels that have none yet. All of it or, with a Refusal, nothing."""
    by.must(Capability.WRITE, post.department_id)
    with transaction.atomic():
        there = contents.variants_of(post)
        chosen = [v for v in there if channel is None or v.channel_id == channel.pk]
        added = channel is not None and not chosen
        if channel is not None and added:
            wanted = [*(variant.channel for variant in there), channel]
            content.choose_channels(post, wanted, by=by, now=now)
            chosen = [v for v in contents.variants_of(post) if v.channel_id == channel.pk]
        undated = [v for v in chosen if not v.planned_wall]
        if not undated:
            raise _no_channel_left(bool(chosen))
        for variant in undated:
            actions.move(variant, wall=wall, zone=zone, anyway=anyway, by=by, now=now)
    return [_placed(variant, wall, zone, off=added) for variant in undated]


def place_idea(
    idea: Idea,
    *,
    department: Department | None,
    channel: Channel,
    wall: datetime,
    zone: str,
    anyway: str = "",
    by: Actor,
    now: datetime,
) -> list[Outcome]:
    """Make a post of an idea, for `channel` and with a time. The move back makes an idea of it."""
    department = idea.department or department
    if department is None:
        raise Invalid(_("Choose the department whose post this becomes."), field="department")
    with transaction.atomic():
        post = ideas.develop(idea, department=department, channels=[channel], by=by, now=now)
        done = place(post, wall=wall, zone=zone, anyway=anyway, by=by, now=now)
    return [replace(one, back=replace(one.back, to_idea=True)) for one in done if one.back]


def _tried(move: Move, *, by: Actor, now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            variant = contents.variant(by, move.variant_id)
            _expect(variant, move)
            stood = variant.planned_wall
            moved = _moved(variant, move, by=by, now=now)
            if move.to_idea:
                return Outcome(move, moved)
            back = Move(
                moved.pk,
                datetime.fromisoformat(stood) if stood else None,
                variant.planned_zone if stood else "",
                variant.channel_id if moved.pk != variant.pk else None,
                was=moved.planned_wall,
            )
    except Refusal as refusal:
        return Outcome(move, refusal=refusal)
    return Outcome(move, moved, back)


def _expect(variant: Variant, move: Move) -> None:
    """Lock the variant, and refuse where somebody else came first."""
    held = Variant.objects.select_for_update().get(pk=variant.pk)
    for name in ("planned_wall", "planned_zone", "planned_at"):
        setattr(variant, name, getattr(held, name))
    if move.was is not None and variant.planned_wall != move.was:
        raise Conflict(_("Somebody else has moved this in between."))


def _moved(variant: Variant, move: Move, *, by: Actor, now: datetime) -> Variant:
    """The variant where it stands then. The one given keeps what was."""
    if move.to_idea:
        if variant.post.comments.exists():
            raise Conflict(_("Somebody has worked on this post in between. It stays."))
        ideas.undevelop(variant.post, by=by, now=now)
        return variant
    if move.off:
        rest = [v.channel for v in contents.variants_of(variant.post) if v.pk != variant.pk]
        content.choose_channels(variant.post, rest, by=by, now=now)
        return variant
    zone = move.zone or by.zone
    if move.channel_id and move.channel_id != variant.channel_id:
        channel = channels.channel(by, move.channel_id)
        return _to_channel(variant, channel, move, by=by, now=now)
    fresh = contents.variant(by, variant.pk)
    if move.wall is not None:
        actions.move(fresh, wall=move.wall, zone=zone, anyway=move.anyway, by=by, now=now)
        fresh.refresh_from_db(fields=["planned_wall", "planned_zone", "planned_at"])
    elif fresh.publications.filter(state__in=LIVE).exists():
        raise Conflict(_("This is scheduled. Take it back first to leave it without a time."))
    else:
        content.plan_variant(fresh, wall=None, zone=zone, by=by, now=now)
    return fresh


def _to_channel(
    variant: Variant,
    channel: Channel,
    move: Move,
    *,
    by: Actor,
    now: datetime,
) -> Variant:
    """Out on another channel. What is scheduled stays so where no approval has to be asked anew."""
    wall, zone = move.wall, move.zone or by.zone
    own = variant.publications.filter(part=0)
    live = own.filter(state__in=LIVE).first()
    on_its_way = live is not None and live.state not in ("scheduled", "held")
    if on_its_way or (live is None and own.exclude(state="cancelled").exists()):
        raise Conflict(
            _("This is being sent, or has gone out: its channel cannot change any more.")
        )
    if live is not None:
        actions.cancel(live, by=by, now=now)
    fresh = content.change_channel(variant, channel=channel, by=by, now=now)
    if wall is None:
        content.plan_variant(fresh, wall=None, zone=zone, by=by, now=now)
        return fresh
    try:
        if live is None:
            actions.move(fresh, wall=wall, zone=zone, anyway=move.anyway, by=by, now=now)
        else:
            actions.schedule_variant(
                fresh, wall=wall, zone=zone, anyway=move.anyway, by=by, now=now
            )
    except actions.NotCleared:
        raise actions.NotCleared(
            _("This was approved for %(channel)s. Take it back before you change its channel.")
            % {"channel": variant.channel.name}
        ) from None
    fresh.refresh_from_db(fields=["planned_wall", "planned_zone", "planned_at"])
    return fresh


def _few(many: Sequence[Some]) -> Sequence[Some]:
    if len(many) > AT_ONCE:
        raise Invalid(
            _("These are too many at once. Move at most %(n)s.") % {"n": AT_ONCE}, field="moves"
        )
    return many


def _shifted(
    pk: UUID, variant: Variant | None, delta: timedelta, *, by: Actor, now: datetime
) -> Outcome:
    if variant is None:
        return _tried(Move(pk), by=by, now=now)
    if not variant.planned_wall:
        return Outcome(Move(pk), refusal=Conflict(_("This has no time yet.")))
    wall = datetime.fromisoformat(variant.planned_wall) + delta
    move = Move(pk, wall, variant.planned_zone, was=variant.planned_wall)
    return _tried(move, by=by, now=now)


def _placed(variant: Variant, wall: datetime, zone: str, *, off: bool) -> Outcome:
    variant.refresh_from_db(fields=["planned_wall", "planned_zone", "planned_at"])
    back = Move(variant.pk, None, off=off, was=variant.planned_wall)
    return Outcome(Move(variant.pk, wall, zone), variant, back)


def _no_channel_left(has_one: bool) -> Refusal:
    if has_one:
        return Conflict(_("This post has a time there already. Move it instead."))
    return Invalid(_("This post has no channel yet. Drop it on the row of one."), field="channel")
