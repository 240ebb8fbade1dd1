"""Approvals: exactly what would be sent, and the answers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tests.cast import NOW, Cast
from tests.screens.conftest import Browser, browser
from unisono.rooms.content import actions as content
from unisono.rooms.content.queries import variants_of
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow.models import ApprovalRequest, Decision
from unisono.screens.approvals.views import difference


def asked(cast: Cast, note: str = "") -> list[ApprovalRequest]:
    return workflow.ask_approval(
        cast.post,
        note=note,
        schedule_when_approved=False,
        by=cast.actor("contributor"),
        now=NOW,
    )


def test_a_post_is_asked_once_with_its_exact_text(cast: Cast) -> None:
    asked(cast, "Before Friday, please")
    page = browser(cast, "approver").get(reverse("approvals")).text
    assert page.count('class="card approval"') == 1
    for said in ("On 11 March we open our doors in Lyon.", "Before Friday", "Contributor"):
        assert said in page
    assert "1 waits for you" in page


def test_different_texts_are_shown_apart(cast: Cast) -> None:
    chirp = next(v for v in variants_of(cast.post) if v.channel_id == cast.chirp.pk)
    content.adapt_variant(chirp, text="Doors open.", by=cast.actor("editor"), now=NOW)
    asked(cast)
    page = browser(cast, "approver").get(reverse("approvals")).text
    assert "Doors open." in page
    assert "On 11 March we open our doors in Lyon." in page


def test_approving_and_asking_for_changes(cast: Cast) -> None:
    approver = browser(cast, "approver")
    asked(cast)
    url = reverse("approval.post", args=[cast.post.pk])
    assert approver.htmx("post", url, {"outcome": "changes_asked"}).status_code == 422
    approver.post(url, {"outcome": "changes_asked", "note": "Say where."})
    assert set(Decision.objects.values_list("outcome", "note")) == {("changes_asked", "Say where.")}
    content.change_post(
        cast.post,
        title=cast.post.title,
        text="On 11 March we open our doors in Lyon, rue Mercière.",
        language="en",
        department=cast.post.department,
        campaign=cast.campaign,
        objective=None,
        by=cast.actor("contributor"),
        now=NOW,
    )
    asked(cast)
    approver.post(url, {"outcome": "approved"})
    states = set(ApprovalRequest.objects.values_list("state", flat=True))
    assert states == {"changes_asked", "approved"}
    assert approver.htmx("post", url, {"outcome": "maybe"}).status_code == 422


def test_one_channel_is_answered_alone(cast: Cast) -> None:
    first, second = asked(cast)
    url = reverse("approval.decision", args=[first.pk])
    browser(cast, "approver").post(url, {"outcome": "approved"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("approved", "open")


def test_what_changed_since_the_last_approval_is_marked(cast: Cast) -> None:
    asked(cast)
    workflow.approve_post(cast.post, by=cast.actor("approver"), now=NOW)
    for variant in variants_of(cast.post):
        content.adapt_variant(
            variant,
            text="On 12 March we open our doors in Lyon.",
            by=cast.actor("editor"),
            now=NOW,
        )
    asked(cast)
    page = browser(cast, "approver").get(reverse("approvals")).text
    assert "<del>11</del>" in page
    assert "<ins>12</ins>" in page


def test_differences_are_words() -> None:
    assert difference("a b c", "a x c d") == [
        ("same", "a"),
        ("gone", "b"),
        ("new", "x"),
        ("same", "c"),
        ("new", "d"),
    ]


def test_those_who_may_not_decide_see_and_cannot_answer(cast: Cast, editor: Browser) -> None:
    asked(cast)
    page = editor.get(reverse("approvals")).text
    assert "The doors" in page
    assert reverse("approval.post", args=[cast.post.pk]) not in page
    assert "The doors" not in browser(cast, "sales_editor").get(reverse("approvals")).text


def test_its_asker_takes_a_question_back(cast: Cast) -> None:
    request = asked(cast)[0]
    url = reverse("approval.withdrawal", args=[request.pk])
    assert browser(cast, "contributor").post(url).status_code == 302
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_many_questions_cost_a_constant_number_of_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    approver = browser(cast, "approver")
    approver.get(reverse("approvals"))
    counts = []
    for more in (2, 15):
        for n in range(more):
            post = content.write_post(
                title=f"Lamp {more}-{n}",
                text="Light.",
                department=cast.departments["Marketing"],
                channels=[cast.agora],
                by=cast.actor("admin"),
                now=NOW,
            )
            workflow.ask_approval(post, by=cast.actor("admin"), now=NOW)
        with django_assert_max_num_queries(30) as seen:
            assert approver.get(reverse("approvals")).text.count("Lamp ") >= more
        counts.append(len(seen))
    assert counts[0] == counts[1]
