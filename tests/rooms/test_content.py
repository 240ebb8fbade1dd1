"""Posts, variants and revisions; agreement bound to exactly what was read."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.cast import NOW, Cast
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed, NotFound
from unisono.rooms.content import actions as content
from unisono.rooms.content import ideas, queries
from unisono.rooms.content.queries import variants_of
from unisono.rooms.library import actions as library
from unisono.rooms.library import images
from unisono.rooms.workflow import actions as workflow


def picture(width: int = 60, height: int = 40, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 160, 90)).save(out, form)
    return out.getvalue()


def test_the_same_content_is_the_same_revision(cast: Cast) -> None:
    editor = cast.actor("editor")
    variant = variants_of(cast.post)[0]
    first = content.freeze(variant, by=editor, now=NOW)
    assert content.freeze(variant, by=editor, now=NOW) == first
    content.adapt_variant(variant, text="Own words.", by=editor, now=NOW)
    second = content.freeze(variant, by=editor, now=NOW)
    assert (second.number, second.text) == (2, "Own words.")
    content.adapt_variant(variant, text=None, by=editor, now=NOW)
    assert content.freeze(variant, by=editor, now=NOW) == first


@pytest.mark.parametrize("part", ["text", "alt", "image", "language"])
def test_all_that_reaches_the_network_changes_the_digest(cast: Cast, part: str) -> None:
    editor, post = cast.actor("editor"), cast.post
    asset = library.add_asset(data=picture(), name="lamp.png", alt="A lamp", by=editor, now=NOW)
    image = content.attach_image(post, asset, by=editor, now=NOW)
    before = variants_of(post)[0].digest
    if part == "alt":
        content.describe_image(image, alt="A brass lamp", by=editor, now=NOW)
    elif part == "image":
        content.detach_image(image, by=editor, now=NOW)
    else:
        values = {"text": post.text, "language": post.language}
        values[part] = "fr" if part == "language" else "Other words."
        content.change_post(
            post,
            title=post.title,
            department=post.department,
            campaign=post.campaign,
            objective=None,
            **values,
            by=editor,
            now=NOW,
        )
    assert variants_of(post)[0].digest != before


def test_what_breaks_a_rule_of_its_network_is_not_frozen(cast: Cast) -> None:
    variant = next(v for v in variants_of(cast.post) if v.channel == cast.chirp)
    content.adapt_variant(variant, text="x" * 301, by=cast.actor("editor"), now=NOW)
    with pytest.raises(content.NotReady) as refused:
        workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    assert refused.value.field == f"variant:{variant.pk}"
    assert not cast.post.requests.exists(), "nothing is asked when one variant is not ready"


def test_an_edit_on_an_old_copy_is_refused(cast: Cast) -> None:
    editor, post = cast.actor("editor"), cast.post
    values = {
        "title": post.title, "language": "en", "department": post.department,
        "campaign": None, "objective": None, "version": post.version,
    }  # fmt: skip
    content.change_post(post, text="Mine.", **values, by=editor, now=NOW)
    with pytest.raises(content.Outdated):
        content.change_post(post, text="Yours.", **values, by=editor, now=NOW)
    post.refresh_from_db()
    assert post.text == "Mine."


def test_approval_is_asked_again_only_for_what_changed(cast: Cast) -> None:
    editor, approver = cast.actor("editor"), cast.actor("approver")
    for request in workflow.ask_approval(cast.post, by=editor, now=NOW):
        workflow.approve(request, by=approver, now=NOW)
    with pytest.raises(workflow.NothingToAsk):
        workflow.ask_approval(cast.post, by=editor, now=NOW)
    changed = variants_of(cast.post)[0]
    content.adapt_variant(changed, text="Own words.", by=editor, now=NOW)
    (asked,) = workflow.ask_approval(cast.post, by=editor, now=NOW)
    assert asked.variant == changed


def test_who_may_not_approve_cannot(cast: Cast) -> None:
    (request, *_rest) = workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    for name in ("viewer", "contributor", "editor", "sales_editor"):
        with pytest.raises(NotAllowed):
            workflow.approve(request, by=cast.actor(name), now=NOW)


def test_changes_are_asked_with_a_word_why(cast: Cast) -> None:
    (request, *_rest) = workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    with pytest.raises(Invalid) as refused:
        workflow.ask_changes(request, note=" ", by=cast.actor("approver"), now=NOW)
    assert refused.value.field == "note"


def test_a_decision_is_made_once(cast: Cast) -> None:
    (request, *_rest) = workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    with pytest.raises(Conflict):
        workflow.ask_changes(request, note="No.", by=cast.actor("manager"), now=NOW)


def test_departments_do_not_see_each_others_posts(cast: Cast) -> None:
    with pytest.raises(NotFound):
        queries.post(cast.actor("sales_editor"), cast.post.pk)
    with pytest.raises(NotFound):
        queries.post(cast.actor("admin"), cast.other_post.pk)


def test_an_idea_becomes_a_post_that_remembers_it(cast: Cast) -> None:
    post = ideas.develop(
        cast.idea,
        department=cast.departments["Marketing"],
        channels=[cast.agora],
        by=cast.actor("contributor"),
        now=NOW,
    )
    assert post.idea == cast.idea
    with pytest.raises(Conflict):
        ideas.drop(cast.idea, by=cast.actor("contributor"), now=NOW)


def test_images_are_written_anew_without_their_metadata(cast: Cast) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "secret place"
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)
    asset = library.add_asset(data=out.getvalue(), name="x", by=cast.actor("editor"), now=NOW)
    assert (asset.width, asset.height) == (40, 60), "upright as it was meant"
    from unisono.rooms.library.queries import stored

    assert b"secret place" not in stored(asset)[0]


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a broken", b"%PDF-1.7"]
)
def test_what_is_no_image_is_refused(cast: Cast, data: bytes) -> None:
    with pytest.raises(images.NotAnImage) as refused:
        library.add_asset(data=data, name="x.png", by=cast.actor("editor"), now=NOW)
    assert refused.value.field == "file"


def test_a_flood_of_pixels_is_refused_by_its_header(cast: Cast) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(images.ImageTooLarge):
        library.add_asset(data=out.getvalue(), name="x", by=cast.actor("editor"), now=NOW)


def test_the_same_picture_is_one_asset(cast: Cast) -> None:
    editor = cast.actor("editor")
    first = library.add_asset(data=picture(), name="a", by=editor, now=NOW)
    assert library.add_asset(data=picture(), name="b", by=editor, now=NOW) == first
