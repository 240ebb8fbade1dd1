"""Files through the public form, in triage, on the idea, and through the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import NOW, Cast
from tests.pictures import PDF, png
from tests.screens.conftest import Browser, browser
from tests.screens.test_requests import SAID, form, proof
from unisono.rooms.content import sources
from unisono.rooms.requests import files
from unisono.rooms.requests.models import Request, RequestFile

__all__ = ["form"]


def sent(*names: str) -> list[SimpleUploadedFile]:
    made = {"pdf": PDF, "png": png(), "exe": b"MZ\x90\x00"}
    return [SimpleUploadedFile(name, made[name[-3:]]) for name in names]


def test_what_was_accepted_is_kept_over_a_refusal(cast: Cast, form: str) -> None:
    nobody = Browser()
    page = nobody.get(form).content.decode()
    assert "Up to 5 files of 10 MB each" in page and 'type="file"' in page
    good: dict[str, Any] = {"proof": proof(page)}
    wrong = nobody.post(form, SAID | good | {"files": sent("Plan.pdf", "game.exe")})
    shown = wrong.content.decode()
    assert wrong.status_code == 422 and not wrong.cookies
    assert SAID["reason"] in shown and "Plan.pdf" in shown and "game.exe" in shown
    assert "This kind of file is not taken" in shown and proof(shown) == good["proof"]
    assert Request.objects.count() == 0

    again = nobody.post(form, SAID | good | {"email": "nowhere", "files": sent("lamp.png")})
    shown = again.content.decode()
    assert again.status_code == 422 and "Plan.pdf" in shown and "lamp.png" in shown
    plan = RequestFile.objects.get(name="Plan.pdf")
    done = nobody.post(form, SAID | good | {"off": str(plan.pk)})
    assert done.status_code == 302
    (row,) = Request.objects.all()
    assert [file.name for file in row.files.all()] == ["lamp.png"]
    assert "lamp.png" in nobody.get(done.headers["Location"]).content.decode()


def test_a_file_too_large_or_one_too_many_costs_no_word(
    cast: Cast, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Beyond what is held in memory, where files are written to the disk while they arrive.
    monkeypatch.setattr(files, "BYTES_MAX", 3_000_000)
    nobody = Browser()
    good: dict[str, Any] = {"proof": proof(nobody.get(form).content.decode())}
    large = SimpleUploadedFile("film.pdf", PDF + b"0" * 4_000_000)
    paper = SimpleUploadedFile("Paper.pdf", PDF + b"1" * 2_800_000)
    answer = nobody.post(form, SAID | good | {"files": [paper, large, *sent("Plan.pdf")]})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "film.pdf" in shown and "larger than" in shown
    assert SAID["reason"] in shown and {f.name for f in RequestFile.objects.all()} == {
        "Paper.pdf",
        "Plan.pdf",
    }
    many = [SimpleUploadedFile(f"{n}.pdf", PDF + bytes([n])) for n in range(7)]
    answer = nobody.post(form, SAID | good | {"files": many})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "5 files at most" in shown and "6.pdf" in shown
    assert RequestFile.objects.count() == files.FILES_MAX


def test_nothing_is_kept_for_robots_and_forged_forms(cast: Cast, form: str) -> None:
    nobody = Browser()
    good = proof(nobody.get(form).content.decode())
    for more in ({"proof": good, "website": "https://spam.example"}, {"proof": "forged"}):
        nobody.post(form, SAID | more | {"files": sent("Plan.pdf")})
    forged = nobody.post(form, SAID | {"proof": "forged", "files": sent("Plan.pdf")})
    assert "Choose its files again" in forged.content.decode()
    assert RequestFile.objects.count() == 0


def test_files_are_downloaded_by_those_who_see_the_request(cast: Cast, form: str) -> None:
    nobody, editor = Browser(), browser(cast, "editor")
    good: dict[str, Any] = {"proof": proof(nobody.get(form).content.decode())}
    nobody.post(form, SAID | good | {"files": sent("Plan.pdf", "lamp.png")})
    row = Request.objects.get()
    paper, picture = row.files.order_by("-name")[1], row.files.get(name="lamp.png")
    assert paper.name == "Plan.pdf"
    there = f"/requests/{row.pk}/"
    page = editor.get(there).content.decode()
    assert "Plan.pdf" in page and f"{picture.pk}/?small=1" in page
    got = editor.get(f"{there}files/{paper.pk}/")
    assert b"".join(got.streaming_content) == PDF  # type: ignore[attr-defined]
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    small = editor.get(f"{there}files/{picture.pk}/?small=1")
    assert small.headers["Content-Type"] == "image/webp"
    for name in ("", "contributor", "sales_editor", "stranger"):
        other = browser(cast, name).get(f"{there}files/{paper.pk}/")
        assert other.status_code in (302, 403, 404), name

    idea = sources.from_request(row, by=cast.actor("editor"), now=NOW)
    on_idea = f"/ideas/{idea.pk}/files/{paper.pk}/"
    assert on_idea in editor.get(f"/ideas/{idea.pk}/").content.decode()
    assert browser(cast, "viewer").get(on_idea).status_code == 200
    assert browser(cast, "stranger").get(on_idea).status_code == 404


def test_files_in_triage(cast: Cast, form: str, editor: Browser) -> None:
    nobody = Browser()
    good = {"proof": proof(nobody.get(form).content.decode())}
    nobody.post(form, SAID | good)
    row = Request.objects.get()
    there = f"/requests/{row.pk}/files/"
    wrong = editor.post(there, {"files": sent("Plan.pdf", "game.exe")})
    shown = wrong.content.decode()
    assert wrong.status_code == 422 and "game.exe" in shown and "Plan.pdf" in shown
    (file,) = row.files.all()
    assert re.search(rf"{file.pk}/removal/", shown)
    assert editor.post(f"{there}{file.pk}/removal/").status_code == 302
    assert not row.files.exists()
