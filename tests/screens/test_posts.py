"""The composer and the list of posts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.cast import NOW, Cast
from tests.pictures import png
from tests.screens.conftest import Browser, browser
from unisono.kernel import jobs
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, PostImage, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow.models import ApprovalRequest, Comment


def form(cast: Cast, **changed: Any) -> dict[str, Any]:
    post = Post.objects.get(pk=cast.post.pk)
    return {
        "title": post.title,
        "text": post.text,
        "language": post.language,
        "department": str(post.department_id),
        "campaign": str(post.campaign_id or ""),
        "objective": "",
        "version": str(post.version),
        **changed,
    }


def save(who: Browser, cast: Cast, **changed: Any) -> Any:
    return who.htmx("post", reverse("post.text", args=[cast.post.pk]), form(cast, **changed))


def variant(cast: Cast, name: str) -> Variant:
    return Variant.objects.get(post=cast.post, channel=cast.things[name])


def test_a_new_post_is_started(cast: Cast, editor: Browser) -> None:
    page = editor.get(reverse("post.new"), {"campaign": str(cast.campaign.pk)})
    assert page.status_code == 200
    values = {
        "title": "Lamps at dusk",
        "text": "Come and see.",
        "language": "fr",
        "department": str(cast.departments["Marketing"].pk),
        "campaign": str(cast.campaign.pk),
        "channels": [str(cast.agora.pk), str(cast.chirp.pk)],
    }
    answer = editor.post(reverse("post.new"), values)
    post = Post.objects.get(title="Lamps at dusk")
    assert answer.headers["Location"] == reverse("post", args=[post.pk])
    assert (post.language, len(variants_of(post))) == ("fr", 2)


def test_bad_input_keeps_what_was_typed(cast: Cast, editor: Browser) -> None:
    values = {"title": "", "text": "My only copy", "language": "xx", "department": "none"}
    answer = editor.post(reverse("post.new"), values)
    assert answer.status_code == 422
    assert "My only copy" in answer.text


def test_the_composer_shows_a_tab_for_each_channel(cast: Cast, editor: Browser) -> None:
    page = editor.get(reverse("post", args=[cast.post.pk])).text
    for name in ("agora", "chirp"):
        assert f'id="tab-{variant(cast, name).pk}"' in page
    assert f"{len(cast.post.text)} / 300" in page
    assert "Serves “Brand reach”." in page


def test_typing_is_saved_with_counters_and_checks(cast: Cast, editor: Browser) -> None:
    answer = save(editor, cast, text="x" * 312)
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == "post:saved"
    assert "312 / 300" in answer.text
    assert 'data-tone="bad"' in answer.text
    cast.post.refresh_from_db()
    assert (len(cast.post.text), cast.post.version) == (312, 2)


def test_a_channel_has_its_own_text_until_it_is_reset(cast: Cast, editor: Browser) -> None:
    chirp = variant(cast, "chirp")
    save(editor, cast, **{f"text-{chirp.pk}": "Short and sweet."})
    chirp.refresh_from_db()
    assert chirp.text == "Short and sweet."
    save(editor, cast, **{f"text-{chirp.pk}": "Short and sweet.", "follow": str(chirp.pk)})
    chirp.refresh_from_db()
    assert chirp.text is None


def test_variants_that_follow_take_on_the_new_common_text(cast: Cast, editor: Browser) -> None:
    agora = variant(cast, "agora")
    before = cast.post.text
    save(editor, cast, text="Quite new.", **{f"text-{agora.pk}": before})
    agora.refresh_from_db()
    assert agora.text is None
    agora.post.refresh_from_db()
    assert agora.words == "Quite new."


def test_two_writers_lose_nothing(cast: Cast, editor: Browser) -> None:
    late = form(cast, text="The late one")
    assert save(browser(cast, "approver"), cast, text="The first one").status_code == 200
    answer = editor.htmx("post", reverse("post.text", args=[cast.post.pk]), late)
    assert answer.status_code == 422
    assert "The first one" in answer.text
    assert "Your text is still here" in answer.text
    cast.post.refresh_from_db()
    assert cast.post.text == "The first one"
    kept = editor.htmx(
        "post",
        reverse("post.text", args=[cast.post.pk]),
        {**late, "version": str(cast.post.version)},
    )
    assert kept.status_code == 200
    cast.post.refresh_from_db()
    assert cast.post.text == "The late one"


def test_without_scripts_an_outdated_text_stays_on_the_page(cast: Cast, editor: Browser) -> None:
    late = form(cast, text="The late one")
    save(editor, cast, text="The first one")
    answer = editor.post(reverse("post.text", args=[cast.post.pk]), late)
    assert answer.status_code == 409
    assert "The late one" in answer.text


def test_an_empty_title_is_told_and_nothing_is_saved(cast: Cast, editor: Browser) -> None:
    answer = save(editor, cast, title=" ", text="New words")
    assert answer.status_code == 422
    assert "composer-trouble" in answer.text
    cast.post.refresh_from_db()
    assert cast.post.text != "New words"


def test_images_come_with_alt_text(
    cast: Cast, editor: Browser, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    url = reverse("post.images", args=[cast.post.pk])
    file = SimpleUploadedFile("doors.png", png(), "image/png")
    answer = editor.htmx("post", url, {"image": file})
    assert answer.status_code == 200
    assert "alt text missing" in answer.text
    assert 'name="version"' in answer.text
    image = PostImage.objects.get(post=cast.post)
    save(editor, cast, **{f"alt-{image.pk}": "An open door"})
    image.refresh_from_db()
    assert image.alt == "An open door"
    gone = editor.htmx("post", reverse("post.image", args=[cast.post.pk, image.pk]))
    assert gone.status_code == 200
    assert not PostImage.objects.filter(post=cast.post).exists()


def test_what_is_no_image_is_refused(cast: Cast, editor: Browser) -> None:
    url = reverse("post.images", args=[cast.post.pk])
    for data in ({}, {"image": SimpleUploadedFile("plan.png", b"no picture", "image/png")}):
        answer = editor.htmx("post", url, data)
        assert answer.status_code == 422
        assert answer.text.strip().endswith(".")


def test_channels_are_chosen(cast: Cast, editor: Browser) -> None:
    url = reverse("post.channels", args=[cast.post.pk])
    editor.post(url, {"channels": [str(cast.chirp.pk), str(cast.other_channel.pk)]})
    assert [v.channel_id for v in variants_of(cast.post)] == [cast.chirp.pk]


def test_a_time_is_meant_for_all_or_for_one(cast: Cast, editor: Browser) -> None:
    url = reverse("post.time", args=[cast.post.pk])
    at = {"day": "2099-03-11", "time": "08:50", "zone": "America/Montreal"}
    assert editor.htmx("post", url, at).status_code == 200
    walls = {(v.planned_wall, v.planned_zone) for v in variants_of(cast.post)}
    assert walls == {("2099-03-11T08:50", "America/Montreal")}
    chirp = variant(cast, "chirp")
    editor.htmx("post", url, {**at, "time": "18:00", "variant": str(chirp.pk)})
    assert {v.planned_wall[-5:] for v in variants_of(cast.post)} == {"08:50", "18:00"}
    editor.htmx("post", url, {"wipe": "1", "zone": "Europe/Paris"})
    assert {v.planned_at for v in variants_of(cast.post)} == {None}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"zone": "Mars/Olympus"}, "not a time zone"),
        ({"day": "2001-01-01"}, "passed already"),
        ({"time": ""}, "Choose a time"),
        ({"day": ""}, "Choose a day"),
    ],
)
def test_an_impossible_time_is_told_at_the_field(
    changed: dict[str, str], said: str, cast: Cast, editor: Browser
) -> None:
    at = {"day": "2099-03-11", "time": "08:51", "zone": "Europe/Paris", **changed}
    answer = editor.htmx("post", reverse("post.time", args=[cast.post.pk]), at)
    assert answer.status_code == 422
    assert said in answer.text
    if "time" not in changed:
        assert "08:51" in answer.text


def test_asking_and_deciding_schedules_at_the_pencilled_time(
    cast: Cast,
) -> None:
    writer = browser(cast, "contributor")
    at = {"day": "2099-03-11", "time": "08:50", "zone": "Europe/Paris"}
    writer.htmx("post", reverse("post.time", args=[cast.post.pk]), at)
    asked = writer.post(reverse("post.approvals", args=[cast.post.pk]), {"note": "Please"})
    assert asked.status_code == 302
    assert ApprovalRequest.objects.filter(state="open").count() == 2
    decided = browser(cast, "approver").post(
        reverse("approval.post", args=[cast.post.pk]), {"outcome": "approved"}
    )
    assert decided.status_code == 302
    jobs.run_pending()
    assert set(Publication.objects.values_list("state", "wall")) == {
        ("scheduled", "2099-03-11T08:50")
    }


def test_nobody_schedules_past_an_approval(cast: Cast) -> None:
    for name in ("contributor", "editor", "admin"):
        for when in ("now", "planned"):
            url = reverse("post.publications", args=[cast.post.pk])
            answer = browser(cast, name).htmx("post", url, {"when": when})
            assert answer.status_code in (403, 409, 422), (name, when)
    assert not Publication.objects.exists()


def test_an_edit_after_the_approval_asks_again(cast: Cast, editor: Browser) -> None:
    workflow.ask_approval(cast.post, schedule_when_approved=False, by=cast.actor("editor"), now=NOW)
    workflow.approve_post(cast.post, by=cast.actor("approver"), now=NOW)
    page = editor.get(reverse("post", args=[cast.post.pk])).text
    assert reverse("post.publications", args=[cast.post.pk]) in page
    save(editor, cast, text="Something else altogether.")
    page = editor.get(reverse("post", args=[cast.post.pk])).text
    assert reverse("post.approvals", args=[cast.post.pk]) in page
    assert reverse("post.publications", args=[cast.post.pk]) not in page


def test_the_preview_speaks_as_the_network(cast: Cast, viewer: Browser) -> None:
    chirp = variant(cast, "chirp")
    url = reverse("post.preview", args=[cast.post.pk])
    page = viewer.htmx("get", f"{url}?variant={chirp.pk}").text
    assert "On 11 March we open our doors in Lyon." in page
    assert "lumen-chirp" in page


def test_comments_and_history(cast: Cast, editor: Browser) -> None:
    url = reverse("post.comments", args=[cast.post.pk])
    answer = editor.htmx("post", url, {"text": "<b>Lovely</b>"})
    assert "&lt;b&gt;Lovely" in answer.text
    assert editor.htmx("post", url, {"text": " "}).status_code == 422
    assert Comment.objects.count() == 1
    workflow.ask_approval(cast.post, by=cast.actor("editor"), now=NOW)
    page = editor.htmx("get", reverse("post.history", args=[cast.post.pk])).text
    for word in ("Post started", "Approval asked", "Revisions"):
        assert word in page


def test_a_viewer_reads_and_does_not_write(cast: Cast, viewer: Browser) -> None:
    page = viewer.get(reverse("post", args=[cast.post.pk])).text
    assert "readonly" in page
    assert reverse("post.approvals", args=[cast.post.pk]) not in page
    assert save(viewer, cast, text="Mine").status_code == 403


def test_removal_takes_it_off_every_list(cast: Cast, editor: Browser) -> None:
    editor.post(reverse("post.removal", args=[cast.post.pk]))
    assert "The doors" not in editor.get(reverse("posts")).text
    assert editor.get(reverse("post", args=[cast.post.pk])).status_code == 404


def test_the_list_is_filtered_and_constant(
    cast: Cast, admin: Browser, viewer: Browser, django_assert_max_num_queries: Any
) -> None:
    counts = []
    admin.get(reverse("posts"))
    for more in (2, 20):
        for n in range(more):
            content.write_post(
                title=f"Lamp {more}-{n}",
                department=cast.departments["Sales"],
                channels=[cast.agora],
                by=cast.actor("admin"),
                now=NOW,
            )
        with django_assert_max_num_queries(30) as asked:
            page = admin.get(reverse("posts"))
        counts.append(len(asked))
        assert page.text.count("Lamp ") >= more
    assert counts[0] == counts[1]
    assert "Lamp " not in viewer.get(reverse("posts")).text
    found = viewer.get(reverse("posts"), {"q": "doors", "campaign": str(cast.campaign.pk)}).text
    assert "The doors" in found
    assert "The doors" not in viewer.get(reverse("posts"), {"state": "published"}).text


def test_options_are_those_the_network_declares(cast: Cast, editor: Browser) -> None:
    chirp = variant(cast, "chirp")
    save(editor, cast, **{f"option-{chirp.pk}-visibility": "secret"})
    chirp.refresh_from_db()
    assert chirp.options == {}


def test_keeping_mine_names_the_version_seen(cast: Cast, editor: Browser) -> None:
    late = form(cast, text="The late one")
    save(editor, cast, text="The first one")
    page = editor.htmx("post", reverse("post.text", args=[cast.post.pk]), late).text
    cast.post.refresh_from_db()
    kept = json.dumps({"version": cast.post.version}).replace('"', "&quot;")
    assert kept in page


# --- follow-ups ---


def shown_parts(cast: Cast, texts: list[str], where: str = "common") -> dict[str, str]:
    """A list of follow-ups as the composer sends it."""
    return {
        f"parts-{where}": str(len(texts)),
        **{f"part-{where}-{n}": text for n, text in enumerate(texts, start=1)},
    }


def test_follow_ups_are_added_moved_and_taken_away(cast: Cast, editor: Browser) -> None:
    page = editor.get(reverse("post", args=[cast.post.pk])).content.decode()
    assert 'value="add:common"' in page
    answer = save(editor, cast, act="add:common", **shown_parts(cast, [])).content.decode()
    assert 'name="part-common-1"' in answer
    assert "autofocus" in answer
    texts = ["Two", "Three"]
    save(editor, cast, act="add:common", **shown_parts(cast, ["Two"]))
    answer = save(editor, cast, **shown_parts(cast, texts)).content.decode()
    assert Post.objects.get(pk=cast.post.pk).follow_ups == texts
    assert 'name="part-common-1"' not in answer, "what is being typed is left alone"
    assert "count-common-2-" in answer
    save(editor, cast, act="up:common:2", **shown_parts(cast, texts))
    assert Post.objects.get(pk=cast.post.pk).follow_ups == ["Three", "Two"]
    save(editor, cast, act="down:common:1", **shown_parts(cast, ["Three", "Two"]))
    assert Post.objects.get(pk=cast.post.pk).follow_ups == texts
    save(editor, cast, act="remove:common:1", **shown_parts(cast, texts))
    assert Post.objects.get(pk=cast.post.pk).follow_ups == ["Three"]
    save(editor, cast, act="remove:common:9", **shown_parts(cast, ["Three"]))
    save(editor, cast)
    assert Post.objects.get(pk=cast.post.pk).follow_ups == ["Three"], "what is not shown stays"


def test_a_channel_has_its_own_follow_ups_until_they_are_reset(cast: Cast, editor: Browser) -> None:
    chirp = str(variant(cast, "chirp").pk)
    common = shown_parts(cast, ["Two"])
    save(editor, cast, **common, **shown_parts(cast, ["Two"], chirp))
    assert variant(cast, "chirp").follow_ups is None
    answer = save(editor, cast, **common, **shown_parts(cast, ["Short"], chirp)).content.decode()
    assert variant(cast, "chirp").follow_ups == ["Short"]
    assert variant(cast, "agora").parts == ["Two"]
    assert "has its own follow-ups" in answer
    changed = shown_parts(cast, ["Two more"])
    answer = save(editor, cast, **changed, **shown_parts(cast, ["Short"], chirp)).content.decode()
    assert variant(cast, "chirp").follow_ups == ["Short"]
    agora = variant(cast, "agora").pk
    assert f'name="part-{agora}-1"' in answer, "those that follow take on the new ones"
    save(editor, cast, follow=chirp, **changed, **shown_parts(cast, ["Short"], chirp))
    assert variant(cast, "chirp").follow_ups is None
    save(editor, cast, act=f"remove:{chirp}:1", **changed, **shown_parts(cast, ["Two more"], chirp))
    assert variant(cast, "chirp").follow_ups == [], "none, though the others have one"


def test_the_composer_checks_and_previews_every_part(cast: Cast, editor: Browser) -> None:
    answer = save(editor, cast, **shown_parts(cast, ["Two", "x" * 301])).content.decode()
    assert "Part 3: 1 characters too many" in answer
    assert 'data-tone="bad"' in answer
    chirp = variant(cast, "chirp").pk
    url = reverse("post.preview", args=[cast.post.pk])
    shown = editor.get(url, {"variant": str(chirp)}).content.decode()
    assert shown.count('data-network="sandbox"') == 3


def test_without_scripts_a_follow_up_is_a_button_of_the_form(cast: Cast, editor: Browser) -> None:
    values = form(cast, act="add:common", **shown_parts(cast, ["Two"]))
    answer = editor.post(reverse("post.text", args=[cast.post.pk]), values)
    assert answer.status_code == 302
    page = editor.get(reverse("post", args=[cast.post.pk])).content.decode()
    assert 'name="part-common-2"' in page


def test_too_many_follow_ups_are_told(cast: Cast, editor: Browser) -> None:
    answer = save(editor, cast, **shown_parts(cast, ["more"] * 25))
    assert answer.status_code == 422
    assert "24" in answer.content.decode()


def test_what_is_approved_shows_every_part(cast: Cast, editor: Browser) -> None:
    save(editor, cast, **shown_parts(cast, ["The second part"]))
    post = Post.objects.get(pk=cast.post.pk)
    workflow.ask_approval(post, by=cast.actor("editor"), now=NOW)
    approver = browser(cast, "approver")
    page = approver.get(reverse("approvals")).content.decode()
    assert "The second part" in page
    workflow.approve_post(post, by=cast.actor("approver"), now=NOW)
    save(editor, cast, **shown_parts(cast, ["The second word"]))
    workflow.ask_approval(Post.objects.get(pk=post.pk), by=cast.actor("editor"), now=NOW)
    page = approver.get(reverse("approvals")).content.decode()
    assert "<del>part</del> <ins>word</ins>" in page
