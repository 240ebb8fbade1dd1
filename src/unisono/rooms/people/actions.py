"""The verbs of people: the only writers of the room's tables."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events, tenancy
from unisono.kernel.clock import UnknownZone, zone_named
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.kernel.secrets import Secret
from unisono.kernel.states import advance
from unisono.rooms.people.actors import Actor, actor_for, system
from unisono.rooms.people.capabilities import SCOPES, Capability, Role
from unisono.rooms.people.models import (
    ApiToken,
    Department,
    Hue,
    Invitation,
    Language,
    Member,
    MemberRole,
    Organization,
    Theme,
    User,
)
from unisono.rooms.people.sessions import digest
from unisono.rooms.people.states import INVITATION, MEMBER

INVITATION_LASTS = timedelta(days=7)
PASSWORD_MIN = 12


@dataclass(frozen=True)
class Grant:
    """A role in one department, or everywhere when `department` is None."""

    role: str
    department: Department | None = None


def found_organization(
    *,
    name: str,
    zone: str,
    language: str,
    admin_email: str,
    admin_name: str,
    password: Secret | None,
    departments: Sequence[tuple[str, str]] = (),
    now: datetime,
) -> Actor:
    """Found an organization with its first admin; `departments` are (name, hue) pairs.

    Returns the admin as an actor. Raises Invalid naming the field.
    """
    name = _said(name, "name", _("Give the organization a name."))
    admin_name = _said(admin_name, "admin_name", _("Say who you are."))
    zone = _zone(zone, "zone")
    with transaction.atomic():
        user = _user(admin_email, password, field="admin_email")
        organization = Organization.objects.create(
            name=name, zone=zone, language=_language(language), founded_at=now
        )
        with tenancy.within(organization.pk):
            member = Member.objects.create(
                user=user,
                name=admin_name,
                language=organization.language,
                joined_at=now,
            )
            MemberRole.objects.create(member=member, department=None, role=Role.ADMIN)
            admin = actor_for(member, organization)
            events.record("organization.founded", member, by=admin, now=now)
            for title, hue in departments:
                open_department(name=title, hue=hue, by=admin, now=now)
    return admin


def change_organization(
    organization: Organization,
    *,
    name: str,
    zone: str,
    language: str,
    by: Actor,
    now: datetime,
) -> Organization:
    """Rename the organization, or change the zone and language it speaks in."""
    by.must(Capability.SETTINGS)
    organization.name = _said(name, "name", _("Give the organization a name."))
    organization.zone = _zone(zone, "zone")
    organization.language = _language(language)
    organization.save(update_fields=["name", "zone", "language"])
    if by.member:
        events.record("organization.changed", by.member, by=by, now=now, name=name, zone=zone)
    return organization


def open_department(
    *,
    name: str,
    hue: str = Hue.SLATE,
    parent: Department | None = None,
    approval_required: bool = True,
    by: Actor,
    now: datetime,
) -> Department:
    """Open a department, below `parent` when given."""
    by.must(Capability.PEOPLE)
    name = _said(name, "name", _("Give the department a name."))
    if hue not in Hue.values:
        raise Invalid(_("Choose one of the colours offered."), field="hue")
    try:
        with transaction.atomic():
            department = Department.objects.create(
                name=name,
                hue=hue,
                parent=parent,
                approval_required=approval_required,
                position=Department.objects.count(),
            )
    except IntegrityError:
        raise Conflict(_("There is a department of that name already."), field="name") from None
    events.record("department.opened", department, by=by, now=now, name=name)
    return department


def change_department(
    department: Department,
    *,
    name: str,
    hue: str,
    parent: Department | None,
    approval_required: bool,
    by: Actor,
    now: datetime,
) -> Department:
    """Rename or move a department, or change whether its posts need approval."""
    by.must(Capability.PEOPLE)
    if hue not in Hue.values:
        raise Invalid(_("Choose one of the colours offered."), field="hue")
    above = parent
    while above is not None:
        if above.pk == department.pk:
            raise Invalid(_("A department cannot lie below itself."), field="parent")
        above = above.parent
    department.name = _said(name, "name", _("Give the department a name."))
    department.hue, department.parent = hue, parent
    department.approval_required = approval_required
    try:
        with transaction.atomic():
            department.save()
    except IntegrityError:
        raise Conflict(_("There is a department of that name already."), field="name") from None
    events.record("department.changed", department, by=by, now=now, name=name)
    return department


def invite(
    *,
    email: str,
    name: str = "",
    grants: Iterable[Grant],
    language: str | None = None,
    by: Actor,
    now: datetime,
) -> tuple[Invitation, Secret]:
    """Keep a place for somebody for seven days.

    Returns the invitation and the secret of its link, which is shown once and never stored.
    """
    by.must_anywhere(Capability.PEOPLE)
    email = _email(email, "email")
    roles = [[str(g.department.pk) if g.department else None, _role(g, by)] for g in grants]
    if not roles:
        raise Invalid(_("Give at least one role."), field="roles")
    if Member.objects.filter(user__email=email).exists():
        raise Conflict(_("This person is a member already."), field="email")
    secret = secrets.token_urlsafe(32)
    for older in Invitation.objects.filter(email__iexact=email, state="open"):
        advance(older, INVITATION, "withdrawn", by=by, now=now)
    invitation = Invitation.objects.create(
        email=email,
        name=name.strip(),
        roles=roles,
        digest=digest(secret),
        language=_language(language or by.organization.language),
        invited_by=by.member,
        sent_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    events.record("invitation.sent", invitation, by=by, now=now)
    return invitation, Secret(secret)


def withdraw_invitation(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Take an open invitation back; its link stops working at once."""
    by.must_anywhere(Capability.PEOPLE)
    advance(invitation, INVITATION, "withdrawn", by=by, now=now)


