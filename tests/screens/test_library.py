"""The library's pages, and what its bytes are served as."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast
from tests.rooms.test_content import picture
from tests.screens.conftest import Browser, browser
from unisono.rooms.library.models import Asset


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_images_are_added_shown_and_described(cast: Cast, editor: Browser) -> None:
    answer = editor.post("/library/", {"image": [upload("lamp.png", picture())]})
    assert answer.status_code == 302
    asset = Asset.objects.get()
    page = editor.get("/library/").content.decode()
    assert "lamp.png" in page
    assert "alt text missing" in page
    editor.post(f"/library/{asset.pk}/", {"name": "Lamp", "alt": "A lamp", "credit": ""})
    asset.refresh_from_db()
    assert (asset.name, asset.alt) == ("Lamp", "A lamp")


def test_one_bad_file_does_not_lose_the_good_one(cast: Cast, editor: Browser) -> None:
    files = [upload("good.png", picture()), upload("bad.png", b"not an image")]
    answer = editor.post("/library/", {"image": files})
    assert answer.status_code == 422
    assert "This file is not an image we can use" in answer.content.decode()
    assert Asset.objects.count() == 1


def test_bytes_are_served_shut_in(cast: Cast, editor: Browser) -> None:
    editor.post("/library/", {"image": [upload("lamp.png", picture())]})
    asset = Asset.objects.get()
    answer = editor.get(f"/media/{asset.pk}/full/")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    again = editor.get(
        f"/media/{asset.pk}/full/", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert editor.get(f"/media/{asset.pk}/huge/").status_code == 404
    assert browser(cast, "stranger").get(f"/media/{asset.pk}/full/").status_code == 404
    assert browser(cast).get(f"/media/{asset.pk}/full/").status_code == 302
