"""Mails: urgent notices to members, and letters to those who asked for content."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation

from unisono.kernel import tenancy
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.notifications import letters
from unisono.rooms.notifications.models import Letter, Notice
from unisono.rooms.notifications.sentences import sentence, subject

AT_ONCE = 100


def mail_urgent() -> int:
    """Send what is urgent and not mailed yet; how many went out. Without a mail server, none.

    A notice that was read in the meantime needs no mail.
    """
    if not settings.UNISONO_MAILS:
        return 0
    with tenancy.everywhere("mail goes out for every organization"):
        rows = Notice.objects.filter(urgent=True, mailed_at=None).order_by("at")
        waiting = list(rows.values_list("organization_id", "pk")[:AT_ONCE])
    if not waiting:
        return 0
    with get_connection() as line:
        return sum(_mail(organization_id, pk, line) for organization_id, pk in waiting)


def mail_letters() -> int:
    """Send the letters that wait; how many went out."""
    if not settings.UNISONO_MAILS:
        return 0
    with tenancy.everywhere("mail goes out for every organization"):
        rows = Letter.objects.filter(sent_at=None, failed_at=None).order_by("at")
        waiting = list(rows.values_list("organization_id", "pk")[:AT_ONCE])
    line = get_connection()
    try:
        return sum(_letter(organization_id, pk, line) for organization_id, pk in waiting)
    finally:
        line.close()


def _letter(organization_id: UUID, pk: UUID, line: BaseEmailBackend) -> bool:
    with tenancy.within(organization_id):
        letter = Letter.objects.select_related("request").get(pk=pk)
        return letters.send(letter, line=line, now=timezone.now())


def _mail(organization_id: UUID, pk: UUID, line: BaseEmailBackend) -> int:
    """One notice: marked first, so that a lost worker costs a mail rather than doubling it."""
    with tenancy.within(organization_id):
        notice = Notice.objects.select_related("member__user").get(pk=pk)
        wanted = notifications.settle_mail(notice, now=timezone.now())
        member = notice.member
        with translation.override(member.language):
            text = sentence(notice.kind, notice.params)
            title = subject(notice.kind, notice.params)
    if not wanted:
        return 0
    link = f"{settings.UNISONO_PUBLIC_URL.text}{notice.link}"
    EmailMessage(title, f"{text}\n\n{link}\n", to=[member.user.email], connection=line).send(
        fail_silently=False
    )
    return 1
