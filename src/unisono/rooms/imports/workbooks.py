"""XLSX workbooks: values as they were computed last, dates as dates."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext_lazy as _

from unisono.rooms.imports.sheets import LINES_MAX, Cell, Table, Unreadable, build

_UNPACKED_MAX = 300 * 1024 * 1024
_BLANKS_MAX = 1_000


def read(data: bytes) -> Table:
    """The first visible sheet that holds anything. Raises Unreadable."""
    # It brings numpy where that is installed: not every process has to wait for both.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _check_size(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            for sheet in book.worksheets:
                lines = _lines(sheet) if sheet.sheet_state == "visible" else []
                if any(any(cell not in (None, "") for cell in line) for line in lines):
                    return build("xlsx", lines)
        finally:
            book.close()
    except (
        InvalidFileException, KeyError, ValueError, TypeError, AttributeError, ParseError,
        zipfile.BadZipFile, EOFError, OSError,
    ) as error:  # fmt: skip
        raise Unreadable(_("This workbook is damaged. Save it once more and try again.")) from error
    raise Unreadable(_("This file is empty."))


def _check_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED_MAX:
            raise Unreadable(_("This workbook is too large. Import it in parts."))


def _lines(sheet: Any) -> list[Sequence[Cell]]:
    """Rows up to the limit; sheets that claim a million formatted empty rows end early."""
    # A wrong <dimension> in the file would cut rows off.
    sheet.reset_dimensions()
    lines: list[Sequence[Cell]] = []
    blanks = 0
    for row in _values(sheet):
        blanks = 0 if any(cell is not None for cell in row) else blanks + 1
        if blanks > _BLANKS_MAX or len(lines) > LINES_MAX + _BLANKS_MAX:
            break
        lines.append(row)
    return lines


def _values(sheet: Any) -> Iterator[list[Cell]]:
    for row in sheet.iter_rows(values_only=True):
        yield [_cell(value) for value in row]


def _cell(value: Any) -> Cell:
    if isinstance(value, timedelta):
        # A cell formatted as a duration: 9:30 as people type it.
        return (datetime.min + value).time() if timedelta() <= value < timedelta(days=1) else None  # noqa: DTZ901
    if value is None or isinstance(value, str | bool | int | float | datetime | date | time):
        return value
    return str(value)
