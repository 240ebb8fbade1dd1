"""What was noticed and what is proposed, and what to make of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema

from unisono.api.calls import Call, now
from unisono.api.paging import At, PageOf, page
from unisono.rooms.orchestration import actions, queries, words
from unisono.rooms.orchestration.models import Proposal, Signal
from unisono.rooms.people.actors import Actor

router = Router()


class EvidenceOut(Schema):
    """What it rests on: the `figure` expected (`ratio`, `views`, `likes` or `hours`), the range
    that holds eight of ten cases, how many cases that was learnt from, and whose they were."""

    figure: str
    expected: float
    low: float
    high: float
    sample: int
    basis: str


class ProposalOut(Schema):
    """`kind` is the act: `move`, `fill`, `ask` or `repeat`. `title` and `reason` are sentences in
    the reader's language. `effect` is what came of it, once that can be told."""

    id: UUID
    kind: str
    state: str
    title: str
    reason: str
    evidence: EvidenceOut
    department_id: UUID
    post_id: UUID
    variant_id: UUID | None
    channel_id: UUID | None
    signal_id: UUID | None
    at: datetime | None
    wall: str
    zone: str
    was_at: datetime | None
    offered_at: datetime
    ends_at: datetime
    decided_at: datetime | None
    declined_because: str
    effect: dict[str, Any] | None
    outcome: str


class SignalOut(Schema):
    """Something noticed, once for as long as it lasts; `data` is what the sentence is made of."""

    id: UUID
    kind: str
    state: str
    sentence: str
    department_id: UUID | None
    subject_type: str
    subject_id: UUID
    data: dict[str, Any]
    noticed_at: datetime
    over_at: datetime | None


class DeclineIn(Schema):
    reason: str = Field("", max_length=actions.REASON_MAX)


@router.get("/proposals", response=PageOf[ProposalOut], summary="What is proposed")
def proposals(request: Call, at: At, state: str = "offered") -> Any:
    actor = request.actor
    return page(queries.proposals(actor, state), at, lambda row: _proposal(row, actor))


@router.get("/proposals/{pk}", response=ProposalOut, summary="One proposal")
def proposal(request: Call, pk: UUID) -> Any:
    return _proposal(queries.proposal(request.actor, pk), request.actor)


@router.post("/proposals/{pk}/accept", response=ProposalOut, summary="Do what is proposed")
def accept(request: Call, pk: UUID) -> Any:
    row = queries.proposal(request.actor, pk)
    return _proposal(actions.accept(row, by=request.actor, now=now()), request.actor)


@router.post("/proposals/{pk}/decline", response=ProposalOut, summary="Put it aside")
def decline(request: Call, pk: UUID, said: DeclineIn) -> Any:
    row = queries.proposal(request.actor, pk)
    done = actions.decline(row, reason=said.reason, by=request.actor, now=now())
    return _proposal(done, request.actor)


@router.post("/proposals/{pk}/undo", response=ProposalOut, summary="Take back what was accepted")
def undo(request: Call, pk: UUID) -> Any:
    row = queries.proposal(request.actor, pk)
    return _proposal(actions.undo(row, by=request.actor, now=now()), request.actor)


@router.get("/signals", response=PageOf[SignalOut], summary="What was noticed")
def signals(request: Call, at: At, state: str = "open") -> Any:
    actor = request.actor
    return page(queries.signals(actor, state), at, lambda row: _signal(row, actor))


def _proposal(row: Proposal, actor: Actor) -> dict[str, Any]:
    names = (
        "kind", "state", "department_id", "post_id", "variant_id", "channel_id", "signal_id", "at",
        "wall", "zone", "was_at", "offered_at", "ends_at", "decided_at", "effect",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "title": words.title(row, actor.zone),
        "reason": words.reason(row),
        "evidence": row.evidence.__dict__,
        "declined_because": row.reason,
        "outcome": words.outcome(row),
    }


def _signal(row: Signal, actor: Actor) -> dict[str, Any]:
    names = (
        "kind", "state", "department_id", "subject_type", "subject_id", "data", "noticed_at",
        "over_at",
    )  # fmt: skip
    told = {name: getattr(row, name) for name in names}
    return told | {"id": row.pk, "sentence": words.noticed(row, actor.zone)}
