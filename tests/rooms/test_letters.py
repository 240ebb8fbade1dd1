"""Mails to requesters: each once, in their language, and a failure reaches a person."""

from __future__ import annotations

from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.utils import translation

from tests.cast import NOW, Cast
from tests.screens import stories
from tests.screens.conftest import Browser
from unisono.kernel import jobs
from unisono.kernel.models import Event
from unisono.kernel.refusals import Conflict
from unisono.rooms.content import actions as content
from unisono.rooms.content import sources
from unisono.rooms.notifications import letters
from unisono.rooms.notifications.jobs import mail_letters
from unisono.rooms.notifications.models import Letter, Notice
from unisono.rooms.requests import actions as requests
from unisono.rooms.requests import queries
from unisono.rooms.requests.actions import Wish
from unisono.rooms.requests.follow import secret_known
from unisono.rooms.requests.models import Request


@pytest.fixture(autouse=True)
def mails(settings: Any) -> None:
    settings.UNISONO_MAILS = True


def asked(cast: Cast, language: str = "en") -> Request:
    wish = Wish("A film", "For the fair.", "Rita", "rita@lumen.example", language=language)
    row, _secret = requests.make(
        wish, department=cast.departments["Marketing"], sending=uuid4(), by=cast.actor("admin"),
        now=NOW,
    )  # fmt: skip
    return row


def told() -> list[Any]:
    jobs.run_pending()
    mail_letters()
    sent = list(mail.outbox)
    mail.outbox.clear()
    return sent


def test_each_answer_is_mailed_once_with_the_way_back(cast: Cast) -> None:
    row, editor = asked(cast), cast.actor("editor")
    (arrived,) = told()
    assert arrived.subject == "Your request has arrived: A film"
    assert arrived.to == ["Rita <rita@lumen.example>"]
    address = arrived.body.split("/asked/")[1].split("/")[0]
    assert queries.request_behind(address) == row
    assert f"/asked/{address}/" in str(arrived.alternatives[0][0])
    assert told() == []

    requests.promise(row, on=date(2026, 3, 12), note="Gladly.", by=editor, now=NOW)
    requests.promise(row, on=date(2026, 3, 14), by=editor, now=NOW)
    promised, later = told()
    assert "Mar" in promised.subject and "12" in promised.subject and "> Gladly." in promised.body
    assert "14" in later.subject and "another day" in later.body
    requests.ask_back(row, question="Who speaks in it?", by=editor, now=NOW)
    (question,) = told()
    assert "> Who speaks in it?" in question.body and "Answer here" in question.body
    requests.refuse(row, reason="No <budget>.", by=editor, now=NOW)
    (refused,) = told()
    assert "> No <budget>." in refused.body and "No &lt;budget&gt;." in refused.alternatives[0][0]

    for event in Event.objects.filter(subject_id=row.pk, kind__startswith="request."):
        if event.kind != "request.mails_chosen":
            letters.requester_told(event)
    assert told() == [] and Letter.objects.filter(sent_at=None).count() == 0


def test_what_is_out_is_told_with_its_address(cast: Cast) -> None:
    row, editor = asked(cast, "de"), cast.actor("editor")
    told()
    post = sources.post_from_request(
        row, department=cast.departments["Marketing"], channels=[cast.agora], by=editor, now=NOW
    )
    content.change_post(
        post, title=post.title, text="Come.", language="en", department=post.department,
        campaign=None, objective=None, by=editor, now=NOW,
    )  # fmt: skip
    published = stories.published(cast, post)
    (out,) = [one for one in told() if one.to == ["Rita <rita@lumen.example>"]]
    assert published.url and published.url in out.body


def test_the_language_is_that_of_the_form(cast: Cast) -> None:
    asked(cast, "fr")
    letter = _waiting()
    assert letter.request.language == "fr"
    with translation.override("fr"):
        expected = translation.gettext("Your request has arrived: %(title)s") % {"title": "A film"}
    assert letters.written(letter).subject == expected


def test_who_wants_none_gets_none(cast: Cast) -> None:
    row = asked(cast)
    address = _address(row)
    nobody = Browser()
    page = nobody.get(address).content.decode()
    assert "No more mails about this request" in page
    off = nobody.post(address, {"List-Unsubscribe": "One-Click"})
    assert off.status_code == 302 and not off.cookies
    requests.promise(row, on=date(2026, 3, 12), by=cast.actor("editor"), now=NOW)
    assert told() == [], "not even the one that waited already"
    assert "Tell me by e-mail again" in nobody.get(address).content.decode()
    nobody.post(address, {"mails": "1"})
    row.refresh_from_db()
    assert row.mails


def test_a_question_is_answered_once_on_the_page(cast: Cast) -> None:
    row, editor = asked(cast), cast.actor("editor")
    address, nobody = _address(row), Browser()
    assert 'name="text"' not in nobody.get(address).content.decode()
    requests.ask_back(row, question="Who speaks in it?", by=editor, now=NOW)
    page = nobody.get(address).content.decode()
    assert "Who speaks in it?" in page and 'name="text"' in page
    long = nobody.post(address, {"text": "a" * 4_001})
    assert long.status_code == 422 and "a" * 4_001 in long.content.decode()
    answered = nobody.post(address, {"text": "Our glassblower."})
    assert answered.status_code == 302 and not answered.cookies
    again = nobody.post(address, {"text": "And another thing."})
    assert again.status_code == 422 and "And another thing." in again.content.decode()
    with pytest.raises(Conflict):
        requests.answer(row, text="Hello?", now=NOW)
    jobs.run_pending()
    (notice,) = Notice.objects.filter(kind="request.answered")
    assert notice.member == cast.members["editor"]


class Line(locmem.EmailBackend):
    """A mail server that answers what `wrong` says."""

    wrong: Exception | None = None

    def send_messages(self, messages: Any) -> int:
        if self.wrong:
            raise self.wrong
        return super().send_messages(messages)


def test_a_failure_waits_or_reaches_a_person(cast: Cast) -> None:
    asked(cast)
    line, letter = Line(), _waiting()
    line.wrong = ConnectionRefusedError()
    assert not letters.send(letter, line=line, now=NOW)
    assert Letter.objects.filter(sent_at=None, failed_at=None).exists(), "it is tried again"
    assert not letters.send(letter, line=line, now=NOW + timedelta(hours=25))
    assert Notice.objects.filter(kind="letter.failed", member=cast.members["editor"]).count() == 1
    assert not letters.send(letter, line=line, now=NOW), "it was given up"

    asked(cast)
    line.wrong = SMTPRecipientsRefused({"rita@lumen.example": (550, b"unknown")})
    letters.send(_waiting(), line=line, now=NOW)
    assert Notice.objects.filter(kind="letter.failed", member=cast.members["editor"]).count() == 2


def test_without_a_mail_server_nothing_piles_up(cast: Cast, settings: Any) -> None:
    settings.UNISONO_MAILS = False
    row = asked(cast)
    jobs.run_pending()
    assert not Letter.objects.exists() and mail_letters() == 0
    assert "e-mail" not in Browser().get(_address(row)).content.decode()


def _waiting() -> Letter:
    jobs.run_pending()
    return Letter.objects.select_related("request").get(sent_at=None, failed_at=None)


def _address(row: Request) -> str:
    secret = secret_known(row)
    assert secret
    return f"/asked/{secret.reveal()}/"
