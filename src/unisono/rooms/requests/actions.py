"""The verbs of requests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.ids import uuid7
from unisono.kernel.refusals import Conflict, Invalid, NotFound
from unisono.kernel.secrets import Secret
from unisono.kernel.states import advance
from unisono.rooms.people.actors import Actor, Where, system
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department, Language
from unisono.rooms.people.sessions import digest
from unisono.rooms.requests import follow
from unisono.rooms.requests.models import IntakeLink, Request, RequestFile, RequestWord
from unisono.rooms.requests.states import REQUEST

PER_LINK = 60
PER_SENDER = 10
WINDOW = timedelta(hours=1)
"""How many requests come through one link, and from one address, within an hour."""
REASON_MAX = 4_000
OPEN = ("new", "promised")
FAR = timedelta(days=100 * 366)


class TooMany(Conflict):
    """More requests came within the hour than people write."""

    code = "too_many"
    status = 429


@dataclass(frozen=True)
class Wish:
    """What the form asks: `wish` is the audience or channel in the requester's own words."""

    title: str
    reason: str
    name: str
    email: str
    wish: str = ""
    reference: str = ""
    wanted_on: date | None = None
    language: str = ""


def open_link(
    *, name: str, department: Department | None = None, by: Actor, now: datetime
) -> tuple[IntakeLink, Secret]:
    """A new form and the secret of its address, which is shown once and never stored."""
    must(by, Capability.PLAN, department)
    if not name.strip():
        raise Invalid(_("Give the form a name."), field="name")
    secret = secrets.token_urlsafe(32)
    link = IntakeLink.objects.create(
        name=name.strip()[:80],
        department=department,
        digest=digest(secret),
        made_by=by.member,
        made_at=now,
    )
    events.record("intake_link.opened", link, by=by, now=now, name=link.name)
    return link, Secret(secret)


def revoke_link(link: IntakeLink, *, by: Actor, now: datetime) -> None:
    """Let nobody fill in this form any more; what came through it stays."""
    must(by, Capability.PLAN, link.department_id)
    if link.revoked_at is None:
        link.revoked_at = now
        link.save(update_fields=["revoked_at"])
        events.record("intake_link.revoked", link, by=by, now=now, name=link.name)


def send(
    link: IntakeLink, wish: Wish, *, sending: UUID, sender: str, now: datetime
) -> tuple[Request, Secret | None]:
    """A request through an intake form, without an account; with the secret of its own page.

    The same `sending` twice is one request, and no second secret. Raises TooMany, or NotFound when
    the form was revoked meanwhile.
    """
    with transaction.atomic():
        # In line behind others of this form, so that the bound holds for those sent at once.
        row = IntakeLink.objects.select_for_update().get(pk=link.pk)
        if row.revoked_at:
            raise NotFound(_("This form is closed."))
        known = Request.objects.get_or_none(sending=sending)
        if known is not None:
            return known, None
        _bound(row, sender, now)
        by = system(link.organization_id)
        return _made(wish, link=row, department=row.department, sending=sending, sender=sender,
                     by=by, now=now)  # fmt: skip


def make(
    wish: Wish, *, department: Department | None = None, sending: UUID, by: Actor, now: datetime
) -> tuple[Request, Secret | None]:
    """A request of a signed-in member, for themselves or for a colleague who asked."""
    by.must_anywhere(Capability.SEE)
    with transaction.atomic():
        return _made(wish, link=None, department=department, sending=sending, sender="",
                     by=by, now=now)  # fmt: skip


def promise(request: Request, *, on: date, note: str = "", by: Actor, now: datetime) -> None:
    """Say by which day it will be there; saying it again moves the day."""
    must(by, Capability.CAMPAIGN, request.department_id)
    if not now.date() - timedelta(days=1) <= on <= now.date() + FAR:
        raise Invalid(_("Promise a day that lies ahead."), field="on")
    said = {"promised_on": on, "answer": _answer(note), "decided_by": by.member, "decided_at": now}
    told = {"on": on.isoformat(), "note": _answer(note)}
    with transaction.atomic():
        if request.state != "promised":
            advance(request, REQUEST, "promised", by=by, now=now, data=told, **said)
            return
        if not Request.objects.filter(pk=request.pk, state="promised").update(**said):
            raise Conflict(_("Somebody else changed this first. Reload to see how it is now."))
        for name, value in said.items():
            setattr(request, name, value)
        events.record("request.put_off", request, by=by, now=now, **told)


def refuse(request: Request, *, reason: str, by: Actor, now: datetime) -> None:
    """Say no, and why; the requester reads the reason."""
    must(by, Capability.CAMPAIGN, request.department_id)
    if not reason.strip():
        raise Invalid(_("Say why, in a sentence the requester can read."), field="reason")
    answer = _answer(reason, "reason")
    advance(request, REQUEST, "refused", by=by, now=now, data={"note": answer}, answer=answer,
            decided_by=by.member, decided_at=now)  # fmt: skip


def finish(request: Request, *, note: str = "", by: Actor, now: datetime) -> None:
    """What was asked for is there."""
    must(by, Capability.CAMPAIGN, request.department_id)
    said = _answer(note)
    advance(request, REQUEST, "done", by=by, now=now, data={"note": said}, done_at=now,
            answer=said or request.answer)  # fmt: skip


