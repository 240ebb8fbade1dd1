"""Organization, departments, members, invitations, tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, merged, now
from unisono.api.paging import At, PageOf, page
from unisono.rooms.people import actions as people
from unisono.rooms.people import queries
from unisono.rooms.people.actions import Grant
from unisono.rooms.people.models import Member

router = Router()


class OrganizationOut(Schema):
    id: UUID
    name: str
    zone: str
    language: str


class OrganizationChange(Schema):
    name: str | None = None
    zone: str | None = None
    language: str | None = None


class DepartmentOut(Schema):
    id: UUID
    name: str
    hue: str
    parent_id: UUID | None
    approval_required: bool


class DepartmentIn(Schema):
    name: str
    hue: str = "slate"
    parent_id: UUID | None = None
    approval_required: bool = True


class DepartmentChange(Schema):
    name: str | None = None
    hue: str | None = None
    parent_id: UUID | None = None
    approval_required: bool | None = None


class RoleIn(Schema):
    """A role in one department, or everywhere when `department_id` is null."""

    role: str
    department_id: UUID | None = None


class MemberOut(Schema):
    id: UUID
    name: str
    title: str
    email: str
    language: str
    zone: str
    state: str
    joined_at: datetime
    roles: list[RoleIn]


class InvitationIn(Schema):
    email: str
    name: str = ""
    language: str | None = None
    roles: list[RoleIn]


class InvitationOut(Schema):
    id: UUID
    email: str
    name: str
    state: str
    sent_at: datetime
    expires_at: datetime


class InvitationMade(InvitationOut):
    """`secret` is given once: the link is `/invitations/<secret>/`."""

    secret: str


class TokenOut(Schema):
    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


@router.get("/organization", response=OrganizationOut, summary="The token's organization")
def organization(request: Call) -> Any:
    return request.actor.organization


@router.patch("/organization", response=OrganizationOut, summary="Change the organization")
def change_organization(request: Call, payload: OrganizationChange) -> Any:
    given = payload.dict(exclude_unset=True)
    values = merged(request.actor.organization, ("name", "zone", "language"), given)
    return people.change_organization(
        request.actor.organization, **values, by=request.actor, now=now()
    )


@router.get("/departments", response=PageOf[DepartmentOut], summary="Departments you see")
def departments(request: Call, at: At) -> Any:
    return page(queries.departments(request.actor), at, DepartmentOut.from_orm)


@router.post("/departments", response={201: DepartmentOut}, summary="Open a department")
def open_department(request: Call, payload: DepartmentIn) -> Any:
    values = payload.dict()
    parent = Named(request.actor).department(values.pop("parent_id"))
    return Status(201, people.open_department(**values, parent=parent, by=request.actor, now=now()))


@router.get("/departments/{pk}", response=DepartmentOut, summary="One department")
def department(request: Call, pk: UUID) -> Any:
    return queries.department(request.actor, pk)


@router.patch("/departments/{pk}", response=DepartmentOut, summary="Change a department")
def change_department(request: Call, pk: UUID, payload: DepartmentChange) -> Any:
    row = queries.department(request.actor, pk)
    given = payload.dict(exclude_unset=True)
    parent = row.parent
    if "parent_id" in given:
        parent = Named(request.actor).department(given["parent_id"])
    values = merged(row, ("name", "hue", "approval_required"), given)
    return people.change_department(row, **values, parent=parent, by=request.actor, now=now())


@router.get("/members", response=PageOf[MemberOut], summary="Members")
def members(request: Call, at: At) -> Any:
    return page(queries.members(request.actor), at, _member)


@router.get("/members/{pk}", response=MemberOut, summary="One member")
def member(request: Call, pk: UUID) -> Any:
    return _member(queries.member(request.actor, pk))


@router.put("/members/{pk}/roles", response=MemberOut, summary="Give a member exactly these roles")
def set_roles(request: Call, pk: UUID, payload: list[RoleIn]) -> Any:
    row = queries.member(request.actor, pk)
    people.set_roles(row, _grants(request, payload), by=request.actor, now=now())
    return _member(queries.member(request.actor, pk))


@router.post("/members/{pk}/suspension", response=MemberOut, summary="End a member's access")
def suspend(request: Call, pk: UUID) -> Any:
    people.suspend(queries.member(request.actor, pk), by=request.actor, now=now())
    return _member(queries.member(request.actor, pk))


@router.delete("/members/{pk}/suspension", response=MemberOut, summary="Give the access back")
def readmit(request: Call, pk: UUID) -> Any:
    people.readmit(queries.member(request.actor, pk), by=request.actor, now=now())
    return _member(queries.member(request.actor, pk))


@router.get("/invitations", response=PageOf[InvitationOut], summary="Open invitations")
def invitations(request: Call, at: At) -> Any:
    return page(queries.invitations(request.actor), at, InvitationOut.from_orm)


@router.post("/invitations", response={201: InvitationMade}, summary="Invite somebody")
def invite(request: Call, payload: InvitationIn) -> Any:
    values = payload.dict(exclude={"roles"})
    row, secret = people.invite(
        **values, grants=_grants(request, payload.roles), by=request.actor, now=now()
    )
    return Status(201, {**InvitationOut.from_orm(row).dict(), "secret": secret.reveal()})


@router.delete("/invitations/{pk}", response={204: None}, summary="Take an invitation back")
def withdraw_invitation(request: Call, pk: UUID) -> Any:
    row = queries.invitation(request.actor, pk)
    people.withdraw_invitation(row, by=request.actor, now=now())
    return Status(204, None)


@router.get("/tokens", response=PageOf[TokenOut], summary="Your own tokens")
def tokens(request: Call, at: At) -> Any:
    return page(queries.tokens(request.actor), at, TokenOut.from_orm)


@router.delete("/tokens/{pk}", response={204: None}, summary="End one of your tokens")
def revoke_token(request: Call, pk: UUID) -> Any:
    people.revoke_token(queries.token(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


def _grants(request: Call, roles: list[RoleIn]) -> list[Grant]:
    named = Named(request.actor)
    return [Grant(role.role, named.department(role.department_id)) for role in roles]


def _member(row: Member) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "title": row.title,
        "email": row.user.email,
        "language": row.language,
        "zone": row.zone,
        "state": row.state,
        "joined_at": row.joined_at,
        "roles": [
            {"role": held.role, "department_id": held.department_id} for held in row.roles.all()
        ],
    }
