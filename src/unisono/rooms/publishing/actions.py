"""The verbs people use on publications. What the worker does lies in `ledger`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock, events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Revision, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import chain, evidence, followers, turns
from unisono.rooms.publishing.bell import ring
from unisono.rooms.publishing.models import Publication, TimeKind
from unisono.rooms.publishing.reasons import NO_REASON, because
from unisono.rooms.publishing.states import GRACE, LIVE, PUBLICATION
from unisono.rooms.publishing.stops import holds_on
from unisono.rooms.workflow.queries import cleared

WAITS_FOR_A_TIME = ("late", "undecided")
"""Reasons that are over as soon as a held publication has another time."""


class NotCleared(Conflict):
    """This revision has not been approved."""

    code = "not_cleared"


class AlreadyPlanned(Conflict):
    """The variant has a publication that still wants to go out, or may have."""

    code = "already_planned"


def schedule(
    revision: Revision, *, wall: datetime, zone: str, by: Actor, now: datetime
) -> Publication:
    """Give an approved revision its time: naive `wall` in `zone`.

    Raises NotCleared without an approval, AlreadyPlanned when the variant is scheduled already,
    Invalid for an unknown zone or a time gone by.
    """
    due_at = content.meant(wall, zone, now=now)
    return _schedule(revision, wall, zone, due_at, TimeKind.WALL, by=by, now=now)


def publish_now(revision: Revision, *, by: Actor, now: datetime) -> Publication:
    """Send an approved revision at once."""
    wall = clock.to_wall(now, by.zone)
    return _schedule(revision, wall, by.zone, now, TimeKind.INSTANT, by=by, now=now)


def schedule_variant(
    variant: Variant,
    *,
    wall: datetime | None = None,
    zone: str = "",
    by: Actor,
    now: datetime,
) -> Publication:
    """Schedule a variant as it stands, at the time given or at the one pencilled in."""
    revision = content.freeze(variant, by=by, now=now)
    if wall is None:
        if not variant.planned_wall:
            raise Invalid(_("Choose when it should go out."), field="at")
        wall, zone = datetime.fromisoformat(variant.planned_wall), variant.planned_zone
    return schedule(revision, wall=wall, zone=zone, by=by, now=now)


def schedule_post(post: Post, *, by: Actor, now: datetime) -> list[Publication]:
    """Schedule every variant of the post that is not scheduled yet, at its pencilled time."""
    by.must(Capability.SCHEDULE, post.department_id)
    with transaction.atomic():
        waiting = _not_on_their_way(post)
        return [schedule_variant(variant, by=by, now=now) for variant in waiting]


def move(
    variant: Variant,
    *,
    wall: datetime,
    zone: str,
    along: bool = False,
    by: Actor,
    now: datetime,
) -> Publication | Variant:
    """Give a variant another time, wherever it stands: pencilled in, scheduled or held.

    Raises TooEarly before its turn, Overtakes when posts that follow would go out too early then;
    with `along` these move with it.
    """
    with transaction.atomic(), _leading(variant.post, along=along, by=by, now=now):
        return _move(variant, wall=wall, zone=zone, by=by, now=now)


def _move(
    variant: Variant, *, wall: datetime, zone: str, by: Actor, now: datetime
) -> Publication | Variant:
    own = variant.publications.filter(part=0)
    live = own.filter(state__in=LIVE).first()
    if live is None and own.exclude(state="cancelled").exists():
        raise Conflict(_("This has gone out, or failed: its time cannot change any more."))
    if live is None:
        at = content.meant(wall, zone, now=now)
        turns.must_be_its_turn(variant.post, at, zone, now=now)
        return content.plan_variant(variant, wall=wall, zone=zone, by=by, now=now)
    return _retime(live, wall=wall, zone=zone, by=by, now=now)


def move_together(
    variants: Sequence[Variant],
    *,
    wall: datetime,
    zone: str,
    along: bool = False,
    by: Actor,
    now: datetime,
) -> None:
    """Give several variants the same time, all of them or none."""
    posts = {variant.post_id: variant.post for variant in variants}
    with transaction.atomic(), ExitStack() as leading:
        for post in posts.values():
            leading.enter_context(_leading(post, along=along, by=by, now=now))
        for variant in variants:
            _move(variant, wall=wall, zone=zone, by=by, now=now)


def move_post(
    post: Post,
    *,
    wall: datetime | None,
    zone: str,
    along: bool = False,
    by: Actor,
    now: datetime,
) -> None:
    """Give every variant that has not gone out the same time; None wipes pencilled ones."""
    by.must(Capability.WRITE, post.department_id)
    with transaction.atomic(), _leading(post, along=along, by=by, now=now):
        for variant in variants_of(post):
            sent = variant.publications.filter(part=0).exclude(state="cancelled")
            latest = sent.order_by("-scheduled_at").first()
            if latest is None and wall is None:
                content.plan_variant(variant, wall=None, zone=zone, by=by, now=now)
            elif wall is not None and (latest is None or latest.state in ("scheduled", "held")):
                _move(variant, wall=wall, zone=zone, by=by, now=now)


def publish_post_now(post: Post, *, by: Actor, now: datetime) -> list[Publication]:
    """Send every variant of the post that is not scheduled and has not gone out, at once."""
    by.must(Capability.SCHEDULE, post.department_id)
    with transaction.atomic():
        waiting = _not_on_their_way(post)
        return [publish_now(content.freeze(v, by=by, now=now), by=by, now=now) for v in waiting]


def retime(
    publication: Publication,
    *,
    wall: datetime,
    zone: str,
    along: bool = False,
    by: Actor,
    now: datetime,
) -> Publication:
    """Move a scheduled publication, or a held one (which then waits for its reason to end).

    What waits behind it moves along; posts that follow its post do so where `along` says so.
    """
    with transaction.atomic(), _leading(publication.variant.post, along=along, by=by, now=now):
        return _retime(publication, wall=wall, zone=zone, by=by, now=now)


def _retime(
    publication: Publication, *, wall: datetime, zone: str, by: Actor, now: datetime
) -> Publication:
    by.must(Capability.SCHEDULE, publication.variant.post.department_id)
    if publication.state not in ("scheduled", "held"):
        raise Conflict(_("This is being sent, or has gone out: its time cannot change any more."))
    due_at = content.meant(wall, zone, now=now)
    if not publication.part and publication.unbound_at is None:
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


def cancel(publication: Publication, *, by: Actor, now: datetime) -> None:
    """Take a publication back, and what was to follow it. Too late once it is being sent."""
    by.must(Capability.SCHEDULE, publication.variant.post.department_id)
    if publication.state == "publishing":
        raise Conflict(_("It is being sent this very moment."))
    with transaction.atomic():
        advance(publication, PUBLICATION, "cancelled", by=by, now=now, next_at=None)
        chain.cancel_after(publication, by=by, now=now)


def retry(publication: Publication, *, by: Actor, now: datetime) -> Publication:
    """Send a failed or held publication now. Its revision must still be approved."""
    by.must(Capability.SCHEDULE, publication.variant.post.department_id)
    if publication.state not in ("failed", "held"):
        raise Conflict(_("Only what failed or is held can be sent again."))
    _must_be_cleared(publication.revision)
    if not publication.part:
        _must_be_current(publication)
        _must_be_last(publication)
    try:
        with transaction.atomic():
            advance(
                publication,
                PUBLICATION,
                "scheduled",
                by=by,
                now=now,
                next_at=now,
                latest_at=now + GRACE,
                tries=0,
                **NO_REASON,
            )
    except IntegrityError:
        raise AlreadyPlanned(_("Another publication of this is planned already.")) from None
    ring()
    return publication


def hurry(publication: Publication, *, by: Actor, now: datetime) -> Publication:
    """Try a late publication again at once instead of after its pause."""
    by.must(Capability.SCHEDULE, publication.variant.post.department_id)
    if publication.state != "scheduled" or publication.due_at > now:
        raise Conflict(_("Only what is late can be tried again at once."))
    if publication.reason_code == "limited":
        raise Conflict(_("The network asks us to wait. It goes out as soon as that is over."))
    hurried = Publication.objects.filter(pk=publication.pk, state="scheduled")
    with transaction.atomic():
        if not hurried.update(next_at=now, latest_at=max(publication.latest_at, now + GRACE)):
            raise Conflict(_("It is being sent this very moment."))
        publication.refresh_from_db()
        events.record("publication.hurried", publication, by=by, now=now)
        ring()
    return publication


def settle_by_person(
    publication: Publication, *, outcome: str, url: str = "", by: Actor, now: datetime
) -> Publication:
    """A person says what became of an unknown: `published` (with its link), `absent` or `left`.

    `absent` sends it now; `left` ends it as failed. The word is kept as evidence.
    """
    by.must(Capability.SCHEDULE, publication.variant.post.department_id)
    if publication.state != "unknown":
        raise Conflict(_("This has been settled already."))
    with transaction.atomic():
        if outcome == "published":
            if not url.strip():
                raise Invalid(_("Paste the link of the post."), field="url")
            post = chain.named(publication, url)
            advance(
                publication,
                PUBLICATION,
                "published",
                by=by,
                now=now,
                remote_id=post.get("remote_id", ""),
                url=url.strip(),
                published_at=publication.armed_at or now,
                next_at=None,
                **NO_REASON,
            )
            if post:
                chain.release([(publication, post)], now=now)
            followers.release([publication], now=now)
        elif outcome == "absent":
            advance(
                publication,
                PUBLICATION,
                "scheduled",
                by=by,
                now=now,
                next_at=now,
                latest_at=now + GRACE,
                **NO_REASON,
            )
            ring()
        elif outcome == "left":
            advance(
                publication,
                PUBLICATION,
                "failed",
                by=by,
                now=now,
                next_at=None,
                **because("abandoned"),
            )
        else:
            raise Invalid(_("Choose one of the three answers."), field="outcome")
        evidence.keep(
            publication,
            None,
            "person",
            {"outcome": outcome, "url": url},
            by=by,
            now=now,
        )
    return publication


def _schedule(
    revision: Revision,
    wall: datetime,
    zone: str,
    due_at: datetime,
    kind: str,
    *,
    by: Actor,
    now: datetime,
) -> Publication:
    variant = revision.variant
    by.must(Capability.SCHEDULE, variant.post.department_id)
    _must_be_cleared(revision)
    turns.must_be_its_turn(variant.post, due_at, zone, now=now)
    if variant.dropped_at or variant.post.removed_at:
        raise Conflict(_("This channel was taken off the post."))
    if variant.channel.state == "disconnected":
        raise Conflict(
            _("%(channel)s is disconnected. Connect it again first.")
            % {"channel": variant.channel.name}
        )
    with transaction.atomic():
        Variant.objects.select_for_update().get(pk=variant.pk)
        own = variant.publications.filter(part=0)
        if own.filter(state__in=LIVE).exists():
            raise AlreadyPlanned(
                _("%(channel)s: this is scheduled already. Move it instead.")
                % {"channel": variant.channel.name}
            )
        chain.clear(variant, by=by, now=now)
        publication = Publication.objects.create(
            variant=variant,
            revision=revision,
            channel=variant.channel,
            occurrence=own.count(),
            kind=kind,
            wall=f"{wall:%Y-%m-%dT%H:%M}",
            zone=zone,
            due_at=due_at,
            latest_at=due_at + GRACE,
            next_at=due_at,
            scheduled_by=by.member,
            scheduled_at=now,
        )
        Variant.objects.filter(pk=variant.pk).update(
            planned_wall=publication.wall, planned_zone=zone, planned_at=due_at
        )
        events.record(
            "publication.scheduled",
            publication,
            by=by,
            now=now,
            wall=publication.wall,
            zone=zone,
        )
        if revision.follow_ups:
            chain.lay_out(publication, by=by, now=now)
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


def _not_on_their_way(post: Post) -> list[Variant]:
    waiting = [
        variant
        for variant in variants_of(post)
        if not variant.publications.filter(part=0, state__in=(*LIVE, "published")).exists()
    ]
    if not waiting:
        raise AlreadyPlanned(_("Every channel of this post is scheduled or published already."))
    return waiting


def _must_be_cleared(revision: Revision) -> None:
    if not cleared(revision):
        raise NotCleared(_("This revision has not been approved."))


def _must_be_current(publication: Publication) -> None:
    if publication.revision.digest != publication.variant.digest:
        raise NotCleared(_("The post was edited after its approval. Ask for approval again."))


def _must_be_last(publication: Publication) -> None:
    """What was scheduled anew since then, with its follow-ups, is not sent beside it."""
    newer = publication.variant.publications.filter(occurrence__gt=publication.occurrence)
    if newer.exclude(state="cancelled").exists():
        raise AlreadyPlanned(_("Another publication of this is planned already."))


def _free(publication: Publication) -> bool:
    """Whether a held publication that has a time again may go back on schedule."""
    if publication.reason_code == "on_hold":
        return not holds_on([publication])
    return publication.reason_code in WAITS_FOR_A_TIME