def ask_back(request: Request, *, question: str, by: Actor, now: datetime) -> RequestWord:
    """Ask the requester something; they answer on their page."""
    must(by, Capability.CAMPAIGN, request.department_id)
    said = _said(question, "question", _("Write the question."))
    with transaction.atomic():
        if Request.objects.select_for_update().get(pk=request.pk).state not in OPEN:
            raise Conflict(_("This request is settled; a question would lead nowhere."))
        word = RequestWord.objects.create(
            request=request, text=said, asks=True, by=by.member, at=now
        )
        events.record("request.asked_back", request, by=by, now=now, question=str(word.pk))
    return word


def answer(request: Request, *, text: str, now: datetime) -> RequestWord:
    """What the requester says to the question; one answer to each, so that nobody floods."""
    said = _said(text, "text", _("Write your answer."))
    with transaction.atomic():
        Request.objects.select_for_update().get(pk=request.pk)
        last = RequestWord.objects.filter(request=request).last()
        if last is None or not last.asks:
            raise Conflict(_("Your answer has arrived already. There is no further question."))
        word = RequestWord.objects.create(request=request, text=said, asks=False, at=now)
        by = system(request.organization_id)
        events.record("request.answered", request, by=by, now=now, answer=str(word.pk))
    return word


def choose_mails(request: Request, *, wanted: bool, now: datetime) -> None:
    """The requester wants to hear by e-mail, or not any more."""
    if request.mails != wanted:
        request.mails = wanted
        request.save(update_fields=["mails"])
        by = system(request.organization_id)
        events.record("request.mails_chosen", request, by=by, now=now, wanted=wanted)


def hand_over(request: Request, *, department: Department | None, by: Actor, now: datetime) -> None:
    """Give a request to the department whose it is."""
    must(by, Capability.CAMPAIGN, request.department_id)
    request.department = department
    request.save(update_fields=["department"])
    events.record("request.handed_over", request, by=by, now=now)


def forget_senders(*, before: datetime) -> None:
    """Forget from which address requests of before this instant came: it has served to count."""
    Request.objects.filter(made_at__lt=before).exclude(sender="").update(sender="")
    RequestFile.objects.filter(added_at__lt=before).exclude(sender="").update(sender="")


def _made(
    wish: Wish,
    *,
    link: IntakeLink | None,
    department: Department | None,
    sending: UUID,
    sender: str,
    by: Actor,
    now: datetime,
) -> tuple[Request, Secret | None]:
    known = Request.objects.get_or_none(sending=sending)
    if known is not None:
        return known, None
    pk = uuid7()
    secret = follow.secret_of(pk).reveal()
    request = Request.objects.create(
        pk=pk,
        link=link,
        title=_line(wish.title, 160, "title", _("Say in a line what you need.")),
        reason=_said(wish.reason, "reason", _("Say what it is for.")),
        wish=_clean(wish.wish)[:300],
        reference=_clean(wish.reference)[:500],
        wanted_on=_day(wish.wanted_on, now),
        name=_line(wish.name, 120, "name", _("Give your name.")),
        email=_email(wish.email),
        language=wish.language if wish.language in Language.values else Language.EN,
        department=department,
        digest=digest(secret),
        sending=sending,
        sender=sender,
        made_at=now,
    )
    RequestFile.objects.filter(sending=sending, request=None).update(request=request)
    events.record("request.made", request, by=by, now=now, title=request.title)
    return request, Secret(secret)


def _bound(link: IntakeLink, sender: str, now: datetime) -> None:
    recent = Request.objects.filter(made_at__gt=now - WINDOW)
    # One address may hold several forms: count it under a lock of its own.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"request:{sender}"])
    if recent.filter(link=link).count() >= PER_LINK or (
        sender and recent.filter(sender=sender).count() >= PER_SENDER
    ):
        raise TooMany(_("Too many requests came at once. Please try again in an hour."))


def must(by: Actor, capability: Capability, where: Where) -> None:
    """What belongs to no department is the business of all who may do it somewhere."""
    if where is None:
        by.must_anywhere(capability)
    else:
        by.must(capability, where)


def _clean(said: str) -> str:
    return said.replace("\x00", "").replace("\r\n", "\n").strip()


def _line(said: str, longest: int, field: str, missing: object) -> str:
    line = " ".join(_clean(said).split())
    if not line:
        raise Invalid(str(missing), field=field)
    if len(line) > longest:
        raise Invalid(_("%(n)s characters at most.") % {"n": longest}, field=field)
    return line


def _said(said: str, field: str, missing: object) -> str:
    text = _clean(said)
    if not text:
        raise Invalid(str(missing), field=field)
    if len(text) > REASON_MAX:
        raise Invalid(_("%(n)s characters at most.") % {"n": REASON_MAX}, field=field)
    return text


def _answer(said: str, field: str = "note") -> str:
    answer = _clean(said)
    if len(answer) > REASON_MAX:
        raise Invalid(_("%(n)s characters at most.") % {"n": REASON_MAX}, field=field)
    return answer


def _email(said: str) -> str:
    try:
        validate_email(said.strip())
    except ValidationError:
        raise Invalid(_("This is no e-mail address."), field="email") from None
    return said.strip()


def _day(wanted: date | None, now: datetime) -> date | None:
    # A day's grace: somewhere it is still yesterday.
    if wanted and not now.date() - timedelta(days=1) <= wanted <= now.date() + FAR:
        raise Invalid(_("Wish for a day that lies ahead."), field="wanted_on")
    return wanted
