"""Whose the steps of a post are, and on which days they work."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q

from unisono.rooms.content.models import Post
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member, Organization
from unisono.rooms.people.queries import holders
from unisono.rooms.workflow import workdays
from unisono.rooms.workflow.backplan import Works
from unisono.rooms.workflow.models import Absence, OwnerRule
from unisono.rooms.workflow.states import PENDING

ASKED_OF = {OwnerRule.APPROVER: Capability.APPROVE, OwnerRule.SCHEDULER: Capability.SCHEDULE}

SHORTLY = timedelta(days=4)
"""How long before a post goes out its review and its scheduling happen."""


class Owners:
    """For one post: who does a step by its rule, and the working days of each."""

    def __init__(self, post: Post, on: date | None = None) -> None:
        """`on` is the day it goes out: who is away shortly before is chosen only if alone."""
        self.post, self.on = post, on
        organization = Organization.objects.get(pk=post.organization_id)
        self.house = workdays.works_in(workdays.country_of(post.department_id, organization))
        self._away: dict[UUID, list[Absence]] = {}

    def of(self, rule: str, member: Member | None) -> Member | None:
        """The owner by a rule, or None where it names nobody who is here."""
        if rule == OwnerRule.WRITER:
            found = self.post.written_by
        elif rule == OwnerRule.CAMPAIGN:
            found = self.post.campaign.owner if self.post.campaign else None
        elif rule == OwnerRule.MEMBER:
            found = member
        else:
            return self._least_busy(ASKED_OF[OwnerRule(rule)]) if rule in ASKED_OF else None
        return found if found and found.state == "active" else None

    def works(self, owner: UUID | None, since: date) -> Works:
        """The working days of a member from a day on; of nobody, those of the house."""
        if owner is None:
            return self.house
        if owner not in self._away:
            self._away[owner] = workdays.away([owner], since)[owner]
        return workdays.without(self.house, self._away[owner])

    def _least_busy(self, capability: Capability) -> Member | None:
        """Of those who may, the one with the fewest pending tasks; the writer only if alone."""
        may = holders(capability, self.post.department_id)
        others = [one for one in may if one.pk != self.post.written_by_id] or may
        rows = Member.objects.filter(pk__in=[one.pk for one in others])
        if self.on is not None:
            gone = Absence.objects.filter(first_on__lt=self.on, last_on__gte=self.on - SHORTLY)
            here = rows.exclude(pk__in=gone.values("member"))
            rows = here if here.exists() else rows
        busy = rows.annotate(n=Count("tasks", filter=Q(tasks__state__in=PENDING)))
        return busy.order_by("n", "name").first()
