"""Requests: asked for without an account, promised or refused, followed to what is out."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.cast import NOW, Cast
from tests.screens import stories
from unisono.kernel import jobs
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed, NotFound
from unisono.rooms.content import actions as content
from unisono.rooms.content import ideas, sources
from unisono.rooms.notifications.models import Notice
from unisono.rooms.publishing.promises import outcome
from unisono.rooms.requests import actions as requests
from unisono.rooms.requests import queries
from unisono.rooms.requests.actions import PER_LINK, PER_SENDER, TooMany, Wish
from unisono.rooms.requests.models import IntakeLink, Request

WISH = Wish("Applicants for Lyon", "Two artisans by spring.", "Rita", "rita@lumen.example")


def link(cast: Cast) -> IntakeLink:
    made, _secret = requests.open_link(
        name="Ask marketing",
        department=cast.departments["Marketing"],
        by=cast.actor("manager"),
        now=NOW,
    )
    return made


def asked(cast: Cast) -> Request:
    row, _secret = requests.send(link(cast), WISH, sending=uuid4(), sender="a", now=NOW)
    return row


def test_a_form_is_filled_in_once_and_bounded(cast: Cast) -> None:
    form, sending = link(cast), uuid4()
    row, secret = requests.send(form, WISH, sending=sending, sender="a", now=NOW)
    again, nothing = requests.send(form, WISH, sending=sending, sender="a", now=NOW)
    assert secret and again == row and nothing is None
    assert queries.request_behind(secret.reveal()) == row
    assert secret.reveal() not in (row.digest, str(row.__dict__))
    jobs.run_pending()
    told = {n.member for n in Notice.objects.filter(kind="request.made")}
    assert cast.members["editor"] in told and cast.members["contributor"] not in told

    for _ in range(PER_SENDER - 1):
        requests.send(form, WISH, sending=uuid4(), sender="a", now=NOW)
    with pytest.raises(TooMany):
        requests.send(form, WISH, sending=uuid4(), sender="a", now=NOW)
    for number in range(PER_LINK - PER_SENDER):
        requests.send(form, WISH, sending=uuid4(), sender=str(number), now=NOW)
    with pytest.raises(TooMany):
        requests.send(form, WISH, sending=uuid4(), sender="z", now=NOW)
    later = NOW + timedelta(hours=2)
    requests.forget_senders(before=later)
    assert not Request.objects.exclude(sender="").exists()
    requests.send(form, WISH, sending=uuid4(), sender="a", now=later)
    requests.revoke_link(form, by=cast.actor("manager"), now=later)
    with pytest.raises(NotFound):
        requests.send(form, WISH, sending=uuid4(), sender="a", now=later)


def test_what_cannot_be_used_is_refused(cast: Cast) -> None:
    form = link(cast)
    for change in (
        {"title": " "},
        {"reason": ""},
        {"email": "nowhere"},
        {"name": "x" * 200},
        {"wanted_on": date(2025, 1, 1)},
    ):
        wish = Wish(**{**WISH.__dict__, **change})
        with pytest.raises(Invalid):
            requests.send(form, wish, sending=uuid4(), sender="a", now=NOW)
    with pytest.raises(NotAllowed):
        requests.open_link(name="Mine", by=cast.actor("editor"), now=NOW)


def test_a_promise_has_a_day_and_a_refusal_a_reason(cast: Cast) -> None:
    row, editor = asked(cast), cast.actor("editor")
    with pytest.raises(NotAllowed):
        requests.promise(row, on=date(2026, 3, 12), by=cast.actor("contributor"), now=NOW)
    with pytest.raises(NotFound):
        queries.request(cast.actor("sales_editor"), row.pk)
    with pytest.raises(Invalid):
        requests.promise(row, on=date(2026, 2, 1), by=editor, now=NOW)
    requests.promise(row, on=date(2026, 3, 12), by=editor, now=NOW)
    requests.promise(row, on=date(2026, 3, 14), note="A little later.", by=editor, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.promised_on, row.answer) == (
        "promised",
        date(2026, 3, 14),
        "A little later.",
    )
    with pytest.raises(Invalid):
        requests.refuse(row, reason=" ", by=editor, now=NOW)
    requests.refuse(row, reason="No budget this quarter.", by=editor, now=NOW)
    with pytest.raises(Conflict):
        requests.promise(row, on=date(2026, 3, 14), by=editor, now=NOW)


def test_a_request_follows_its_post_to_what_is_out(cast: Cast) -> None:
    row, editor = asked(cast), cast.actor("editor")
    requests.promise(row, on=date(2026, 3, 12), by=editor, now=NOW)
    assert outcome(row)["badge"] == ""
    idea = sources.from_request(row, by=editor, now=NOW)
    ideas.merge(idea, into=cast.idea, by=editor, now=NOW)
    post = ideas.develop(
        cast.idea,
        department=cast.departments["Marketing"],
        channels=[cast.agora],
        by=editor,
        now=NOW,
    )
    assert outcome(row)["badge"] == "draft"
    content.change_post(
        post,
        title=post.title,
        text="Two artisans wanted.",
        language="en",
        department=post.department,
        campaign=None,
        objective=None,
        by=editor,
        now=NOW,
    )
    published = stories.published(cast, post)
    row.refresh_from_db()
    assert row.state == "done" and row.done_at is not None
    out = outcome(row)
    assert (out["badge"], out["out"][0]["url"]) == ("published", published.url)


def test_a_post_at_once_keeps_the_link(cast: Cast) -> None:
    row = asked(cast)
    post = sources.post_from_request(
        row, department=cast.departments["Marketing"], by=cast.actor("editor"), now=NOW
    )
    assert post.idea and post.idea.request == row
