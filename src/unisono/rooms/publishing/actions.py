"""The verbs people use on publications. Those that give other times lie in `retiming`; what the
worker does in `ledger`."""

from __future__ import annotations

from datetime import datetime

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
from unisono.rooms.publishing.pacing.asking import must_fit
from unisono.rooms.publishing.reasons import NO_REASON, because
from unisono.rooms.publishing.retiming import (
    Change,
    bring_along,
    move,
    move_each,
    move_post,
    move_together,
    retime,
)
from unisono.rooms.publishing.states import GRACE, LIVE, PUBLICATION
from unisono.rooms.workflow.queries import cleared

__all__ = [
    "Change",
    "bring_along",
    "move",
    "move_each",
    "move_post",
    "move_together",
    "retime",
]


class NotCleared(Conflict):
    """This revision has not been approved."""

    code = "not_cleared"


class AlreadyPlanned(Conflict):
    """The variant has a publication that still wants to go out, or may have."""

    code = "already_planned"


def schedule(
    revision: Revision, *, wall: datetime, zone: str, anyway: str = "", by: Actor, now: datetime
) -> Publication:
    """Give an approved revision its time: naive `wall` in `zone`.

    Raises NotCleared without an approval, AlreadyPlanned when the variant is scheduled already,
    Invalid for an unknown zone or a time gone by, and Collides when a house rule is against it and
    no reason is given in `anyway`.
    """
    due_at = content.meant(wall, zone, now=now)
    return _schedule(revision, wall, zone, due_at, TimeKind.WALL, anyway=anyway, by=by, now=now)


def publish_now(
    revision: Revision, *, anyway: str | None = "", by: Actor, now: datetime
) -> Publication:
    """Send an approved revision at once. Raises as `schedule` does; with None in `anyway` no house
    rule is asked, since it goes where it was before."""
    wall = clock.to_wall(now, by.zone)
    return _schedule(revision, wall, by.zone, now, TimeKind.INSTANT, anyway=anyway, by=by, now=now)


def schedule_variant(
    variant: Variant,
    *,
    wall: datetime | None = None,
    zone: str = "",
    anyway: str = "",
    by: Actor,
    now: datetime,
) -> Publication:
    """Schedule a variant as it stands, at the time given or at the one pencilled in."""
    revision = content.freeze(variant, by=by, now=now)
    if wall is None:
        if not variant.planned_wall:
            raise Invalid(_("Choose when it should go out."), field="at")
        wall, zone = datetime.fromisoformat(variant.planned_wall), variant.planned_zone
    return schedule(revision, wall=wall, zone=zone, anyway=anyway, by=by, now=now)


def schedule_post(post: Post, *, anyway: str = "", by: Actor, now: datetime) -> list[Publication]:
    """Schedule every variant of the post that is not scheduled yet, at its pencilled time."""
    by.must(Capability.SCHEDULE, post.department_id)
    with transaction.atomic():
        waiting = _not_on_their_way(post)
        for at in sorted({v.planned_at for v in waiting if v.planned_at and v.planned_at > now}):
            those = [v for v in waiting if v.planned_at == at]
            zone = those[0].planned_zone
            must_fit(those, at, zone=zone, anyway=anyway, by=by, now=now)
        return [schedule_variant(variant, by=by, now=now) for variant in waiting]


def publish_post_now(
    post: Post, *, anyway: str = "", by: Actor, now: datetime
) -> list[Publication]:
    """Send every variant of the post that is not scheduled and has not gone out, at once."""
    by.must(Capability.SCHEDULE, post.department_id)
    with transaction.atomic():
        waiting = _not_on_their_way(post)
        must_fit(waiting, now, zone=by.zone, anyway=anyway, by=by, now=now)
        return [publish_now(content.freeze(v, by=by, now=now), by=by, now=now) for v in waiting]


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
    anyway: str | None,
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
        if anyway is not None:
            must_fit([variant], due_at, zone=zone, anyway=anyway, by=by, now=now)
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
