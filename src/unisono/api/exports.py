"""The plan as a file, and calendar links."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import FileResponse
from django.urls import reverse
from ninja import Field, Query, Router, Schema, Status

from unisono.api.calls import Call, now
from unisono.rooms.exports import files, links, pdf, saved_views, sheet
from unisono.rooms.publishing.agenda import Filters
from unisono.ui.paper import ON_PAPER

router = Router()


class FilterIn(Schema):
    """What narrows the plan; empty means all."""

    department_id: list[UUID] = []
    channel_id: list[UUID] = []
    campaign_id: list[UUID] = []
    objective_id: list[UUID] = []
    audience_id: list[UUID] = []
    state: list[str] = []

    def filters(self) -> Filters:
        return Filters(
            departments=tuple(self.department_id),
            channels=tuple(self.channel_id),
            campaigns=tuple(self.campaign_id),
            objectives=tuple(self.objective_id),
            audiences=tuple(self.audience_id),
            states=tuple(self.state),
        )


class ExportQuery(FilterIn):
    """`start` and `end` bound the time; `undated` adds what has none. A PDF tells what has a time,
    from today for four weeks unless they say otherwise."""

    format: Literal["csv", "xlsx", "json", "pdf"] = "csv"
    start: datetime | None = None
    end: datetime | None = None
    undated: bool = True


class LinkIn(FilterIn):
    name: str = Field(max_length=80)


class LinkOut(Schema):
    """`filters` are those the link keeps, as lists by name."""

    id: UUID
    name: str
    filters: dict[str, list[str]]
    made_at: datetime
    read_at: datetime | None
    revoked_at: datetime | None


class LinkMadeOut(LinkOut):
    """`url` is shown this once."""

    url: str


@router.get("/plan/export", summary="The plan as CSV, XLSX, JSON or PDF")
def export(request: Call, asked: Query[ExportQuery]) -> Any:
    """One line for each channel of each post; POST /imports takes the CSV and XLSX back."""
    if asked.format == "pdf":
        return _paper(request, asked)
    lines = sheet.lines(
        request.actor,
        start=asked.start,
        end=asked.end,
        filters=asked.filters(),
        undated=asked.undated,
    )
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    files.write(lines, asked.format, file)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"unisono.{asked.format}",
        content_type=files.FORMATS[asked.format],
    )


def _paper(request: Call, asked: ExportQuery) -> FileResponse:
    start = asked.start or now()
    made = pdf.plan(
        request.actor,
        start=start,
        end=asked.end or start + timedelta(weeks=4),
        filters=asked.filters(),
        now=now(),
        **ON_PAPER,
    )
    return FileResponse(BytesIO(made), as_attachment=True, filename="unisono.pdf")


@router.get("/calendar-links", response=list[LinkOut], summary="Your calendar links")
def list_links(request: Call) -> Any:
    return list(links.of(request.actor)[:200])


@router.post("/calendar-links", response={201: LinkMadeOut}, summary="Make a calendar link")
def make(request: Call, payload: LinkIn) -> Any:
    link, secret = links.make(
        name=payload.name, filters=payload.filters(), by=request.actor, now=now()
    )
    path = reverse("calendar.feed", args=[secret.reveal()])
    url = f"{settings.UNISONO_PUBLIC_URL.text.rstrip('/')}{path}"
    shape = {name: getattr(link, name) for name in LinkOut.model_fields}
    return Status(201, {**shape, "url": url})


@router.delete("/calendar-links/{pk}", response={204: None}, summary="Revoke a calendar link")
def revoke(request: Call, pk: UUID) -> Any:
    links.revoke(links.link(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


class ViewIn(Schema):
    """`shape` is the query of the page, each name with its values; `page` calendar or timeline."""

    name: str = Field(max_length=80)
    page: Literal["calendar", "timeline"] = "calendar"
    shape: dict[str, list[str]] = {}
    shared: bool = False


class ViewOut(ViewIn):
    id: UUID
    member_id: UUID
    kept_at: datetime


class ViewSharingIn(Schema):
    shared: bool


@router.get("/saved-views", response=list[ViewOut], summary="Views you keep, and those shared")
def list_views(request: Call) -> Any:
    return list(saved_views.seen(request.actor)[:500])


@router.post("/saved-views", response={201: ViewOut}, summary="Keep a view")
def keep_view(request: Call, payload: ViewIn) -> Any:
    """A view of yours with the same name becomes this one."""
    return Status(201, saved_views.keep(**payload.dict(), by=request.actor, now=now()))


@router.patch("/saved-views/{pk}", response=ViewOut, summary="Share a view, or no more")
def share_view(request: Call, pk: UUID, payload: ViewSharingIn) -> Any:
    view = saved_views.view(request.actor, pk)
    saved_views.share(view, shared=payload.shared, by=request.actor, now=now())
    return view


@router.delete("/saved-views/{pk}", response={204: None}, summary="Forget a view")
def forget_view(request: Call, pk: UUID) -> Any:
    saved_views.forget(saved_views.view(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)
