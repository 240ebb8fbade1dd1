"""The page of the ways out: files as the calendar is filtered, and calendar links."""

from __future__ import annotations

import csv
import io
import re

from django.urls import reverse

from tests.cast import Cast
from tests.screens.conftest import Browser
from unisono.rooms.exports import links
from unisono.rooms.imports.models import ImportRun


def test_the_calendar_leads_to_its_file_with_its_filters(cast: Cast, editor: Browser) -> None:
    calendar = editor.get(reverse("calendar"), {"channel": str(cast.agora.pk), "view": "list"})
    (where,) = re.findall(r'href="(/calendar/out/[^"]*)"', calendar.text)
    page = editor.get(where.replace("&amp;", "&")).text
    found = [
        link.replace("&amp;", "&") for link in re.findall(r'href="(/calendar/export/[^"]*)"', page)
    ]
    assert len(found) == 6
    answer = editor.get(found[3])
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert {row["channel"] for row in rows} == {cast.agora.name}
    assert editor.get(reverse("calendar.export"), {"format": "exe"}).status_code == 422


def test_a_link_is_shown_once_and_revoked(cast: Cast, editor: Browser) -> None:
    where = reverse("calendar.out")
    refused = editor.post(where, {"name": " "})
    assert (refused.status_code, "Give the link a name." in refused.text) == (422, True)
    made = editor.post(where, {"name": "Phone"})
    (secret,) = set(re.findall(r"/calendar/links/([^./]+)\.ics", made.text))
    assert secret not in editor.get(where).text
    assert "Phone" in editor.get(where).text
    assert links.behind(secret)
    (link,) = links.of(cast.actor("editor"))
    editor.post(reverse("calendar.link.end", args=[link.pk]))
    assert links.behind(secret) is None


def test_a_plan_that_comes_back_shows_what_it_changes(cast: Cast, editor: Browser) -> None:
    answer = editor.get(reverse("calendar.export"), {"format": "csv"})
    data = b"".join(answer).replace(cast.post.title.encode(), b"The doors again")
    file = io.BytesIO(data)
    file.name = "plan.csv"
    editor.post(reverse("import"), {"file": file})
    run = ImportRun.objects.get()
    page = editor.get(reverse("import.run", args=[run.pk])).text
    assert "The doors again" in page and cast.post.title in page
    assert "Change 1 post" in page
