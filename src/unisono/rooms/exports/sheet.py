"""The plan as a sheet: a line for each channel of each post, or one for a post without channels.

What a line says is enough to bring it back: `unisono row` names the post, the channel's part of it
and a digest of the cells that can be changed, so that a file that comes back is told apart from one
that was edited, and from a plan that went on meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from unisono.rooms.content.models import Post, PostImage, Variant
from unisono.rooms.content.queries import for_audiences, posts, variants
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.agenda import Filters
from unisono.rooms.publishing.standings import standing_of

T = TypeVar("T")

POST_COLUMNS = ("title", "text", "language", "campaign", "objective", "follow-ups")
"""Cells that belong to the post, and stand in the line of each of its channels."""

OWN_COLUMNS = ("own text", "own follow-ups", "date", "time", "zone")
"""Cells of one channel. Without an own text or own follow-ups it has those of the post."""

FIXED_COLUMNS = ("channel", "department", "options", "pictures")
"""Cells that say what a line is, and are not changed by a file."""

TOLD_COLUMNS = ("state", "public page")
"""Cells for readers only."""

ROW = "unisono row"
HEADERS = (
    "title", "text", "channel", "own text", "date", "time", "zone", "state", "language",
    "department", "campaign", "objective", "follow-ups", "own follow-ups", "options", "pictures",
    "public page", ROW,
)  # fmt: skip
KEPT = (*POST_COLUMNS, *OWN_COLUMNS, *FIXED_COLUMNS)

EMPTY = '""'
"""The cell of an own text that is empty, which is another thing than none."""

CHUNK = 500


@dataclass(frozen=True)
class Line:
    """One line. `variant` is None for a post that goes to no channel yet."""

    post: UUID
    variant: UUID | None
    cells: Mapping[str, str]

    @property
    def key(self) -> tuple[UUID, UUID | None]:
        return self.post, self.variant

    @property
    def row(self) -> str:
        return f"{self.post}/{self.variant or '-'}/{digest(self.cells)}"

    @property
    def values(self) -> list[str]:
        """The cells in the order of HEADERS."""
        return [self.row if name == ROW else self.cells.get(name, "") for name in HEADERS]


def digest(cells: Mapping[str, str]) -> str:
    """16 hex digits over the cells that say what a line is."""
    told = json.dumps([cells.get(name, "") for name in KEPT], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def lines(
    actor: Actor,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    filters: Filters | None = None,
    undated: bool = True,
) -> Iterator[Line]:
    """What the actor sees of the plan, by time; undated ones last. A few queries for 500 lines."""
    filters = filters or Filters()
    rows = variants(actor).filter(filters.on(""))
    if start:
        rows = rows.exclude(planned_at__lt=start)
    if end:
        rows = rows.exclude(planned_at__gte=end)
    if not undated:
        rows = rows.filter(planned_at__isnull=False)
    ordered = rows.order_by(F("planned_at").asc(nulls_last=True), "post", "channel", "pk")
    for found in _chunks(ordered.iterator(chunk_size=CHUNK)):
        for line in _of_variants(found):
            if not filters.states or line.cells["state"] in filters.states:
                yield line
    if undated and not filters.channels and (not filters.states or "draft" in filters.states):
        yield from _without_channels(actor, filters)


def lines_of(actor: Actor, ids: Iterable[UUID]) -> Iterator[Line]:
    """The lines of these posts, as far as the actor sees them."""
    wanted = list(ids)
    for found in _chunks(variants(actor).filter(post__in=wanted).order_by("post", "pk").iterator()):
        yield from _of_variants(found)
    bare = [post for post in posts(actor).filter(pk__in=wanted) if not _has_channels(post)]
    yield from _of_posts(bare)


_CARRIED_OUT = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet might carry out, behind any number of quotes."""

_LIKE_EMPTY = re.compile(r"'*\"\"$")


def guarded(cell: str) -> str:
    """A cell as it stands in a file: a quote before what a spreadsheet would carry out."""
    return f"'{cell}" if _CARRIED_OUT.match(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _CARRIED_OUT.match(cell) else cell


def own_cell(text: str | None) -> str:
    """An own text as a cell; None is none, and another thing than an empty one."""
    if text is None:
        return ""
    return f"'{text}" if _LIKE_EMPTY.match(text) else text or EMPTY


def own_text(cell: str) -> str | None:
    """What `own_cell` was given."""
    if cell in ("", EMPTY):
        return "" if cell else None
    return cell[1:] if _LIKE_EMPTY.match(cell) else cell


def written(parts: Iterable[str] | None) -> str:
    """Follow-ups as a cell: a list in JSON; nothing for none."""
    if parts is None:
        return ""
    found = list(parts)
    return json.dumps(found, ensure_ascii=False) if found else "[]"


def _of_variants(rows: list[Variant]) -> Iterator[Line]:
    standings = standing_of(rows)
    pictures = _pictures({row.post_id for row in rows})
    for row in rows:
        state, publication = standings[row.pk]
        wall = row.planned_wall or ""
        yield Line(
            row.post_id,
            row.pk,
            {
                **_post_cells(row.post, pictures),
                "channel": row.channel.name,
                "own text": own_cell(row.text),
                "own follow-ups": written(row.follow_ups),
                "date": wall[:10],
                "time": wall[11:16],
                "zone": row.planned_zone if wall else "",
                "options": json.dumps(row.options, sort_keys=True, ensure_ascii=False)
                if row.options
                else "",
                "state": state,
                "public page": publication.url if publication else "",
            },
        )


def _of_posts(rows: list[Post]) -> Iterator[Line]:
    pictures = _pictures({row.pk for row in rows})
    for row in rows:
        yield Line(row.pk, None, {**_post_cells(row, pictures), "state": "draft"})


def _post_cells(post: Post, pictures: Mapping[UUID, list[dict[str, str]]]) -> dict[str, str]:
    shown = pictures.get(post.pk)
    return {
        "title": post.title,
        "text": post.text,
        "language": post.language,
        "department": post.department.name,
        "campaign": post.campaign.name if post.campaign else "",
        "objective": post.objective.name if post.objective else "",
        "follow-ups": written(post.follow_ups) if post.follow_ups else "",
        "pictures": json.dumps(shown, ensure_ascii=False) if shown else "",
    }


def _pictures(ids: Iterable[UUID]) -> dict[UUID, list[dict[str, str]]]:
    found: dict[UUID, list[dict[str, str]]] = {}
    for image in PostImage.objects.filter(post__in=list(ids)).order_by("position"):
        told: dict[str, Any] = {"image": str(image.asset_id), "alt": image.alt}
        found.setdefault(image.post_id, []).append(told)
    return found


def _without_channels(actor: Actor, filters: Filters) -> Iterator[Line]:
    own = Variant.objects.filter(post=OuterRef("pk"), dropped_at=None)
    rows = posts(actor).filter(~Exists(own))
    if filters.departments:
        rows = rows.filter(department__in=filters.departments)
    if filters.campaigns:
        rows = rows.filter(campaign__in=filters.campaigns)
    if filters.objectives:
        rows = rows.filter(objective__in=filters.objectives)
    if filters.audiences:
        rows = rows.filter(for_audiences(filters.audiences))
    for found in _chunks(rows.order_by("written_at", "pk").iterator(chunk_size=CHUNK)):
        yield from _of_posts(found)


def _has_channels(post: Post) -> bool:
    return post.variants.filter(dropped_at=None).exists()


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    rows = iter(rows)
    while found := list(islice(rows, CHUNK)):
        yield found
