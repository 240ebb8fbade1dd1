"""Approvals and comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, now
from unisono.api.paging import At, PageOf, page
from unisono.rooms.content.queries import post as post_of
from unisono.rooms.content.queries import variant as variant_of
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow import queries
from unisono.rooms.workflow.models import ApprovalRequest

router = Router()


class ApprovalIn(Schema):
    """Which variants to ask for; none named means all of the post."""

    variant_ids: list[UUID] = []
    note: str = ""
    schedule_when_approved: bool = True


class ApprovalOut(Schema):
    """`revision_digest` is what the agreement is bound to."""

    id: UUID
    post_id: UUID
    variant_id: UUID
    revision_id: UUID
    revision_digest: str
    department_id: UUID
    asked_by_id: UUID | None
    asked_at: datetime
    due_at: datetime | None
    note: str
    state: str


class DecisionIn(Schema):
    outcome: Literal["approved", "changes_asked"]
    note: str = ""


class CommentIn(Schema):
    text: str


class CommentOut(Schema):
    id: UUID
    text: str
    by_id: UUID | None
    at: datetime


@router.get("/approvals", response=PageOf[ApprovalOut], summary="Approval requests")
def approvals(request: Call, at: At, state: str = "open") -> Any:
    return page(queries.requests(request.actor, (state,)), at, _approval)


@router.post("/posts/{pk}/approvals", response={201: list[ApprovalOut]}, summary="Ask for approval")
def ask_approval(request: Call, pk: UUID, payload: ApprovalIn) -> Any:
    """Freezes each variant into a revision and asks for agreement to exactly that."""
    variants = [variant_of(request.actor, variant) for variant in payload.variant_ids] or None
    asked = workflow.ask_approval(
        post_of(request.actor, pk),
        variants=variants,
        note=payload.note,
        schedule_when_approved=payload.schedule_when_approved,
        by=request.actor,
        now=now(),
    )
    return Status(201, [_approval(row) for row in asked])


@router.get("/approvals/{pk}", response=ApprovalOut, summary="One approval request")
def approval(request: Call, pk: UUID) -> Any:
    return _approval(queries.request(request.actor, pk))


@router.post(
    "/approvals/{pk}/decision", response=ApprovalOut, summary="Approve, or ask for changes"
)
def decide(request: Call, pk: UUID, payload: DecisionIn) -> Any:
    row = queries.request(request.actor, pk)
    verb = workflow.approve if payload.outcome == "approved" else workflow.ask_changes
    return _approval(verb(row, note=payload.note, by=request.actor, now=now()))


@router.delete("/approvals/{pk}", response=ApprovalOut, summary="Withdraw a question or agreement")
def withdraw(request: Call, pk: UUID) -> Any:
    row = queries.request(request.actor, pk)
    return _approval(workflow.withdraw_approval(row, by=request.actor, now=now()))


@router.get("/posts/{pk}/comments", response=PageOf[CommentOut], summary="Comments on a post")
def comments(request: Call, pk: UUID, at: At) -> Any:
    rows = queries.comments(request.actor, post_of(request.actor, pk))
    return page(rows, at, CommentOut.from_orm)


@router.post("/posts/{pk}/comments", response={201: CommentOut}, summary="Comment on a post")
def write_comment(request: Call, pk: UUID, payload: CommentIn) -> Any:
    post = post_of(request.actor, pk)
    return Status(201, workflow.write_comment(post, text=payload.text, by=request.actor, now=now()))


def _approval(row: ApprovalRequest) -> dict[str, Any]:
    fields = (
        "id", "post_id", "variant_id", "revision_id", "department_id", "asked_by_id",
        "asked_at", "due_at", "note", "state",
    )  # fmt: skip
    shape = {name: getattr(row, name) for name in fields}
    return {**shape, "revision_digest": row.revision.digest}
