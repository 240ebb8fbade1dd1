"""Publications and receipts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, now
from unisono.api.content import wall as wall_time
from unisono.api.paging import At, PageOf, page
from unisono.rooms.channels.sentences import said_again
from unisono.rooms.content import actions as content
from unisono.rooms.content.queries import post as post_of
from unisono.rooms.content.queries import variant as variant_of
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import queries
from unisono.rooms.publishing.models import Publication

router = Router()


class PublicationIn(Schema):
    """When: a wall time in `zone` (else the caller's own), the pencilled time, or `now`.

    `override_reason` plans it against a house rule, where the caller may.
    """

    wall: datetime | None = None
    zone: str = ""
    now: bool = False
    override_reason: str = ""


class PublicationTime(Schema):
    """With `along`, posts that follow its post move with it where they would go out too early."""

    wall: datetime
    zone: str = ""
    along: bool = False
    override_reason: str = ""


class PostSchedule(Schema):
    override_reason: str = ""


class OverrideProof(Schema):
    """Why it was planned against a house rule of its channel, and by whom."""

    rules: list[str]
    reason: str
    given_by_id: UUID | None
    given_at: datetime


class PublicationOut(Schema):
    """`part` 0 is the post itself, 1 and on are its follow-ups; `parts` is how many there are.

    A follow-up that waits for the part before it is `scheduled` without a `next_at`.
    """

    id: UUID
    variant_id: UUID
    revision_id: UUID
    channel_id: UUID
    post_id: UUID
    part: int
    parts: int
    state: str
    wall: str
    zone: str
    kind: str
    due_at: datetime
    latest_at: datetime
    next_at: datetime | None
    tries: int
    url: str
    remote_id: str
    reason_code: str
    reason: str
    published_at: datetime | None


class ApprovalProof(Schema):
    outcome: str
    by_name: str
    at: datetime
    note: str


class AttemptProof(Schema):
    fence: int
    phase: str
    worker: str
    request_sha256: str
    started_at: datetime
    armed_at: datetime | None
    finished_at: datetime | None
    outcome: str


class EvidenceProof(Schema):
    kind: str
    seen_at: datetime
    body: dict[str, Any]
    body_sha256: str


class ReadBackProof(Schema):
    """When it was last seen on its network, since when it is missing there, and what it says there
    where that is not what was sent."""

    seen_at: datetime | None
    missing_since: datetime | None
    text: str


class ReceiptOut(Schema):
    """What was agreed to, by whom, what was sent when, and what the network answered.

    `chain` are the parts of the thread this one belongs to, in order; empty for a single post.
    """

    publication: PublicationOut
    chain: list[PublicationOut]
    approved_digest: str
    text: str
    media: list[dict[str, Any]]
    approvals: list[ApprovalProof]
    attempts: list[AttemptProof]
    evidence: list[EvidenceProof]
    read_back: ReadBackProof | None
    override: OverrideProof | None


class SettlementIn(Schema):
    """What a person found: `published` (give the link), `absent` (send it now) or `left`."""

    outcome: Literal["published", "absent", "left"]
    url: str = ""


@router.get("/publications", response=PageOf[PublicationOut], summary="Publications")
def publications(
    request: Call,
    at: At,
    state: str = "",
    channel_id: UUID | None = None,
    part: int | None = None,
    due_from: datetime | None = None,
    due_to: datetime | None = None,
) -> Any:
    rows = queries.publications(request.actor)
    if state:
        rows = rows.filter(state=state)
    if channel_id:
        rows = rows.filter(channel=channel_id)
    if part is not None:
        rows = rows.filter(part=part)
    if due_from:
        rows = rows.filter(due_at__gte=due_from)
    if due_to:
        rows = rows.filter(due_at__lt=due_to)
    return page(rows, at, shape)


@router.get("/publications/trouble", response=PageOf[PublicationOut], summary="What needs a person")
def trouble(request: Call, at: At) -> Any:
    return page(queries.troubled(request.actor), at, shape)


@router.post(
    "/variants/{pk}/publications",
    response={201: PublicationOut},
    summary="Schedule a variant, or publish it now",
)
def schedule(request: Call, pk: UUID, payload: PublicationIn) -> Any:
    """Refused with `not_cleared` while the variant, as it stands, is not approved, and with
    `collides` (its `findings` and `ways_out` in `data`) where a house rule is against the time."""
    variant, by, at = variant_of(request.actor, pk), request.actor, now()
    anyway = payload.override_reason
    if payload.now:
        revision = content.freeze(variant, by=by, now=at)
        row = publishing.publish_now(revision, anyway=anyway, by=by, now=at)
    else:
        row = publishing.schedule_variant(
            variant,
            wall=wall_time(payload.wall) if payload.wall else None,
            zone=payload.zone or by.zone,
            anyway=anyway,
            by=by,
            now=at,
        )
    return Status(201, shape(row))


@router.post(
    "/posts/{pk}/publications",
    response={201: list[PublicationOut]},
    summary="Schedule all of a post at its pencilled times",
)
def schedule_post(request: Call, pk: UUID, payload: PostSchedule | None = None) -> Any:
    rows = publishing.schedule_post(
        post_of(request.actor, pk),
        anyway=payload.override_reason if payload else "",
        by=request.actor,
        now=now(),
    )
    return Status(201, [shape(row) for row in rows])


@router.get("/publications/{pk}", response=PublicationOut, summary="One publication")
def publication(request: Call, pk: UUID) -> Any:
    return shape(queries.publication(request.actor, pk))


@router.patch("/publications/{pk}", response=PublicationOut, summary="Move a publication")
def retime(request: Call, pk: UUID, payload: PublicationTime) -> Any:
    row = queries.publication(request.actor, pk)
    zone = payload.zone or request.actor.zone
    moved = publishing.retime(
        row,
        wall=wall_time(payload.wall),
        zone=zone,
        along=payload.along,
        anyway=payload.override_reason,
        by=request.actor,
        now=now(),
    )
    return shape(moved)


@router.delete("/publications/{pk}", response=PublicationOut, summary="Cancel a publication")
def cancel(request: Call, pk: UUID) -> Any:
    row = queries.publication(request.actor, pk)
    publishing.cancel(row, by=request.actor, now=now())
    return shape(row)


@router.post("/publications/{pk}/retry", response=PublicationOut, summary="Send it again, now")
def retry(request: Call, pk: UUID) -> Any:
    row = queries.publication(request.actor, pk)
    return shape(publishing.retry(row, by=request.actor, now=now()))


@router.post(
    "/publications/{pk}/settlement",
    response=PublicationOut,
    summary="Say what became of an unknown",
)
def settle(request: Call, pk: UUID, payload: SettlementIn) -> Any:
    row = queries.publication(request.actor, pk)
    settled = publishing.settle_by_person(
        row, outcome=payload.outcome, url=payload.url, by=request.actor, now=now()
    )
    return shape(settled)


@router.get("/publications/{pk}/receipt", response=ReceiptOut, summary="The proof")
def receipt(request: Call, pk: UUID) -> Any:
    found = queries.receipt(request.actor, pk)
    revision = found.publication.revision
    return {
        "publication": shape(found.publication),
        "chain": [shape(row) for row in found.chain],
        "approved_digest": revision.digest,
        "text": found.publication.words,
        "media": [] if found.publication.part else revision.media,
        "approvals": found.approvals,
        "attempts": found.attempts,
        "evidence": found.evidence,
        "read_back": found.read_back,
        "override": found.override,
    }


def shape(row: Publication) -> dict[str, Any]:
    """A publication as it is answered."""
    fields = (
        "id", "variant_id", "revision_id", "channel_id", "part", "parts", "state", "wall",
        "zone", "kind", "due_at", "latest_at", "next_at", "tries", "url", "remote_id",
        "reason_code", "published_at",
    )  # fmt: skip
    plain = {name: getattr(row, name) for name in fields}
    return {**plain, "post_id": row.variant.post_id, "reason": said_again(row.reason)}
