"""Series of threads and of posts with a first comment: no part is lost, and none goes out twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_series import WEEKLY
from unisono.kernel.refusals import Invalid
from unisono.networks.contract import Published
from unisono.rooms.content import actions as content
from unisono.rooms.content import occurrences, snapshot
from unisono.rooms.content.checks import findings
from unisono.rooms.content.models import Post
from unisono.rooms.content.queries import variants_of
from unisono.rooms.content.series import Pattern, change_series, make_series, repeat_post
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, ledger
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow


def thread(cast: Cast) -> Post:
    """On one channel with the common follow-ups, on the other with its own first comment."""
    editor = cast.actor("editor")
    post = content.write_post(
        title="Thread", text="One", follow_ups=["Two", "Three"], campaign=cast.campaign,
        department=cast.departments["Marketing"], channels=[cast.agora, cast.chirp],
        by=editor, now=NOW,
    )  # fmt: skip
    content.adapt_variant(
        post.variants.get(channel=cast.chirp), text=None, follow_ups=["First comment"],
        by=editor, now=NOW,
    )  # fmt: skip
    return post


def parts_of(post: Post) -> dict[str, list[str]]:
    return {v.channel.name: v.parts for v in variants_of(post)}


BOTH = {"Lumen Agora": ["Two", "Three"], "Lumen Chirp": ["First comment"]}


def test_a_thread_is_repeated_with_all_its_parts(cast: Cast) -> None:
    editor, post = cast.actor("editor"), thread(cast)
    series = repeat_post(post, WEEKLY, by=editor, now=NOW)
    rows = list(occurrences.ahead(series, NOW))
    assert len(rows) > 3 and rows[0].post == post
    for row in rows:
        assert row.post and parts_of(row.post) == BOTH
        for variant in variants_of(row.post):
            images = list(row.post.images.all())
            assert variant.digest == snapshot.digest_now(variant, images)
            revision = content.freeze(variant, by=editor, now=NOW)
            assert revision.follow_ups == BOTH[variant.channel.name]


def test_the_parts_follow_a_change_but_not_where_somebody_edited_them(cast: Cast) -> None:
    editor = cast.actor("editor")
    series = repeat_post(thread(cast), WEEKLY, by=editor, now=NOW)
    _first, second, *rest = occurrences.ahead(series, NOW)
    assert second.post
    content.change_post(
        second.post, title="Thread", text="One", follow_ups=["Another", "end"], language="en",
        department=second.post.department, campaign=second.post.campaign, objective=None,
        by=editor, now=NOW,
    )  # fmt: skip
    pattern = Pattern.of(series)
    assert pattern.own_follow_ups[cast.chirp.pk] == ["First comment"]
    told = replace(
        pattern, follow_ups=["Zwei"], own_follow_ups={cast.agora.pk: None, cast.chirp.pk: []}
    )
    changed = change_series(series, pattern=told, rhythm=WEEKLY, by=editor, now=NOW)
    assert changed.left == 1 and changed.followed >= len(rest)
    second.post.refresh_from_db()
    assert parts_of(second.post)["Lumen Agora"] == ["Another", "end"]
    for row in rest:
        assert row.post
        fresh = Post.objects.get(pk=row.post.pk)
        assert parts_of(fresh) == {"Lumen Agora": ["Zwei"], "Lumen Chirp": []}
        for variant in variants_of(fresh):
            assert variant.digest == snapshot.digest_now(variant, [])


def test_each_part_of_an_occurrence_goes_out_once_and_in_order(cast: Cast) -> None:
    """However often the generator runs, and whatever becomes of the series meanwhile."""
    editor = cast.actor("editor")
    series = repeat_post(thread(cast), WEEKLY, by=editor, now=NOW)
    first = occurrences.ahead(series, NOW)[0]
    assert first.post
    workflow.ask_approval(first.post, by=editor, now=NOW, schedule_when_approved=False)
    workflow.approve_post(first.post, by=cast.actor("approver"), now=NOW)
    publishing.schedule_post(first.post, by=editor, now=NOW)
    sent: list[tuple[str, int, str]] = []
    for turn in range(4):
        at = first.at + timedelta(minutes=turn)
        occurrences.extend(series, by=editor, now=at)
        change_series(series, pattern=Pattern.of(series), rhythm=WEEKLY, by=editor, now=at)
        errands = claims.claim_due(worker="w", now=at)
        rows = {e.publication_id: Publication.objects.get(pk=e.publication_id) for e in errands}
        sent += [(r.channel.name, r.part, r.words) for r in rows.values()]
        told = [(e, Published(f"r-{e.publication_id}", "http://x/1")) for e in errands]
        ledger.settle_all(told, now=at)
    assert sorted(sent) == [
        ("Lumen Agora", 0, "One"), ("Lumen Agora", 1, "Two"), ("Lumen Agora", 2, "Three"),
        ("Lumen Chirp", 0, "One"), ("Lumen Chirp", 1, "First comment"),
    ]  # fmt: skip
    assert [part for name, part, _words in sent if name == "Lumen Agora"] == [0, 1, 2]
    states = Publication.objects.filter(variant__post=first.post).values_list("state", flat=True)
    assert set(states) == {"published"}


def test_a_part_that_cannot_be_is_named_as_in_any_post(cast: Cast) -> None:
    pattern = Pattern(
        title="Long", text="x", follow_ups=["y" * 400], channels=[cast.chirp],
        department=cast.departments["Marketing"],
    )  # fmt: skip
    series = make_series(pattern, WEEKLY, by=cast.actor("editor"), now=NOW)
    post = occurrences.ahead(series, NOW)[0].post
    assert post
    (variant,) = variants_of(post)
    assert any(r.level == "bad" and r.field == "follow_ups" for r in findings(variant))
    many = replace(pattern, follow_ups=["z"] * 25)
    with pytest.raises(Invalid) as refusal:
        make_series(many, WEEKLY, by=cast.actor("editor"), now=NOW)
    assert refusal.value.field == "follow_ups"
