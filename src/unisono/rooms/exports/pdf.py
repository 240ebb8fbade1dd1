"""The plan on paper: one list by days, as the calendar shows it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from unisono.kernel.clock import to_wall
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.agenda import Filters, Item, agenda

INK, SOFT, LINE = (28, 27, 26), (110, 106, 100), (221, 216, 208)
MARGIN = 14.0
ROW = 6.2
"""Millimetres from the edge of an A4 page, and from line to line."""

COLUMNS = (
    ("time", 15.0),
    ("title", 74.0),
    ("channel", 40.0),
    ("department", 27.0),
    ("state", 26.0),
)
"""What a line tells, and the millimetres each has."""


def plan(
    actor: Actor,
    *,
    start: datetime,
    end: datetime,
    filters: Filters | None = None,
    label: Callable[[str], str],
    fonts: Path,
    now: datetime,
) -> bytes:
    """What the actor sees of the plan from `start` up to `end`, as a PDF.

    `label` says a state in words, `fonts` is the folder where the fonts for paper lie.
    """
    items = agenda(actor, start, end, filters)
    paper = _Paper(actor, fonts, now)
    paper.head(to_wall(start, actor.zone), to_wall(end, actor.zone), len(items))
    for day, lines in groupby(items, key=lambda item: to_wall(item.at, actor.zone).date()):
        paper.day(day, [_cells(actor, item, label) for item in lines])
    return bytes(paper.output())


def _cells(actor: Actor, item: Item, label: Callable[[str], str]) -> list[str]:
    at = to_wall(item.at, actor.zone)
    return [
        f"{at:%H:%M}",
        item.title or _("Without a title"),
        item.channel.name,
        item.department.name,
        label(item.state),
    ]


class _Paper(FPDF):
    """A4 pages with their number and zone at the foot, and the day repeated where it goes on."""

    def __init__(self, actor: Actor, fonts: Path, now: datetime) -> None:
        super().__init__(format="A4")
        self.actor, self.now = actor, now
        self.locale = actor.language
        for style, name in (("", "print-regular"), ("B", "print-bold")):
            self.add_font("Inter", style, fonts / f"{name}.ttf")
        self.letters = _letters(fonts / "print-regular.ttf")
        self.set_title(_("Plan of %(name)s") % {"name": actor.organization.name})
        self.set_lang(self.locale)
        self.set_creation_date(now)
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN + 6)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self._pen("", 7.5, SOFT)
        made = to_wall(self.now, self.actor.zone)
        said = _("Made %(when)s. Times in %(zone)s.") % {
            "when": format_datetime(made, "d MMM y HH:mm", locale=self.locale),
            "zone": self.actor.zone,
        }
        self.cell(0, 5, said)
        self.set_x(-MARGIN - 40)
        self.cell(40, 5, f"{self.page_no()} / {{nb}}", align="R")

    def head(self, start: datetime, end: datetime, number: int) -> None:
        last = max(start.date(), date.fromordinal(end.date().toordinal() - 1))
        self._pen("B", 17, INK)
        self._line(self.actor.organization.name, 9)
        self._pen("", 10, SOFT)
        days = (format_date(day, "d MMMM y", locale=self.locale) for day in (start.date(), last))
        self._line(" – ".join(dict.fromkeys(days)), 6)
        if not number:
            self.ln(4)
            self._pen("", 10, INK)
            self._line(_("Nothing planned."), 6)

    def day(self, day: date, lines: list[list[str]]) -> None:
        if self.will_page_break(ROW * 2 + 6):
            self.add_page()
        self._title(day)
        for cells in lines:
            if self.will_page_break(ROW):
                self.add_page()
                self._title(day)
            self._row(cells)

    def _title(self, day: date) -> None:
        self.ln(3)
        self._pen("B", 10, INK)
        self._line(format_date(day, "full", locale=self.locale), 6.5)

    def _row(self, cells: list[str]) -> None:
        self.set_draw_color(*LINE)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        for (name, width), words in zip(COLUMNS, cells, strict=True):
            self._pen("B" if name == "title" else "", 8.5, INK if name == "title" else SOFT)
            self.cell(width, ROW, self._fitting(words, width - 2), new_x=XPos.RIGHT, new_y=YPos.TOP)
        self.ln(ROW)

    def _line(self, words: str, height: float) -> None:
        self.cell(0, height, self._fitting(words, self.epw), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _fitting(self, words: str, width: float) -> str:
        """In letters the font has, and no longer than its place."""
        said = "".join(_drawable(words, self.letters))
        if self.get_string_width(said) <= width:
            return said
        while said and self.get_string_width(f"{said}…") > width:
            said = said[:-1]
        return f"{said.rstrip()}…"

    def _pen(self, style: str, size: float, colour: tuple[int, int, int]) -> None:
        self.set_font("Inter", style, size)
        self.set_text_color(*colour)


def _drawable(words: str, letters: frozenset[int]) -> Iterator[str]:
    """The characters without those no letter stands for, such as pictures between words."""
    for one in " ".join(words.split()):
        if ord(one) in letters:
            yield one


@functools.cache
def _letters(font: Path) -> frozenset[int]:
    """The code points a font can draw."""
    told: Any = TTFont(font)
    return frozenset(told.getBestCmap())
