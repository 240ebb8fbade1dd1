"""Cursor pagination: newest first by the time-ordered key; the cursor is opaque to callers."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from unisono.kernel.refusals import Invalid

T = TypeVar("T")


class Cursor(Schema):
    """Where to go on, and how many at a time."""

    cursor: str = Field("", description="The `next` of the page before.")
    limit: int = Field(50, ge=1, le=200)


class PageOf(Schema, Generic[T]):
    """One page; `next` is null on the last."""

    items: list[T]
    next: str | None = None


At = Query[Cursor]


def page(rows: QuerySet[Any], at: Cursor, shape: Callable[[Any], T]) -> dict[str, Any]:
    """The page of `rows` that `at` asks for, each row given its `shape`."""
    rows = rows.order_by("-pk")
    if at.cursor:
        rows = rows.filter(pk__lt=_decoded(at.cursor))
    found = list(rows[: at.limit + 1])
    more = len(found) > at.limit
    found = found[: at.limit]
    return {
        "items": [shape(row) for row in found],
        "next": _encoded(found[-1].pk) if more else None,
    }


def _encoded(pk: UUID) -> str:
    return base64.urlsafe_b64encode(pk.bytes).decode().rstrip("=")


def _decoded(text: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(text + "=="))
    except ValueError:
        raise Invalid(_("This cursor is not one of ours."), field="cursor") from None
