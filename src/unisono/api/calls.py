"""What every call shares: the typed request, and finding what a body names."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from unisono.kernel.refusals import Invalid, NotFound
from unisono.rooms.channels import queries as channels
from unisono.rooms.channels.models import Channel
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Department, Member
from unisono.rooms.plan import queries as plan
from unisono.rooms.plan.models import Audience, Campaign, Objective


class Call(HttpRequest):
    """A request whose token was found to be alive."""

    actor: Actor


def now() -> datetime:
    """The instant a call passes on to the verb."""
    return timezone.now()


class Named:
    """Finds the things a body names by id; what the actor cannot see is refused at its field."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def department(self, pk: UUID | None) -> Department | None:
        return None if pk is None else self._at("department_id", people.department, pk)

    def member(self, pk: UUID | None, field: str = "owner_id") -> Member | None:
        return None if pk is None else self._at(field, people.member, pk)

    def objective(self, pk: UUID | None, field: str = "objective_id") -> Objective | None:
        return None if pk is None else self._at(field, plan.objective, pk)

    def campaign(self, pk: UUID | None) -> Campaign | None:
        return None if pk is None else self._at("campaign_id", plan.campaign, pk)

    def channels(self, pks: list[UUID]) -> list[Channel]:
        return [self._at("channel_ids", channels.channel, pk) for pk in pks]

    def audiences(self, pks: list[UUID]) -> list[Audience]:
        return [self._at("audience_ids", plan.audience, pk) for pk in pks]

    def departments(self, pks: list[UUID]) -> list[Department]:
        return [self._at("department_ids", people.department, pk) for pk in pks]

    def objectives(self, pks: list[UUID]) -> list[Objective]:
        return [self._at("objective_ids", plan.objective, pk) for pk in pks]

    def _at(self, field: str, find: Any, pk: UUID) -> Any:
        try:
            return find(self.actor, pk)
        except NotFound as missing:
            raise Invalid(missing.sentence, field=field) from None


def merged(row: Any, fields: tuple[str, ...], given: dict[str, Any]) -> dict[str, Any]:
    """The row's own values with those given laid over: what a partial change means."""
    return {name: given.get(name, getattr(row, name)) for name in fields}
