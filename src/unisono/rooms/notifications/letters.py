"""Mails to people without an account: what becomes of the request they made."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import formataddr
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import translation

from unisono.kernel.models import Event
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.notifications import wording
from unisono.rooms.notifications.models import Letter
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Organization
from unisono.rooms.people.queries import holders
from unisono.rooms.publishing.promises import outcome
from unisono.rooms.requests.follow import secret_known
from unisono.rooms.requests.models import Request, RequestWord

PATIENCE = timedelta(days=1)
"""How long a mail server that cannot be reached is tried again."""


def requester_told(event: Event) -> None:
    """Write down a mail for who asked. The same event twice is one mail; without a mail server, or
    where none is wanted, there is none."""
    row = Request.objects.get(pk=event.subject_id)
    if not settings.UNISONO_MAILS or not row.mails:
        return
    Letter.objects.get_or_create(
        event=event.pk,
        defaults={"request": row, "kind": event.kind, "facts": _facts(row, event), "at": event.at},
    )


def _facts(row: Request, event: Event) -> dict[str, Any]:
    if event.kind == "request.asked_back":
        return {"question": RequestWord.objects.get(pk=event.data["question"]).text}
    if event.kind == "request.done":
        out = outcome(row)["out"]
        public = [{"channel": one["channel"], "url": one["url"]} for one in out]
        return {"out": public, "note": event.data.get("note", "")}
    return {name: event.data[name] for name in ("on", "note") if name in event.data}


def send(letter: Letter, *, line: BaseEmailBackend, now: datetime) -> bool:
    """Give a letter to the mail server, once; whether it took it.

    What is known not to have been sent is tried again for a day. What cannot be sent, those who
    decide on the request learn: they have another way.
    """
    waiting = Letter.objects.filter(pk=letter.pk, sent_at=None, failed_at=None)
    if not waiting.update(sent_at=now):
        return False
    if not letter.request.mails:
        return False
    try:
        written(letter, line).send(fail_silently=False)
    except (OSError, SMTPException) as error:
        if _passing(error) and now - letter.at < PATIENCE:
            Letter.objects.filter(pk=letter.pk).update(sent_at=None)
        else:
            _give_up(letter, now)
        return False
    return True


def written(letter: Letter, line: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail itself, in the language of the form."""
    row = letter.request
    house = Organization.objects.get(pk=row.organization_id).name
    secret = secret_known(row)
    address = ""
    if secret is not None:
        public = settings.UNISONO_PUBLIC_URL.text.rstrip("/")
        address = f"{public}{reverse('asked', args=[secret.reveal()])}"
    with translation.override(row.language):
        words = wording.words(
            letter.kind, letter.facts, title=row.title, name=row.name, house=house, address=address
        )
    headers = {"Auto-Submitted": "auto-generated"}
    if address:
        headers["List-Unsubscribe"] = f"<{address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    to = formataddr((row.name, row.email))
    mail = EmailMultiAlternatives(
        words.subject, words.text(), to=[to], headers=headers, connection=line
    )
    mail.attach_alternative(words.html(), "text/html")
    return mail


def _passing(error: OSError | SMTPException) -> bool:
    """Whether the mail was certainly not taken, and may be later."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code < 500 for code, _said in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return error.smtp_code < 500
    # A line that broke in the middle may have carried it; one that never stood did not.
    return not isinstance(error, SMTPException)


def _give_up(letter: Letter, now: datetime) -> None:
    row = letter.request
    Letter.objects.filter(pk=letter.pk).update(sent_at=None, failed_at=now)
    notifications.tell(
        holders(Capability.CAMPAIGN, row.department_id),
        "letter.failed",
        {"who": row.name, "title": row.title},
        link=f"/requests/{row.pk}/",
        now=now,
    )
