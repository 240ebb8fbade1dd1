"""The page of the ways out: files as the calendar is filtered, and calendar links."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime

import pytest
from django.urls import reverse
from pypdf import PdfReader

from tests.cast import NOW, Cast
from tests.screens.conftest import Browser, browser
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.exports import links, saved_views
from unisono.rooms.exports.models import SavedView
from unisono.rooms.imports.models import ImportRun

PARIS = "Europe/Paris"


def test_the_calendar_leads_to_its_file_with_its_filters(cast: Cast, editor: Browser) -> None:
    calendar = editor.get(reverse("calendar"), {"channel": str(cast.agora.pk), "view": "list"})
    (where,) = re.findall(r'href="(/calendar/out/[^"]*)"', calendar.text)
    page = editor.get(where.replace("&amp;", "&")).text
    found = [
        link.replace("&amp;", "&") for link in re.findall(r'href="(/calendar/export/[^"]*)"', page)
    ]
    assert len(found) == 7
    answer = editor.get(found[4])
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


def test_the_plan_on_paper(cast: Cast, editor: Browser) -> None:
    """Names with letters of many languages, and with a picture no font has."""
    variant = cast.post.variants.get(channel=cast.agora)
    wall = datetime(2099, 3, 11, 8, 50)
    content.plan_variant(variant, wall=wall, zone=PARIS, by=cast.actor("editor"), now=NOW)
    Post.objects.filter(pk=cast.post.pk).update(title="Łódź, Ærø, Πλάνο, План 🚀 " + "long " * 20)
    asked = {"format": "pdf", "view": "month", "day": "2099-03-11"}
    answer = editor.get(reverse("calendar.export"), asked)
    assert answer.headers["Content-Type"] == "application/pdf"
    paper = PdfReader(io.BytesIO(b"".join(answer)))
    (page,) = paper.pages
    words = page.extract_text()
    for told in ("Łódź, Ærø, Πλάνο, План", "08:50", cast.agora.name, "Wednesday", PARIS, "1 / 1"):
        assert told in words
    empty = editor.get(reverse("calendar.export"), {**asked, "day": "2098-03-11"})
    assert "Nothing planned." in PdfReader(io.BytesIO(b"".join(empty))).pages[0].extract_text()


def test_a_view_is_kept_and_opened_from_the_calendar(cast: Cast, editor: Browser) -> None:
    asked = {"view": "week", "channel": str(cast.agora.pk), "day": "2099-03-11"}
    calendar = editor.get(reverse("calendar"), asked).text
    (where,) = re.findall(r'href="(/calendar/views/\?[^"]*)"', calendar)
    where = where.replace("&amp;", "&")
    assert "2099" not in where
    refused = editor.post(where, {"name": " "})
    assert (refused.status_code, "Give the view a name." in refused.text) == (422, True)
    kept = editor.post(where, {"name": "Agora by weeks", "shared": "yes"})
    opened = editor.get(kept.headers["Location"])
    assert "Agora by weeks" in opened.text and 'aria-current="true"' in opened.text
    viewer = browser(cast, "viewer")
    assert "Agora by weeks" in viewer.get(reverse("calendar")).text
    (view,) = SavedView.objects.all()
    refused = viewer.post(reverse("calendar.view.forget", args=[view.pk]))
    assert refused.status_code == 403
    editor.post(reverse("calendar.view.share", args=[view.pk]), {"shared": "no"})
    assert "Agora by weeks" not in viewer.get(reverse("calendar")).text
    editor.post(reverse("calendar.view.forget", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_the_same_name_is_the_same_view(cast: Cast) -> None:
    by = cast.actor("editor")
    for shape in ({"view": ["week"]}, {"view": ["day"], "state": ["draft", ""]}):
        saved_views.keep(
            name=" My  week ", page="calendar", shape=shape, shared=False, by=by, now=NOW
        )
    (view,) = saved_views.seen(by)
    assert (view.name, view.shape) == ("My week", {"view": ["day"], "state": ["draft"]})
    shape = {"channel": ["x" * 40] * 60}
    with pytest.raises(Invalid):
        saved_views.keep(name="All", page="calendar", shape=shape, shared=False, by=by, now=NOW)
    for n in range(saved_views.MOST - 1):
        saved_views.keep(name=f"{n}", page="calendar", shape={}, shared=False, by=by, now=NOW)
    with pytest.raises(Conflict):
        saved_views.keep(name="One more", page="calendar", shape={}, shared=False, by=by, now=NOW)
