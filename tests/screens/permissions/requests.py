from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from tests.cast import NOW, Cast
from tests.pictures import PDF
from tests.screens.permissions import row
from unisono.rooms.requests import actions as requests
from unisono.rooms.requests import files
from unisono.rooms.requests.actions import Wish

ROWS = [
    row("requests", least="editor"),
    row("request.forms", least="manager"),
    row("request.forms", "POST", least="manager", data={"name": "For all"}),
    row("request.form.closing", "POST", least="manager", status=302, pk="form"),
    row("request", least="editor", pk="asked_for"),
    row(
        "request.promise",
        "POST",
        least="editor",
        status=302,
        pk="asked_for",
        data={"on": "2099-03-11"},
    ),
    row(
        "request.refusal",
        "POST",
        least="editor",
        status=302,
        pk="asked_for",
        data={"reason": "Not this month."},
    ),
    row(
        "request.questions",
        "POST",
        least="editor",
        status=302,
        pk="asked_for",
        data={"question": "By when?"},
    ),
    # Without a file there is nothing to add.
    row("request.files", "POST", least="editor", status=422, pk="asked_for"),
    row("request.file", least="editor", pk="asked_for", file="paper"),
    row("request.file.removal", "POST", least="editor", status=302, pk="asked_for", file="paper"),
    row("request.end", "POST", least="editor", status=302, pk="asked_for"),
    row(
        "request.department",
        "POST",
        least="editor",
        status=302,
        pk="asked_for",
        data={"department": "marketing"},
    ),
    row("request.idea", "POST", least="editor", status=302, pk="asked_for"),
    row(
        "request.post",
        "POST",
        least="editor",
        status=302,
        pk="asked_for",
        data={"department": "marketing"},
    ),
    # Open to everybody who has the address, and to nobody who guesses one.
    row("ask", status=404, other=404, anonymous=404, secret="of-nobody"),
    row("ask", "POST", status=404, other=404, anonymous=404, secret="of-nobody"),
    row("asked", status=404, other=404, anonymous=404, secret="of-nobody"),
    row("asked", "POST", status=404, other=404, anonymous=404, secret="of-nobody"),
]


def things(cast: Cast) -> dict[str, Any]:
    admin, marketing = cast.actor("admin"), cast.departments["Marketing"]
    form, _secret = requests.open_link(name="Marketing", department=marketing, by=admin, now=NOW)
    wish = Wish("Applicants for Lyon", "Two artisans.", "Rita", "rita@lumen.example",
                wanted_on=date(2026, 3, 15))  # fmt: skip
    asked, _ = requests.make(wish, department=marketing, sending=uuid4(), by=admin, now=NOW)
    paper = files.add(asked, data=PDF, name="Brief", by=admin, now=NOW)
    return {"form": form, "asked_for": asked, "paper": paper}
