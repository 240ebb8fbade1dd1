"""Audiences: their verbs, who sees them, and what is for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.content.queries import posts
from unisono.rooms.exports import sheet
from unisono.rooms.plan import audiences, queries
from unisono.rooms.plan.models import Audience
from unisono.rooms.publishing.agenda import Filters, agenda


def described(cast: Cast, name: str, **more: Any) -> Audience:
    values: dict[str, Any] = {"department": cast.departments["Marketing"], **more}
    return audiences.describe(name=name, **values, by=cast.actor("editor"), now=NOW)


def test_an_audience_is_described_changed_put_away_and_taken_back(cast: Cast) -> None:
    editor = cast.actor("editor")
    row = described(cast, " Curious cooks ", languages=["FR", "fr", "it"], zone="Europe/Paris")
    assert (row.name, row.languages, row.zone) == ("Curious cooks", ["fr", "it"], "Europe/Paris")
    values: dict[str, Any] = {
        "name": "Cooks", "description": "At home.", "interests": "ovens", "languages": [],
        "zone": "", "department": row.department,
    }  # fmt: skip
    audiences.change(row, **values, by=editor, now=NOW)
    audiences.archive(row, by=editor, now=NOW)
    assert list(queries.audiences(editor)) == []
    described(cast, "cooks")
    with pytest.raises(Conflict):
        audiences.restore(row, by=editor, now=NOW)
    assert queries.audience(cast.actor("viewer"), row.pk).archived_at == NOW
    assert row not in queries.audiences(cast.actor("sales_editor"), archived=True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"interests": "x" * 301}, "interests"),
        ({"languages": ["francais"]}, "languages"),
        ({"zone": "Paris"}, "zone"),
    ],
)
def test_what_no_audience_can_be(wrong: dict[str, Any], field: str, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        described(cast, **{"name": "Cooks", **wrong})
    assert refusal.value.field == field


def test_who_may_describe_one(cast: Cast) -> None:
    for name, department in (("contributor", "Marketing"), ("editor", "Sales"), ("editor", "")):
        with pytest.raises(NotAllowed):
            audiences.describe(
                name="Cooks", department=cast.departments.get(department),
                by=cast.actor(name), now=NOW,
            )  # fmt: skip


def test_a_post_is_for_its_own_audiences_or_else_its_campaigns(cast: Cast) -> None:
    editor = cast.actor("editor")
    cooks, readers = described(cast, "Cooks"), described(cast, "Readers")
    cast.campaign.audiences.set([cooks])
    wall = (NOW + timedelta(days=2)).replace(tzinfo=None)
    own = content.write_post(
        title="Own", department=cast.departments["Marketing"], campaign=cast.campaign,
        audiences=[readers], channels=[cast.agora, cast.chirp], wall=wall, zone="UTC",
        by=editor, now=NOW,
    )  # fmt: skip
    for variant in cast.post.variants.all():
        content.plan_variant(variant, wall=wall, zone="UTC", by=editor, now=NOW)

    def titles(audience: Audience) -> set[str]:
        filters = Filters(audiences=(audience.pk,))
        found = agenda(editor, NOW, NOW + timedelta(days=3), filters)
        lines = sheet.lines(editor, filters=filters)
        assert {line.cells["title"] for line in lines} == {item.title for item in found}
        assert len(found) == 2, "one line for each channel"
        return {item.title for item in found}

    assert titles(cooks) == {"The doors"}
    assert titles(readers) == {"Own"}
    loaded = posts(editor).prefetch_related("audiences", "campaign__audiences")
    assert {post.title: post.speaks_to for post in loaded} == {
        "The doors": [cooks],
        "Own": [readers],
    }
    before = list(own.variants.values_list("digest", flat=True))
    content.change_post(
        own, title="Own", text="", language="en", department=own.department,
        campaign=cast.campaign, objective=None, audiences=[], by=editor, now=NOW,
    )  # fmt: skip
    assert Post.objects.get(pk=own.pk).speaks_to == [cooks]
    assert list(own.variants.values_list("digest", flat=True)) == before
