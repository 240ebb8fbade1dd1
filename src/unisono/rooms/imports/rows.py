"""Rows of a table as planned posts, each with what is wrong or odd about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from unisono.kernel import clock
from unisono.rooms.imports.columns import normal
from unisono.rooms.imports.dates import NotADate, order_of, read_moment, read_time
from unisono.rooms.imports.names import Directory, Found, Names
from unisono.rooms.imports.tables import Cell, Line, Table

BAD, WARN = "bad", "warn"
TITLE_MAX = 160
NAME_MAX = 120
MORNING = time(9, 0)
"""When a post goes out whose row names a day only."""

LANGUAGES = {
    **dict.fromkeys(("en", "eng", "english", "anglais", "englisch", "gb", "us", "uk"), "en"),
    **dict.fromkeys(("fr", "fra", "fre", "french", "francais", "franzosisch"), "fr"),
    **dict.fromkeys(("de", "deu", "ger", "german", "allemand", "deutsch"), "de"),
}


_SEPARATORS = re.compile(r"\s*(?:[,;|/+&\n]|\b(?:und|et|and)\b)\s*")


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell: `bad` leaves the row out, `warn` does not. `row` as in the file."""

    row: int
    column: str
    level: str
    sentence: str
    value: str = ""

    def as_data(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "column": self.column,
            "level": self.level,
            "sentence": self.sentence,
            "value": self.value,
        }


@dataclass(frozen=True)
class PlannedPost:
    """A row that can be imported. `wall` is naive, in `zone`; None: undated.

    `campaign` is a name: one that nobody knows yet becomes a new campaign.
    """

    title: str
    text: str
    language: str = ""
    wall: datetime | None = None
    zone: str = ""
    campaign: str = ""
    department: UUID | None = None
    channels: tuple[UUID, ...] = ()
    objective: UUID | None = None
    image: UUID | None = None
    alt: str = ""