def accept_invitation(
    *,
    secret: str,
    name: str,
    password: Secret | None,
    signed_in: User | None = None,
    now: datetime,
) -> Member:
    """Take the place kept; makes the account when the address has none yet.

    Somebody who has an account already must be signed in to it: an invitation proves the link,
    not the password.
    """
    with tenancy.everywhere("an invitation's link does not say whose it is"):
        invitation = Invitation.objects.filter(digest=digest(secret), state="open").first()
    if invitation is None or invitation.expires_at <= now:
        raise Conflict(_("This invitation is no longer valid. Ask for a new one."))
    with tenancy.within(invitation.organization_id):
        robot = system(invitation.organization_id)
        if signed_in is not None and signed_in.email == invitation.email:
            user = signed_in
        elif User.objects.filter(email=invitation.email).exists():
            raise NotAllowed(_("You have an account already: sign in, then open the link again."))
        else:
            user = _user(invitation.email, password, field="email")
        member = Member.objects.create(
            user=user,
            name=_said(name or invitation.name, "name", _("Say who you are.")),
            language=invitation.language,
            joined_at=now,
        )
        departments = {str(d.pk): d for d in Department.objects.all()}
        for where, role in invitation.roles:
            MemberRole.objects.create(
                member=member,
                department=departments.get(where) if where else None,
                role=role,
            )
        advance(invitation, INVITATION, "accepted", by=robot, now=now)
        events.record("member.joined", member, by=actor_for(member), now=now)
    return member


def set_roles(member: Member, grants: Iterable[Grant], *, by: Actor, now: datetime) -> None:
    """Give a member exactly these roles. The last admin cannot be taken away.

    Where nothing changes, the actor needs no rights: an admin of one department neither takes nor
    gives what lies elsewhere.
    """
    by.must_anywhere(Capability.PEOPLE)
    wanted = {g.department: _known_role(g) for g in grants}
    if not wanted:
        raise Invalid(_("Give at least one role."), field="roles")
    after = {department.pk if department else None: role for department, role in wanted.items()}
    with transaction.atomic():
        held = MemberRole.objects.filter(member=member).select_for_update()
        before = {row.department_id: row.role for row in held}
        for where in before.keys() | after.keys():
            if before.get(where) != after.get(where):
                by.must(Capability.PEOPLE, where)
        MemberRole.objects.filter(member=member).delete()
        for department, role in wanted.items():
            MemberRole.objects.create(member=member, department=department, role=role)
        _keep_an_admin()
        events.record(
            "member.roles_changed",
            member,
            by=by,
            now=now,
            roles=[[str(pk) if pk else None, role] for pk, role in after.items()],
        )


def suspend(member: Member, *, by: Actor, now: datetime) -> None:
    """End a member's access at once; what they wrote stays."""
    by.must(Capability.PEOPLE)
    with transaction.atomic():
        advance(member, MEMBER, "suspended", by=by, now=now)
        _keep_an_admin()


