"""Questions about publications: lists, receipts, and what needs a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import (
    Exists,
    OuterRef,
    QuerySet,
)
from django.utils.translation import gettext_lazy as _

from unisono.kernel.events import history
from unisono.kernel.models import Event
from unisono.kernel.refusals import NotFound
from unisono.rooms.channels.sentences import said_again
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.agenda import Filters
from unisono.rooms.publishing.models import (
    Attempt,
    Embargo,
    Evidence,
    Override,
    PostOrder,
    Publication,
    ReadBack,
)
from unisono.rooms.publishing.pacing.queries import override_of
from unisono.rooms.publishing.standings import DRIFTED, NEEDS_A_PERSON
from unisono.rooms.publishing.states import DRIFTS, LIVE
from unisono.rooms.publishing.turns import embargoes_on, order_of
from unisono.rooms.workflow.models import Decision


def passed_by(now: datetime) -> QuerySet[Variant]:
    """The variants of occurrences whose time came while nothing of theirs was on its way."""
    sent = Publication.objects.filter(variant=OuterRef("pk")).exclude(state="cancelled")
    return Variant.objects.filter(
        ~Exists(sent),
        dropped_at=None,
        planned_at__lte=now,
        post__removed_at=None,
        post__occurrence__state="made",
    )


def publications(actor: Actor, filters: Filters | None = None) -> QuerySet[Publication]:
    """Publications of the departments the actor sees, by due time."""
    rows = Publication.objects.filter(seen(actor, "variant__post__department"))
    if filters:
        rows = rows.filter(filters.on("variant__"))
        if filters.states:
            rows = rows.filter(state__in=filters.states)
    return rows.select_related(
        "channel",
        "revision",
        "variant__post__department",
        "variant__post__campaign",
        "scheduled_by",
    )


def publication(actor: Actor, pk: UUID) -> Publication:
    """One publication; raises NotFound."""
    found = publications(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such publication."))
    return found


def troubled(actor: Actor) -> QuerySet[Publication]:
    """What waits for a person: failed, held, unknown with no way left to look, or no more as it was
    sent."""
    return publications(actor).filter(NEEDS_A_PERSON | DRIFTED).order_by("due_at")


@dataclass(frozen=True)
class Turn:
    """What it has to wait for, and the event of its being sent although that had not come."""

    order: PostOrder | None = None
    embargoes: list[Embargo] = field(default_factory=list)
    unbound: Event | None = None


@dataclass(frozen=True)
class Receipt:
    """The proof of one publication, for people and for the API.

    `chain` are the post and its follow-ups in order, this one among them; empty without any.
    """

    publication: Publication
    chain: list[Publication] = field(default_factory=list)
    approvals: list[Decision] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    read_back: ReadBack | None = None
    turn: Turn = field(default_factory=Turn)
    override: Override | None = None

    @property
    def reason(self) -> str:
        return said_again(self.publication.reason)


def receipt(actor: Actor, pk: UUID) -> Receipt:
    """What was approved, by whom, what was sent when, what the network answered, and the link."""
    found = publication(actor, pk)
    return Receipt(
        publication=found,
        chain=_chain(found),
        approvals=list(
            Decision.objects.filter(request__revision=found.revision_id).select_related("by")
        ),
        attempts=list(found.attempts.all()),
        evidence=list(found.evidence.select_related("by")),
        read_back=ReadBack.objects.filter(publication=found).first(),
        turn=Turn(
            order_of(found.variant.post),
            embargoes_on(found.variant.post),
            history(found.pk).filter(kind="publication.unbound").first(),
        ),
        override=override_of(found.variant_id, found.due_at),
    )


def _chain(publication: Publication) -> list[Publication]:
    if publication.parts == 1:
        return []
    rows = Publication.objects.filter(
        variant=publication.variant_id, occurrence=publication.occurrence
    )
    return list(rows.select_related("revision", "variant").order_by("part", "scheduled_at"))


def badge(row: Publication) -> str:
    """The badge of one publication: its state, or what there is to know of it first."""
    if row.state == "unknown" and row.next_at is None:
        return "doubtful"
    return row.reason_code if row.state == "published" and row.reason_code in DRIFTS else row.state


def live(variant: Variant) -> Publication | None:
    """The variant's publication that still wants to go out, or may have."""
    return variant.publications.filter(state__in=LIVE, part=0).select_related("revision").first()
