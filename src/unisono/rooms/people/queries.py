"""Questions about people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel import tenancy
from unisono.kernel.refusals import NotFound
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import CAPABILITIES, Capability
from unisono.rooms.people.models import (
    ApiToken,
    Department,
    Invitation,
    Member,
    MemberRole,
    Organization,
    User,
)
from unisono.rooms.people.sessions import digest


def departments(actor: Actor, capability: Capability = Capability.SEE) -> QuerySet[Department]:
    """The departments in which the actor holds the capability, in their order."""
    allowed = actor.departments_with(capability)
    rows = Department.objects.all()
    return rows if allowed is None else rows.filter(pk__in=allowed)


def departments_seen(actor: Actor) -> list[Department]:
    """The same as rows, for what is drawn on every page: read once with the actor."""
    allowed = actor.departments_with(Capability.SEE)
    return [row for row in actor.departments.rows if allowed is None or row.pk in allowed]


def department(actor: Actor, pk: UUID) -> Department:
    """One department the actor sees; raises NotFound."""
    found = departments(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such department."))
    return found


def members(actor: Actor) -> QuerySet[Member]:
    """All members, with their roles; colleagues see each other."""
    actor.must_anywhere(Capability.SEE)
    return Member.objects.select_related("user").prefetch_related("roles__department")


def member(actor: Actor, pk: UUID) -> Member:
    """One member; raises NotFound."""
    found = members(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such member."))
    return found


def invitations(actor: Actor) -> QuerySet[Invitation]:
    """Open invitations, for those who look after people."""
    actor.must_anywhere(Capability.PEOPLE)
    return Invitation.objects.filter(state="open").order_by("-sent_at")


def invitation(actor: Actor, pk: UUID) -> Invitation:
    """One open invitation; raises NotFound."""
    found = invitations(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such invitation."))
    return found


@dataclass(frozen=True)
class Invited:
    """What somebody with an invitation's link may know of it before they join."""

    organization: str
    invited_by: str
    email: str
    name: str
    language: str
    roles: list[tuple[str, str]]
    has_account: bool


def invited(secret: str, *, now: datetime) -> Invited | None:
    """The invitation behind a link's secret, or None when it is not valid (any more)."""
    with tenancy.everywhere("an invitation's link does not say whose it is"):
        found = Invitation.objects.filter(digest=digest(secret), state="open").first()
    if found is None or found.expires_at <= now:
        return None
    with tenancy.within(found.organization_id):
        named = {str(pk): name for pk, name in Department.objects.values_list("pk", "name")}
        by = found.invited_by
        return Invited(
            organization=Organization.objects.get(pk=found.organization_id).name,
            invited_by=by.name if by else "",
            email=found.email,
            name=found.name,
            language=found.language,
            roles=[(named.get(where or "", ""), role) for where, role in found.roles],
            has_account=User.objects.filter(email=found.email).exists(),
        )


def tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens, living ones first."""
    return ApiToken.objects.filter(member=actor.member).order_by("revoked_at", "-made_at")


def token(actor: Actor, pk: UUID) -> ApiToken:
    """One token of the actor's own; raises NotFound."""
    found = tokens(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such token."))
    return found


def holders(capability: Capability, department_id: UUID | None) -> list[Member]:
    """The active members who hold the capability in a department (or everywhere)."""
    roles = [role for role, held in CAPABILITIES.items() if capability in held]
    where = _with_ancestors(department_id)
    rows = MemberRole.objects.filter(role__in=roles, member__state="active").select_related(
        "member"
    )
    found = {r.member_id: r.member for r in rows if r.department_id in where}
    return sorted(found.values(), key=lambda m: m.name)


def nobody_yet() -> bool:
    """Whether this installation still waits for its first organization."""
    return not Organization.objects.exists()


def _with_ancestors(department_id: UUID | None) -> set[UUID | None]:
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    where: set[UUID | None] = {None}
    while department_id is not None:
        where.add(department_id)
        department_id = parents.get(department_id)
    return where
