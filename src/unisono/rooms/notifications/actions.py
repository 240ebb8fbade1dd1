"""The verbs of notifications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Invalid
from unisono.rooms.notifications.choices import CHOICES, choice_of
from unisono.rooms.notifications.models import Mute, Notice
from unisono.rooms.notifications.sentences import SENTENCES
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Member


def tell(
    members: Iterable[Member],
    kind: str,
    params: Mapping[str, object],
    *,
    link: str = "",
    urgent: bool = False,
    now: datetime,
) -> list[Notice]:
    """Tell members one thing; each once."""
    if kind not in SENTENCES:
        raise KeyError(f"There is no sentence for {kind}.")
    people = {member.pk: member for member in members}
    if choice := choice_of(kind):
        quiet = Mute.objects.filter(member__in=people, choice=choice)
        for pk in quiet.values_list("member", flat=True):
            del people[pk]
    notices = [
        Notice(
            member=member,
            kind=kind,
            params=dict(params),
            link=link,
            urgent=urgent,
            at=now,
        )
        for member in people.values()
    ]
    Notice.objects.bulk_create(notices)
    for notice in notices:
        events.announce(notice.organization_id, "notice.told", f"member:{notice.member_id}")
    return notices


def choose_notices(wanted: Iterable[str], *, by: Actor, now: datetime) -> None:
    """Say which of the choosable notices the actor wants to be told of."""
    if by.member is None:
        raise Invalid(_("Only a person chooses their notices."))
    chosen = set(wanted)
    if not chosen <= CHOICES.keys():
        raise Invalid(_("Choose one of the values offered."), field="wanted")
    with transaction.atomic():
        Mute.objects.filter(member=by.member).delete()
        Mute.objects.bulk_create(
            Mute(member=by.member, choice=name) for name in CHOICES if name not in chosen
        )
        events.record("member.notices_chosen", by.member, by=by, now=now, wanted=sorted(chosen))


def mark_read(*, by: Actor, now: datetime) -> int:
    """The actor has seen all that is new."""
    return Notice.objects.filter(member=by.member, read_at=None).update(read_at=now)


def settle_mail(notice: Notice, *, now: datetime) -> bool:
    """Claim a notice's mail, once; whether it is still wanted."""
    claimed = Notice.objects.filter(pk=notice.pk, mailed_at=None).update(mailed_at=now)
    return bool(claimed) and notice.read_at is None and notice.member.state == "active"


def forget_read(*, before: datetime) -> None:
    """Delete what members have read and were told before this instant."""
    Notice.objects.filter(at__lt=before).exclude(read_at=None).delete()
