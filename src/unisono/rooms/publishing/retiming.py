"""Other times for what is planned: one channel's part of a post, a whole post, several at once, or
a publication. What follows a moved post comes after it still, or is moved along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock, events
from unisono.kernel.refusals import Conflict
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import chain, turns
from unisono.rooms.publishing.bell import ring
from unisono.rooms.publishing.models import Publication, TimeKind
from unisono.rooms.publishing.pacing.asking import keep_to_oneself, must_fit
from unisono.rooms.publishing.reasons import NO_REASON
from unisono.rooms.publishing.states import GRACE, LIVE, PUBLICATION
from unisono.rooms.publishing.stops import holds_on

WAITS_FOR_A_TIME = ("late", "undecided")
"""Reasons that are over as soon as a held publication has another time."""


def move(
    variant: Variant,
    *,
    wall: datetime,
    zone: str,
    along: bool = False,
    anyway: str = "",
    by: Actor,
    now: datetime,
) -> Publication | Variant:
    """Give a variant another time, wherever it stands: pencilled in, scheduled or held.

    Raises Collides as `schedule` does, TooEarly before its turn, Overtakes when posts that follow
    would go out too early then; with `along` these move with it.
    """
    with transaction.atomic(), _leading(variant.post, along=along, by=by, now=now):
        return _move(variant, wall=wall, zone=zone, anyway=anyway, by=by, now=now)


def _move(
    variant: Variant, *, wall: datetime, zone: str, anyway: str | None, by: Actor, now: datetime
) -> Publication | Variant:
    """`anyway` None: whoever calls sees to the order and the house rules afterwards."""
    own = variant.publications.filter(part=0)
    live = own.filter(state__in=LIVE).first()
    if live is None and own.exclude(state="cancelled").exists():
        raise Conflict(_("This has gone out, or failed: its time cannot change any more."))
    if live is None:
        by.must(Capability.WRITE, variant.post.department_id)
        at = content.meant(wall, zone, now=now)
        if anyway is not None:
            turns.must_be_its_turn(variant.post, at, zone, now=now)
            must_fit([variant], at, zone=zone, anyway=anyway, by=by, now=now)
        return content.plan_variant(variant, wall=wall, zone=zone, by=by, now=now)
    return _retime(live, wall=wall, zone=zone, anyway=anyway, by=by, now=now)


def move_together(
    variants: Sequence[Variant],
    *,
    wall: datetime,
    zone: str,
    along: bool = False,
    anyway: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Give several variants the same time, all of them or none. Raises as `move` does."""
    posts = {variant.post_id: variant.post for variant in variants}
    with transaction.atomic(), ExitStack() as leading:
        for post in posts.values():
            leading.enter_context(_leading(post, along=along, by=by, now=now))
        _move_all(variants, wall=wall, zone=zone, anyway=anyway, by=by, now=now)


def _move_all(
    variants: Sequence[Variant],
    *,
    wall: datetime,
    zone: str,
    anyway: str,
    by: Actor,
    now: datetime,
) -> None:
    for department in {variant.post.department_id for variant in variants}:
        by.must(Capability.WRITE, department)
    # All at once, so that the ways out suit all of them.
    at = content.meant(wall, zone, now=now)
    must_fit(variants, at, zone=zone, anyway=anyway, by=by, now=now)
    for variant in variants:
        _move(variant, wall=wall, zone=zone, anyway=anyway, by=by, now=now)


@dataclass(frozen=True)
class Change:
    """A variant and the wall time in a zone that it is to have."""

    variant: Variant
    wall: datetime
    zone: str


def move_each(changes: Sequence[Change], *, by: Actor, now: datetime) -> None:
    """Give several variants times of their own, all of them or none. Raises as `move` does.

    Each has to fit in with where the others are then: so posts can exchange their places.
    """
    variants = [change.variant for change in changes]
    posts = {variant.post_id: variant.post for variant in variants}
    with transaction.atomic(), ExitStack() as leading:
        keep_to_oneself(variants)
        for post in posts.values():
            leading.enter_context(_leading(post, along=False, by=by, now=now))
        for one in changes:
            _move(one.variant, wall=one.wall, zone=one.zone, anyway=None, by=by, now=now)
        for one in changes:
            at = content.meant(one.wall, one.zone, now=now)
            turns.must_be_its_turn(one.variant.post, at, one.zone, now=now)
            must_fit([one.variant], at, zone=one.zone, anyway="", by=by, now=now)


