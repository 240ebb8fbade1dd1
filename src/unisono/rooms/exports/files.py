"""Sheets as files: CSV, XLSX, JSON. Written line by line, whatever their number."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import IO

from unisono.rooms.exports.sheet import HEADERS, Line, guarded

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""The formats there are, with their media types."""

CELL_MAX = 32_767
"""Characters a cell of a workbook holds."""


def write(lines: Iterable[Line], form: str, file: IO[bytes]) -> int:
    """Write the lines in one of FORMATS; how many they were."""
    return {"csv": _csv, "xlsx": _xlsx, "json": _json}[form](lines, file)


def _csv(lines: Iterable[Line], file: IO[bytes]) -> int:
    """RFC 4180, with the byte order mark by which Excel knows UTF-8."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer, count = csv.writer(text), 0
    writer.writerow(HEADERS)
    for line in lines:
        writer.writerow([guarded(cell) for cell in line.values])
        count += 1
    text.detach()
    return count


def _xlsx(lines: Iterable[Line], file: IO[bytes]) -> int:
    # It brings numpy where that is installed: not every process has to wait for both.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet, count = book.create_sheet("Plan"), 0
    sheet.freeze_panes = "A2"
    sheet.append(list(HEADERS))
    for line in lines:
        cells = []
        for value in line.values:
            cell = WriteOnlyCell(sheet, guarded(value)[:CELL_MAX])
            # Words, whatever they look like.
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
        count += 1
    book.save(file)
    return count


def _json(lines: Iterable[Line], file: IO[bytes]) -> int:
    count = 0
    file.write(b"[")
    for line in lines:
        told = {**line.cells, "post": str(line.post), "variant": str(line.variant or "")}
        file.write(b",\n" if count else b"\n")
        file.write(json.dumps(told, ensure_ascii=False).encode())
        count += 1
    file.write(b"\n]\n")
    return count
