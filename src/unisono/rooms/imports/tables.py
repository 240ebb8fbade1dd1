"""A person's file to a table: CSV as any program writes it, XLSX, iCalendar."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from unisono.rooms.imports import calendars, workbooks
from unisono.rooms.imports.sheets import Cell, Line, Table, Unreadable, build

__all__ = ["Cell", "Line", "Table", "Unreadable", "read_table"]

BYTES_MAX = 20 * 1024 * 1024
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 60

csv.field_size_limit(1_000_000)


def read_table(data: bytes, name: str) -> Table:
    """The table in an uploaded file. `name` decides between kinds only where the bytes do not.

    Raises Unreadable, whose `sentence` says what to do.
    """
    if len(data) > BYTES_MAX:
        raise Unreadable(
            _("This file is larger than %(mb)s MB.") % {"mb": BYTES_MAX // 1024 // 1024}
        )
    if not data.strip(b"\x00 \t\r\n"):
        raise Unreadable(_("This file is empty."))
    suffix = PurePath(name).suffix.lower()
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            _(
                "This is a workbook of the old kind, or one with a password. "
                "Save it as .xlsx without a password, or as .csv."
            )
        )
    if data.startswith(b"PK\x03\x04"):
        return workbooks.read(data)
    if suffix in (".xlsx", ".xlsm"):
        raise Unreadable(_("This is not an XLSX workbook, whatever its name says."))
    text = decoded(data)
    if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        return calendars.read(text)
    if suffix == ".ics":
        raise Unreadable(_("This is not a calendar file, whatever its name says."))
    return _read_csv(text)


def decoded(data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, UTF-16 without mark, Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    head = data[:2_000]
    if head.count(0) > len(head) // 4:
        little = head[1::2].count(0) >= head[0::2].count(0)
        return data.decode("utf-16-le" if little else "utf-16-be", errors="replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252; Latin-1 gives each byte some sign.
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if any(sign < " " and sign not in "\t\n\r\f\v\x00\x1a" for sign in text[:4_000]):
        raise Unreadable(_("We can read .csv, .xlsx and .ics files; this is another."))
    return text.replace("\x00", "")


def _read_csv(text: str) -> Table:
    first, _end, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        # Excel's own hint; the line does not count as a row of the sheet.
        delimiter, text = first.strip()[4], rest
    else:
        delimiter = _delimiter(text)
    return build("csv", _records(text, delimiter))


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """The records, blank ones too, so that counting them gives the row a spreadsheet shows."""
    number = 0
    record: list[str] = []
    # Counted once: in the loop, a large file would be read through again for every row of it.
    unpaired = text.count('"') % 2 == 1
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            number += 1
            if unpaired and any(cell.count("\n") > 200 for cell in record):
                break
            yield record
        else:
            return
    except csv.Error:
        pass
    raise Unreadable(
        _("Near row %(row)s a quotation mark is opened and never closed.") % {"row": number}
    )


def _delimiter(text: str) -> str:
    """The sign that cuts the first records into the same number of cells most often."""
    sample = text[:200_000]

    def fit(sign: str) -> tuple[float, int]:
        widths = []
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=sign):
            if any(record):
                widths.append(len(record))
            if len(widths) >= _SAMPLE:
                break
        usual = max(set(widths), key=widths.count, default=1)
        if usual < 2:
            return (0.0, usual)
        return (round(widths.count(usual) / len(widths), 1), usual)

    try:
        return max(_DELIMITERS, key=fit)
    except csv.Error:
        return ","
