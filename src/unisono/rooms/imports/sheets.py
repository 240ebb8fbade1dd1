"""What every file becomes: a header and numbered lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid
from unisono.rooms.imports.columns import recognised

LINES_MAX = 20_000
COLUMNS_MAX = 100
_HEADER_WITHIN = 15


Cell = str | int | float | bool | date | datetime | time | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `number` is the one the person's own program shows beside it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's content. `format` is csv, xlsx or ics; every line is as wide as `headers`."""

    format: str
    headers: tuple[str, ...]
    lines: tuple[Line, ...] = field(repr=False)


class Unreadable(Invalid):
    """The file cannot be used at all; its sentence says what to do."""

    code = "unreadable_file"

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence, field="file")


def build(format: str, found: Iterable[Sequence[Cell]]) -> Table:  # noqa: A002
    """Find the header among the first lines; what follows is numbered, empty lines are left out.

    Raises Unreadable for an empty file, one without rows, one beyond the limits.
    """
    kept: list[Line] = []
    for number, line in enumerate(found, start=1):
        cells = tuple(_trimmed(line))
        if len(cells) > COLUMNS_MAX:
            raise Unreadable(_("This file has more than %(n)s columns.") % {"n": COLUMNS_MAX})
        if cells:
            kept.append(Line(number, cells))
        if len(kept) > LINES_MAX + _HEADER_WITHIN:
            raise too_many()
    if not kept:
        raise Unreadable(_("This file is empty."))
    at = _header_at(kept)
    lines = kept[at + 1 :]
    if not lines:
        raise Unreadable(_("This file has a header but no rows below it."))
    width = max(len(line.cells) for line in kept[at:])
    headers = tuple(_name(cell) for cell in kept[at].cells)
    return Table(
        format,
        headers + ("",) * (width - len(headers)),
        tuple(Line(n.number, n.cells + (None,) * (width - len(n.cells))) for n in lines),
    )


def too_many() -> Unreadable:
    """The refusal of a file with too many rows."""
    return Unreadable(
        _("This file has more than %(n)s rows. Import it in parts.") % {"n": LINES_MAX}
    )


def _trimmed(line: Sequence[Cell]) -> list[Cell]:
    cells = [cell.strip() if isinstance(cell, str) else cell for cell in line]
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return [None if cell == "" else cell for cell in cells]


def _header_at(lines: Sequence[Line]) -> int:
    """People put a title or a note above the header: the line with most known words wins."""
    counts = [recognised(_name(cell) for cell in line.cells) for line in lines[:_HEADER_WITHIN]]
    best = max(counts)
    return counts.index(best) if best >= 2 else 0


def _name(cell: Cell) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""
