"""What an edit, a new approval or a dropped channel does to what is scheduled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from unisono.kernel.states import advance
from unisono.rooms.content.models import Revision, Variant
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import chain, reasons
from unisono.rooms.publishing.bell import ring
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.reasons import NO_REASON, because
from unisono.rooms.publishing.states import PUBLICATION


def recheck(variant: Variant, *, by: Actor, now: datetime) -> None:
    """After an edit: what was approved as it stood before may not go out unseen."""
    scheduled = variant.publications.filter(state="scheduled", part=0).select_related("revision")
    for publication in scheduled:
        if publication.revision.digest != variant.digest:
            advance(publication, PUBLICATION, "held", by=by, now=now, **because("edited"))


def renew(variant: Variant, revision: Revision, *, by: Actor, now: datetime) -> Publication | None:
    """After a new approval: let the publication that waited for it carry the new revision."""
    waiting = variant.publications.filter(state="held", reason_code__in=("edited", "not_approved"))
    publication = waiting.first()
    if publication is None or not chain.carries(publication, revision):
        return None
    late = publication.due_at <= now
    with transaction.atomic():
        Publication.objects.filter(pk=publication.pk).update(
            revision=revision, handle={}, prepared_until=None
        )
        publication.refresh_from_db()
        if not publication.part:
            chain.lay_out(publication, by=by, now=now)
        if late:
            why = reasons.late(publication.due_at, now)
            Publication.objects.filter(pk=publication.pk).update(**why)
        else:
            advance(
                publication,
                PUBLICATION,
                "scheduled",
                by=by,
                now=now,
                next_at=publication.due_at,
                **NO_REASON,
            )
    ring()
    return publication


def cancel_dropped(variant: Variant, *, by: Actor, now: datetime) -> None:
    """After a channel was taken off its post: nothing of it goes out any more."""
    for publication in variant.publications.filter(state__in=("scheduled", "held")):
        advance(
            publication,
            PUBLICATION,
            "cancelled",
            by=by,
            now=now,
            next_at=None,
            **because("dropped"),
        )
