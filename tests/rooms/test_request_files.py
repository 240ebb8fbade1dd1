"""Files of requests: what is taken, within which bounds, who sees them, and where they go."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from tests.cast import NOW, Cast
from tests.pictures import PDF, office, png
from tests.rooms.test_requests import WISH, link
from unisono.kernel.refusals import Invalid, NotAllowed, NotFound
from unisono.rooms.content import ideas, queries, sources
from unisono.rooms.library import documents
from unisono.rooms.library.models import Asset
from unisono.rooms.requests import actions as requests
from unisono.rooms.requests import files
from unisono.rooms.requests.actions import TooMany
from unisono.rooms.requests.models import Request, RequestFile

ODT = "application/vnd.oasis.opendocument.text"


def asked(cast: Cast, *sent: tuple[str, bytes]) -> Request:
    form, sending = link(cast), uuid4()
    for name, data in sent:
        files.stage(form, data=data, name=name, sending=sending, sender="a", now=NOW)
    row, _secret = requests.send(form, WISH, sending=sending, sender="a", now=NOW)
    return row


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (PDF, "pdf"),
        (png(), "png"),
        (office("word/document.xml"), "docx"),
        (office("xl/workbook.xml"), "xlsx"),
        (office("ppt/presentation.xml"), "pptx"),
        (office(mimetype=ODT), "odt"),
    ],
)
def test_a_file_is_what_it_holds(data: bytes, suffix: str) -> None:
    assert documents.read(data).suffix == suffix


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04 no archive",
        office("classes.dex"),
        office("word/document.xml", *(f"{n}.xml" for n in range(5_001))),
        office("word/document.xml", "word/vbaProject.bin"),
        office(mimetype="application/x-evil"),
        b"\x89PNG\r\n\x1a\n broken",
    ],
)
def test_what_is_something_else_is_not_taken(data: bytes) -> None:
    with pytest.raises(Invalid):
        documents.read(data)


def test_files_wait_for_their_form_and_go_without_it(cast: Cast) -> None:
    form, sending = link(cast), uuid4()
    for _ in range(2):
        kept = files.stage(
            form, data=PDF, name="../C:\\Briefs\\Plan.exe", sending=sending, sender="a", now=NOW
        )
    assert RequestFile.objects.count() == 1 and kept.name == "Plan.exe.pdf"
    left = files.stage(form, data=png(), name="a.PNG", sending=uuid4(), sender="a", now=NOW)
    row, _secret = requests.send(form, WISH, sending=sending, sender="a", now=NOW)
    assert list(row.files.all()) == [kept] and left.name == "a.png"
    files.forget_unsent(before=NOW + timedelta(hours=25))
    assert list(RequestFile.objects.all()) == [kept]


def test_pictures_lose_what_the_camera_wrote(cast: Cast) -> None:
    data, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "at home"
    Image.new("RGB", (40, 30), "red").save(data, "JPEG", exif=exif)
    row = asked(cast, ("me.jpeg", data.getvalue()))
    (file,) = row.files.all()
    with default_storage.open(file.path) as stored:
        assert file.name == "me.jpg" and b"at home" not in stored.read()


def test_the_bounds_of_a_form(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    form, sending = link(cast), uuid4()
    for n in range(files.FILES_MAX):
        files.stage(form, data=PDF + bytes([n]), name="a", sending=sending, sender="a", now=NOW)
    with pytest.raises(Invalid, match="5 files at most"):
        files.stage(form, data=png(), name="b", sending=sending, sender="a", now=NOW)
    with pytest.raises(Invalid, match="larger than 10 MB"):
        files.stage(form, data=PDF + b"0" * files.BYTES_MAX, name="c", sending=uuid4(),
                    sender="a", now=NOW)  # fmt: skip
    for bound, sender in (("PER_SENDER", "a"), ("PER_LINK", "b")):
        with monkeypatch.context() as narrow:
            narrow.setattr(files, bound, 80)
            with pytest.raises(TooMany):
                files.stage(form, data=PDF, name="d", sending=uuid4(), sender=sender, now=NOW)
    requests.revoke_link(form, by=cast.actor("manager"), now=NOW)
    with pytest.raises(NotFound):
        files.stage(form, data=PDF, name="e", sending=uuid4(), sender="a", now=NOW)


def test_files_follow_into_the_idea_and_the_post(cast: Cast) -> None:
    row, editor = asked(cast, ("Plan.pdf", PDF), ("lamp.png", png())), cast.actor("editor")
    assert not Asset.objects.exists(), (
        "nothing of outsiders is in the library before it is taken up"
    )
    idea = sources.from_request(row, by=editor, now=NOW)
    assert [image.asset.name for image in idea.ideaimage_set.all()] == ["lamp.png"]
    assert [file.name for file in queries.files_behind(idea)] == ["Plan.pdf"]
    ideas.merge(idea, into=cast.idea, by=editor, now=NOW)
    (paper,) = queries.files_behind(cast.idea)
    assert queries.file_behind(cast.actor("viewer"), cast.idea.pk, paper.pk) == paper
    post = ideas.develop(
        cast.idea, department=cast.departments["Marketing"], channels=[], by=editor, now=NOW
    )
    assert [image.asset.name for image in post.images.all()] == ["lamp.png"]


def test_a_file_is_added_and_removed_by_who_decides(cast: Cast) -> None:
    row, editor = asked(cast), cast.actor("editor")
    with pytest.raises(NotAllowed):
        files.add(row, data=PDF, name="a", by=cast.actor("contributor"), now=NOW)
    made = files.add(row, data=PDF, name="a", by=editor, now=NOW)
    with pytest.raises(NotAllowed):
        files.remove(made, by=cast.actor("contributor"), now=NOW)
    files.remove(made, by=editor, now=NOW)
    assert not row.files.exists()
