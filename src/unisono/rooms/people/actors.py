"""The actor: whose hands a verb is in, and what they may do where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from unisono.kernel import tenancy
from unisono.kernel.refusals import NotAllowed
from unisono.rooms.people.capabilities import CAPABILITIES, SCOPES, Capability
from unisono.rooms.people.models import (
    ApiToken,
    Department,
    Member,
    MemberRole,
    Organization,
)

Kind = Literal["member", "token", "rule", "system"]
Where = Department | UUID | None


class Departments:
    """The organization's departments, read once, when first asked for."""

    @cached_property
    def rows(self) -> list[Department]:
        """All of them, in their order."""
        return list(Department.objects.all())

    def by_id(self, wanted: Iterable[UUID]) -> dict[UUID, Department]:
        """At least the wanted ones; read anew when one has been founded since."""
        known = {row.pk: row for row in self.rows}
        if not known.keys() >= set(wanted):
            del self.rows
            known = {row.pk: row for row in self.rows}
        return known


@dataclass(frozen=True)
class Actor:
    """`grants` maps a department's id to what may be done there; None stands for everywhere."""

    organization: Organization
    kind: Kind
    member: Member | None
    grants: Mapping[UUID | None, frozenset[Capability]]
    limit: frozenset[Capability] = field(default=frozenset(Capability))
    label: str = ""
    departments: Departments = field(default_factory=Departments, compare=False, repr=False)

    @property
    def author_id(self) -> UUID | None:
        return self.member.pk if self.member else None

    @property
    def author_name(self) -> str:
        return self.label or (self.member.name if self.member else "Unisono")

    @property
    def zone(self) -> str:
        return (self.member.zone if self.member else "") or self.organization.zone

    @property
    def language(self) -> str:
        return self.member.language if self.member else self.organization.language

    def can(self, capability: Capability, where: Where = None) -> bool:
        """Whether the actor may, in that department; without one: in the whole organization."""
        if capability not in self.limit:
            return False
        if capability in self.grants.get(None, frozenset()):
            return True
        where = where.pk if isinstance(where, Department) else where
        return where is not None and capability in self.grants.get(where, frozenset())

    def can_anywhere(self, capability: Capability) -> bool:
        """Whether there is any department in which the actor may."""
        return capability in self.limit and any(capability in held for held in self.grants.values())

    def must(self, capability: Capability, where: Where = None) -> None:
        """Raise NotAllowed unless `can`."""
        if not self.can(capability, where):
            raise NotAllowed(
                _("Your role does not allow this here. Ask a manager or an admin for it."),
                data={"capability": str(capability)},
            )

    def must_anywhere(self, capability: Capability) -> None:
        """Raise NotAllowed unless `can_anywhere`."""
        if not self.can_anywhere(capability):
            raise NotAllowed(
                _("Your role does not allow this here. Ask a manager or an admin for it."),
                data={"capability": str(capability)},
            )

    def departments_with(self, capability: Capability) -> set[UUID] | None:
        """The departments in which the actor may; None means all of them."""
        if self.can(capability):
            return None
        if capability not in self.limit:
            return set()
        return {where for where, held in self.grants.items() if where and capability in held}


def actor_for(member: Member, organization: Organization | None = None) -> Actor:
    """The actor a signed-in member is. Needs the member's organization in scope."""
    organization = organization or Organization.objects.get(pk=member.organization_id)
    departments = Departments()
    grants = _grants(member, departments)
    return Actor(organization, "member", member, grants, departments=departments)


def actor_for_token(token: ApiToken, organization: Organization) -> Actor:
    """The actor a token is: its issuer, bounded by the token's scopes."""
    limit: frozenset[Capability] = frozenset().union(*(SCOPES[s] for s in token.scopes))
    member, departments = token.member, Departments()
    return Actor(
        organization,
        "token",
        member,
        _grants(member, departments),
        limit,
        f"{member.name} · {token.name}",
        departments,
    )


def system(organization: Organization | UUID) -> Actor:
    """Unisono itself, acting in one organization."""
    if isinstance(organization, UUID):
        organization = Organization.objects.get(pk=organization)
    return Actor(organization, "system", None, {None: frozenset(Capability)})


def _grants(member: Member, departments: Departments) -> dict[UUID | None, frozenset[Capability]]:
    """Roles spread to the departments below; a member of any department sees what is shared."""
    if tenancy.current() is None:
        raise tenancy.Unscoped("An actor is made inside the organization's scope.")
    held = list(MemberRole.objects.filter(member=member))
    if member.state != "active" or not held:
        return {}
    children = _children(departments.rows)
    grants: dict[UUID | None, frozenset[Capability]] = {}
    for role in held:
        for where in _with_descendants(role.department_id, children):
            grants[where] = grants.get(where, frozenset()) | CAPABILITIES[role.role]
    return grants


def _children(departments: Iterable[Department]) -> dict[UUID | None, list[UUID]]:
    children: dict[UUID | None, list[UUID]] = {}
    for row in departments:
        children.setdefault(row.parent_id, []).append(row.pk)
    return children


def _with_descendants(
    start: UUID | None, children: Mapping[UUID | None, Iterable[UUID]]
) -> set[UUID | None]:
    if start is None:
        return {None}
    found: set[UUID | None] = set()
    waiting: list[UUID | None] = [start]
    while waiting:
        where = waiting.pop()
        if where not in found:
            found.add(where)
            waiting.extend(children.get(where, ()))
    return found