def readmit(member: Member, *, by: Actor, now: datetime) -> None:
    """Give a suspended member their access back."""
    by.must(Capability.PEOPLE)
    advance(member, MEMBER, "active", by=by, now=now)


def change_profile(
    member: Member,
    *,
    name: str,
    language: str,
    zone: str,
    theme: str,
    title: str = "",
    by: Actor,
    now: datetime,
) -> Member:
    """Change one's own name, language, zone (empty: the organization's) and theme."""
    if by.member is None or by.member.pk != member.pk:
        raise NotAllowed(_("People change their own profile."))
    member.name = _said(name, "name", _("Say who you are."))
    member.title = title.strip()
    member.language = _language(language)
    member.zone = _zone(zone, "zone") if zone else ""
    member.theme = theme if theme in Theme.values else Theme.SYSTEM
    member.save(update_fields=["name", "title", "language", "zone", "theme"])
    events.record("member.profile_changed", member, by=by, now=now)
    return member


def issue_token(
    *,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> tuple[ApiToken, Secret]:
    """Issue an API token for the actor; its text (`uni_<prefix>_<secret>`) is shown once."""
    if by.member is None or by.kind != "member":
        raise NotAllowed(_("Only a signed-in person can issue a token."))
    wanted = sorted(set(scopes))
    if not wanted or any(scope not in SCOPES for scope in wanted):
        raise Invalid(_("Choose at least one of the scopes offered."), field="scopes")
    if expires_at and expires_at <= now:
        raise Invalid(_("Choose an expiry in the future."), field="expires_at")
    prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
    token = ApiToken.objects.create(
        member=by.member,
        name=_said(name, "name", _("Give the token a name.")),
        prefix=prefix,
        digest=digest(secret),
        scopes=wanted,
        made_at=now,
        expires_at=expires_at,
    )
    events.record("token.issued", token, by=by, now=now, scopes=wanted)
    return token, Secret(f"uni_{prefix}_{secret}")


def revoke_token(token: ApiToken, *, by: Actor, now: datetime) -> None:
    """End a token: one's own, or anybody's for those who look after people."""
    if by.member is None or token.member_id != by.member.pk:
        by.must(Capability.PEOPLE)
    token.revoked_at = token.revoked_at or now
    token.save(update_fields=["revoked_at"])
    events.record("token.revoked", token, by=by, now=now)


def token_used(token: ApiToken, *, now: datetime) -> None:
    """Note the use, at most once a minute."""
    if token.used_at is None or now - token.used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)


def forget_ended(*, before: datetime) -> None:
    """Delete invitations and tokens that ended before this instant."""
    Invitation.objects.filter(expires_at__lt=before).delete()
    ApiToken.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)).delete()


def _keep_an_admin() -> None:
    if not MemberRole.objects.filter(
        role=Role.ADMIN, department=None, member__state="active"
    ).exists():
        raise Conflict(_("An organization keeps at least one admin."), field="roles")


def _role(grant: Grant, by: Actor) -> str:
    """Nobody gives away a role above their own reach."""
    by.must(Capability.PEOPLE, grant.department)
    return _known_role(grant)


def _known_role(grant: Grant) -> str:
    if grant.role not in Role.values:
        raise Invalid(_("Choose one of the roles offered."), field="roles")
    return grant.role


def _user(email: str, password: Secret | None, *, field: str) -> User:
    email = _email(email, field)
    if User.objects.filter(email=email).exists():
        raise Conflict(_("This e-mail address has an account already."), field=field)
    text = password.reveal() if password else None
    if text is not None and len(text) < PASSWORD_MIN:
        raise Invalid(
            _("Choose a password of at least %(n)s characters.") % {"n": PASSWORD_MIN},
            field="password",
        )
    return User.objects.create_user(email, text)


def _email(email: str, field: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(_("This is not an e-mail address."), field=field) from None
    return email


def _said(text: str, field: str, sentence: Any) -> str:
    text = text.strip()
    if not text:
        raise Invalid(sentence, field=field)
    return text


def _zone(zone: str, field: str) -> str:
    try:
        zone_named(zone)
    except UnknownZone:
        raise Invalid(
            _("“%(zone)s” is not a time zone we know, such as Europe/Paris.") % {"zone": zone},
            field=field,
        ) from None
    return zone


def _language(language: str) -> str:
    return language if language in Language.values else Language.EN