def move_post(
    post: Post,
    *,
    wall: datetime | None,
    zone: str,
    along: bool = False,
    anyway: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Give every variant that has not gone out the same time; None wipes pencilled ones."""
    by.must(Capability.WRITE, post.department_id)
    with transaction.atomic(), _leading(post, along=along, by=by, now=now):
        moving = []
        for variant in variants_of(post):
            sent = variant.publications.filter(part=0).exclude(state="cancelled")
            latest = sent.order_by("-scheduled_at").first()
            if latest is None and wall is None:
                content.plan_variant(variant, wall=None, zone=zone, by=by, now=now)
            elif wall is not None and (latest is None or latest.state in ("scheduled", "held")):
                moving.append(variant)
        if moving and wall is not None:
            _move_all(moving, wall=wall, zone=zone, anyway=anyway, by=by, now=now)


def retime(
    publication: Publication,
    *,
    wall: datetime,
    zone: str,
    along: bool = False,
    anyway: str = "",
    by: Actor,
    now: datetime,
) -> Publication:
    """Move a scheduled publication, or a held one (which then waits for its reason to end).

    What waits behind it moves along; posts that follow its post do so where `along` says so.
    Raises Collides as `schedule` does.
    """
    with transaction.atomic(), _leading(publication.variant.post, along=along, by=by, now=now):
        return _retime(publication, wall=wall, zone=zone, anyway=anyway, by=by, now=now)


def _retime(
    publication: Publication,
    *,
    wall: datetime,
    zone: str,
    anyway: str | None,
    by: Actor,
    now: datetime,
) -> Publication:
    by.must(Capability.SCHEDULE, publication.variant.post.department_id)
    if publication.state not in ("scheduled", "held"):
        raise Conflict(_("This is being sent, or has gone out: its time cannot change any more."))
    due_at = content.meant(wall, zone, now=now)
    ruled = not publication.part and anyway is not None
    if ruled and publication.unbound_at is None:
        turns.must_be_its_turn(publication.variant.post, due_at, zone, now=now)
    changes: dict[str, Any] = {
        "wall": f"{wall:%Y-%m-%dT%H:%M}",
        "zone": zone,
        "kind": TimeKind.WALL,
        "due_at": due_at,
        "latest_at": due_at + GRACE,
    }
    if publication.state == "scheduled" and publication.reason_code in turns.WAITS:
        changes |= NO_REASON
    waits = publication.waits
    with transaction.atomic():
        if ruled:
            must_fit([publication.variant], due_at, zone=zone, anyway=anyway or "", by=by, now=now)
        moved = Publication.objects.filter(
            pk=publication.pk, state=publication.state, next_at__isnull=publication.next_at is None
        ).update(**changes, next_at=None if waits else due_at)
        if not moved:
            raise Conflict(_("It is being sent this very moment."))
        chain.after(publication).update(**changes)
        if not publication.part:
            Variant.objects.filter(pk=publication.variant_id).update(
                planned_wall=changes["wall"], planned_zone=zone, planned_at=due_at
            )
        publication.refresh_from_db()
        events.record(
            "publication.retimed",
            publication,
            by=by,
            now=now,
            wall=changes["wall"],
            zone=zone,
        )
        if publication.state == "held" and _free(publication):
            advance(publication, PUBLICATION, "scheduled", by=by, now=now, **NO_REASON)
        ring()
    return publication


@contextmanager
def _leading(post: Post, *, along: bool, by: Actor, now: datetime) -> Iterator[None]:
    """Within, the post gets other times; what follows comes after it still, or moves along."""
    followed = turns.followers_of(post).exists()
    before = turns.turns_of([post.pk])[post.pk].at if followed else None
    yield
    if followed:
        bring_along(post, before, along=along, by=by, now=now)


def bring_along(
    post: Post,
    before: datetime | None,
    *,
    along: bool,
    by: Actor,
    now: datetime,
    only: Post | None = None,
) -> None:
    """Move what follows the post (or `only` this) and would go out too early; else Overtakes.

    `before` is when the post was to go out until now: what follows keeps its distance from it.
    """
    for order, stand, at in turns.overtaken(post, before):
        if only and order.post_id != only.pk:
            continue
        if not along:
            raise turns.overtakes(order, stand, fresh=only is not None)
        variant = Variant.objects.select_related("post", "channel").get(pk=stand.variant_id)
        zone = stand.zone or by.zone
        move(variant, wall=clock.to_wall(at, zone), zone=zone, along=True, by=by, now=now)


def _free(publication: Publication) -> bool:
    """Whether a held publication that has a time again may go back on schedule."""
    if publication.reason_code == "on_hold":
        return not holds_on([publication])
    return publication.reason_code in WAITS_FOR_A_TIME
