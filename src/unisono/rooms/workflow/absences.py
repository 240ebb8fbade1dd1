"""The verbs of absences: who is away when, and who stands in."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Invalid
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.workflow.models import Absence

LONGEST = timedelta(days=400)
FAR = timedelta(days=100 * 366)


def note_absence(
    member: Member,
    *,
    first_on: date,
    last_on: date,
    cover: Member | None = None,
    by: Actor,
    now: datetime,
) -> Absence:
    """Say that a member is away on these days, both included."""
    must_look_after(member, by)
    if last_on < first_on:
        raise Invalid(_("The last day lies before the first."), field="last_on")
    if last_on - first_on > LONGEST:
        raise Invalid(_("An absence is a year long at most."), field="last_on")
    if abs(first_on - now.date()) > FAR:
        raise Invalid(_("Choose a day within a hundred years."), field="first_on")
    if cover and (cover.pk == member.pk or cover.state != "active"):
        raise Invalid(_("Choose a colleague who stands in."), field="cover")
    with transaction.atomic():
        row = Absence.objects.create(
            member=member, first_on=first_on, last_on=last_on, cover=cover, made_at=now
        )
        events.record("absence.noted", row, by=by, now=now, member=str(member.pk))
    return row


def take_back_absence(absence: Absence, *, by: Actor, now: datetime) -> None:
    """They are here after all."""
    must_look_after(absence.member, by)
    with transaction.atomic():
        events.record("absence.taken_back", absence, by=by, now=now, member=str(absence.member_id))
        absence.delete()


def forget_absences(*, before: date) -> None:
    """Delete what ended before this day."""
    Absence.objects.filter(last_on__lt=before).delete()


def must_look_after(member: Member, by: Actor) -> None:
    """One's own days are one's own to say; others' are said by who plans where they work."""
    if not may_look_after(member, by):
        by.must(Capability.PEOPLE)


def may_look_after(member: Member, by: Actor) -> bool:
    """Whether the actor may say when this member is away."""
    if by.member and by.member.pk == member.pk:
        # A program says so in a member's name only where its scopes let it write.
        return by.can_anywhere(Capability.SEE if by.kind == "member" else Capability.WRITE)
    where = [role.department_id for role in member.roles.all()]
    return by.can(Capability.PEOPLE) or any(by.can(Capability.PLAN, one) for one in where)