@dataclass(frozen=True)
class RowResult:
    """One row: what it becomes (None: it is left out), and its problems."""

    number: int
    planned: PlannedPost | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What holds for a whole file. `date_order` is dmy, mdy or auto."""

    zone: str
    now: datetime
    date_order: str = "auto"
    department: UUID | None = None
    channels: tuple[UUID, ...] = ()


def reading_of_dates(table: Table, mapping: Sequence[str]) -> tuple[str, bool]:
    """(dmy or mdy, whether the dates of the file can be read both ways)."""
    at = list(mapping).index("date") if "date" in mapping else -1
    return order_of(line.cells[at] for line in table.lines) if at >= 0 else ("dmy", False)


def read_rows(
    table: Table, mapping: Sequence[str], names: Names, settings: Settings
) -> Iterator[RowResult]:
    """Every row of the table in order; none stops another."""
    order = settings.date_order
    if order == "auto":
        order, _both = reading_of_dates(table, mapping)
    columns = {name: at for at, name in enumerate(mapping) if name and at < len(table.headers)}
    for line in table.lines:
        yield _Reader(table.headers, columns, line, names, settings, order).result()


@dataclass
class _Reader:
    """Reads one line, gathering problems on the way."""

    headers: tuple[str, ...]
    columns: dict[str, int]
    line: Line
    names: Names
    settings: Settings
    order: str
    problems: list[Problem] = field(default_factory=list)

    def result(self) -> RowResult:
        title, text = self.words()
        wall, zone = self.moment()
        planned = PlannedPost(
            title=title,
            text=text,
            language=self.language(),
            wall=wall,
            zone=zone,
            campaign=self.campaign(),
            department=self.department(),
            channels=self.channels(text),
            objective=self.known("objective", self.names.objectives),
            image=self.known("image", self.names.images),
            alt=self.said("alt"),
        )
        bad = any(problem.level == BAD for problem in self.problems)
        return RowResult(self.line.number, None if bad else planned, tuple(self.problems))

    def cell(self, name: str) -> Cell:
        at = self.columns.get(name)
        return None if at is None else self.line.cells[at]

    def said(self, name: str) -> str:
        cell = self.cell(name)
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return "" if cell is None else str(cell).replace("\r\n", "\n").replace("\x00", "").strip()

    def note(self, level: str, name: str, sentence: str, value: str = "") -> None:
        at = self.columns.get(name)
        header = self.headers[at] if at is not None else ""
        self.problems.append(Problem(self.line.number, header, level, sentence, value[:200]))

    def words(self) -> tuple[str, str]:
        """Title and text; each can stand in for the other, except that a title is no text."""
        title, text = self.said("title"), self.said("text")
        for extra in (self.said("link"), _hashtags(self.said("tags"))):
            if text and extra and extra not in text:
                text = f"{text}\n\n{extra}"
        title = " ".join(title.split())
        if not title and not text:
            where = "text" if "text" in self.columns else "title"
            self.note(BAD, where, _("There is neither a title nor a text."))
        elif not text:
            self.note(WARN, "text", _("There is no text yet."))
        if len(title) > TITLE_MAX:
            self.note(
                WARN, "title", _("The title is cut after %(n)s characters.") % {"n": TITLE_MAX}
            )
        first = text.split("\n", 1)[0]
        return _short(title or first, TITLE_MAX if title else 80), text

    def moment(self) -> tuple[datetime | None, str]:
        """The wall time and its zone; (None, "") for an undated row."""
        cell, zone = self.cell("date"), self.zone()
        if cell is None or not str(cell).strip():
            if self.said("time"):
                self.note(WARN, "time", _("There is a time but no date, so it stays undated."))
            return None, ""
        try:
            moment = read_moment(cell, self.order)
        except NotADate:
            self.note(
                BAD,
                "date",
                _("“%(value)s” is not a date we can read. Write it like 2026-03-11.")
                % {"value": str(cell).strip()},
                str(cell),
            )
            return None, ""
        at = moment.at or MORNING
        if self.said("time"):
            try:
                at = read_time(self.cell("time"))
            except NotADate:
                self.note(
                    BAD,
                    "time",
                    _("“%(value)s” is not a time we can read. Write it like 08:50.")
                    % {"value": self.said("time")},
                    self.said("time"),
                )
        return self.ahead(datetime.combine(moment.day, at), moment.zone or zone)

    def ahead(self, wall: datetime, zone: str) -> tuple[datetime | None, str]:
        """Only what lies ahead can be planned; a time of the past leaves the post undated."""
        if not zone:
            return None, ""
        meant = clock.resolve(wall, zone)
        value = f"{wall:%Y-%m-%d %H:%M}"
        if meant.instant <= self.settings.now:
            sentence = _("This time has passed: the post is imported without a date.")
            self.note(WARN, "date", sentence, value)
            return None, ""
        if meant.shifted:
            sentence = _("The clocks skip this time that day: it moves forward.")
            self.note(WARN, "date", sentence, value)
        return wall, zone

    def zone(self) -> str:
        """The row's own zone, else that of the run; "" when the row names one nobody knows."""
        named = self.said("zone")
        if not named:
            return self.settings.zone
        try:
            clock.zone_named(named)
        except clock.UnknownZone:
            self.note(
                BAD,
                "zone",
                _("“%(zone)s” is not a time zone we know, such as Europe/Paris.") % {"zone": named},
                named,
            )
            return ""
        return named

    def language(self) -> str:
        named = self.said("language")
        if not named:
            return ""
        code = LANGUAGES.get(normal(named)) or LANGUAGES.get(re.split(r"[-_]", named.lower())[0])
        if code is None:
            self.note(
                WARN,
                "language",
                _("“%(value)s” is not a language we write in: yours is taken.") % {"value": named},
                named,
            )
        return code or ""

    def campaign(self) -> str:
        """The name, whether a campaign has it already or not."""
        name = " ".join(self.said("campaign").split())
        if len(name) > NAME_MAX:
            self.note(BAD, "campaign", _("This name is too long for a campaign."), name)
        return name

    def department(self) -> UUID | None:
        named = self.said("department")
        if named:
            found = self.names.departments.find(named)
            if found.id is None:
                self.unknown(BAD, "department", named, found)
            return found.id
        if self.settings.department is None:
            self.note(
                BAD, "department", _("Say which department this is for, or choose one for all.")
            )
        return self.settings.department

    def channels(self, text: str) -> tuple[UUID, ...]:
        """The channels named, with a warning for each whose network finds the text too long."""
        chosen: list[UUID] = []
        for named in self.named_channels():
            found = self.names.channels.find(named)
            if found.id is None:
                self.unknown(BAD, "channels", named, found)
            elif found.id not in chosen:
                chosen.append(found.id)
        chosen = chosen or list(self.settings.channels)
        for pk in chosen:
            over = self.names.too_long(pk, text)
            if over:
                self.note(
                    WARN,
                    "text",
                    _("Too long for %(channel)s: %(length)s of at most %(limit)s characters.")
                    % {
                        "channel": self.names.channels.labels[pk],
                        "length": over[0],
                        "limit": over[1],
                    },
                )
        return tuple(chosen)

    def named_channels(self) -> list[str]:
        """A cell may name several; one that is a channel's name as it is written is taken whole."""
        cell, known = self.said("channels"), self.names.channels
        labels = (label.casefold() for label in known.labels.values())
        if not cell or cell.casefold() in labels:
            return [cell] if cell else []
        parts = [part for part in _SEPARATORS.split(cell) if part]
        if any(known.find(part).id is None for part in parts) and known.find(cell).id is not None:
            return [cell]
        return parts

    def known(self, name: str, directory: Directory) -> UUID | None:
        """A thing that a row can do without."""
        named = self.said(name)
        if not named:
            return None
        found = directory.find(named)
        if found.id is None:
            self.unknown(WARN, name, named, found)
        return found.id

    def unknown(self, level: str, name: str, value: str, found: Found) -> None:
        params = {"value": value, "near": ", ".join(f"“{label}”" for label in found.near)}
        if found.several:
            sentence = _("“%(value)s” may mean %(near)s. Write the full name.")
        elif found.near:
            sentence = _("We know no “%(value)s”. Is it %(near)s?")
        else:
            sentence = _("We know no “%(value)s”.")
        self.note(level, name, sentence % params, value)


def _hashtags(text: str) -> str:
    """Tags as the networks read them."""
    words = [re.sub(r"\W", "", word) for word in re.split(r"[,;#\n]+|\s(?=#)", text)]
    return " ".join(f"#{word}" for word in words if word)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
