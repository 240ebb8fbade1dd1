"""What was noticed and what is proposed, and what to make of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from unisono.api.calls import Call, now
from unisono.api.content import wall as wall_time
from unisono.api.paging import At, PageOf, page
from unisono.rooms.content import queries as content
from unisono.rooms.orchestration import actions, autopilot, queries, words
from unisono.rooms.orchestration.models import Proposal, Signal
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor

router = Router()


class EvidenceOut(Schema):
    """What it rests on: the `figure` expected (`ratio`, `views`, `likes` or `hours`), the range
    that holds eight of ten cases, how many cases that was learnt from, and whose they were.

    The `basis` of a time that is only likely better may be `activity` (when followers are online)
    or `network` (what is usual there), beside those cases."""

    figure: str
    expected: float
    low: float
    high: float
    sample: int
    basis: str


class ProposalOut(Schema):
    """`kind` is the act: `move`, `fill`, `ask`, `repeat`, `answer`, `hold`, `extend`, `stop`,
    `variant` or `shift`. `title` and `reason` are sentences in the reader's language. `data` is
    what the act needs beside its post or campaign: the topic, and the keys of messages; `edited` in
    it is the time proposed where another was accepted. `only_likely`: what it expects is believed,
    not shown; a `trial` goes where little is known, to learn. `effect` is what came of it, once
    that can be told."""

    id: UUID
    kind: str
    state: str
    title: str
    reason: str
    evidence: EvidenceOut
    only_likely: bool
    trial: bool
    department_id: UUID
    post_id: UUID | None
    campaign_id: UUID | None
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
    data: dict[str, Any]
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


class AcceptIn(Schema):
    """Another time than the one proposed, for acts that have one: a wall time in `zone`, else in
    the zone proposed. Without it, the act is done as proposed."""

    wall: datetime | None = None
    zone: str = ""


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
def accept(request: Call, pk: UUID, said: AcceptIn | None = None) -> Any:
    row = queries.proposal(request.actor, pk)
    wall = wall_time(said.wall) if said and said.wall else None
    zone = said.zone if said else ""
    done = actions.accept(row, wall=wall, zone=zone, by=request.actor, now=now())
    return _proposal(done, request.actor)


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
        "kind", "state", "department_id", "post_id", "campaign_id", "variant_id", "channel_id",
        "signal_id", "at",
        "wall", "zone", "was_at", "offered_at", "ends_at", "decided_at", "effect",
        "only_likely", "trial", "data",
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


class MandateIn(Schema):
    """Acts of these `kinds`, at most `a_day`, within these hours of the organization's clock;
    `bold`: also moves to hours that are only likely better; `trials_one_in`: at most one post in so
    many (4 or more, 0 for none) goes to an hour little is known about, to learn."""

    kinds: list[str]
    a_day: int = Field(3, ge=1, le=autopilot.MOST_A_DAY)
    from_hour: int = Field(8, ge=0, le=23)
    to_hour: int = Field(18, ge=1, le=24)
    bold: bool = False
    trials_one_in: int = Field(0, ge=0, le=autopilot.MOST_BETWEEN)


class MandateOut(MandateIn):
    department_id: UUID
    given_at: datetime


class LockIn(Schema):
    reason: str = Field("", max_length=200)


@router.get("/mandates", response=list[MandateOut], summary="What Unisono may do by itself")
def mandates(request: Call) -> Any:
    return list(queries.mandates(request.actor))


@router.put(
    "/departments/{pk}/mandate", response=MandateOut, summary="Let Unisono act by itself there"
)
def give_mandate(request: Call, pk: UUID, said: MandateIn) -> Any:
    department = people.department(request.actor, pk)
    return autopilot.give_mandate(department, **said.dict(), by=request.actor, now=now())


@router.delete(
    "/departments/{pk}/mandate", response={204: None}, summary="Let it do nothing by itself there"
)
def end_mandate(request: Call, pk: UUID) -> Any:
    autopilot.end_mandate(people.department(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


@router.put("/posts/{pk}/lock", response={204: None}, summary="Keep a post where it is")
def lock(request: Call, pk: UUID, said: LockIn) -> Any:
    post = content.post(request.actor, pk)
    autopilot.lock(post, reason=said.reason, by=request.actor, now=now())
    return Status(204, None)


@router.delete("/posts/{pk}/lock", response={204: None}, summary="Let it be moved again")
def unlock(request: Call, pk: UUID) -> Any:
    autopilot.unlock(content.post(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)
