"""Roles that reach downwards, invitations, tokens, and the last admin."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.cast import NOW, PASSWORD, Cast, join
from unisono.kernel import tenancy
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.kernel.secrets import Secret
from unisono.rooms.people import actions as people
from unisono.rooms.people import queries
from unisono.rooms.people.actions import Grant
from unisono.rooms.people.capabilities import CAPABILITIES, Capability, Role
from unisono.rooms.people.models import Department, Member, User
from unisono.rooms.people.sessions import token_of


def test_each_role_holds_what_its_row_says(cast: Cast) -> None:
    marketing = cast.departments["Marketing"]
    for role in Role.values:
        actor = cast.actor(role)
        held = {c for c in Capability if actor.can(c, marketing)}
        assert held == CAPABILITIES[role], role


def test_roles_grow(cast: Cast) -> None:
    order = ("viewer", "contributor", "editor", "approver", "admin")
    assert all(CAPABILITIES[low] < CAPABILITIES[high] for low, high in pairwise(order))


def test_a_role_reaches_the_departments_below(cast: Cast) -> None:
    below = people.open_department(
        name="Social", parent=cast.departments["Marketing"], by=cast.actor("admin"), now=NOW
    )
    assert cast.actor("editor").can(Capability.SCHEDULE, below)
    assert not cast.actor("sales_editor").can(Capability.SEE, below)


def test_a_department_cannot_lie_below_itself(cast: Cast) -> None:
    marketing = cast.departments["Marketing"]
    below = people.open_department(name="S", parent=marketing, by=cast.actor("admin"), now=NOW)
    with pytest.raises(Invalid) as refused:
        people.change_department(
            marketing, name="Marketing", hue="violet", parent=below, approval_required=True,
            by=cast.actor("admin"), now=NOW,
        )  # fmt: skip
    assert refused.value.field == "parent"


def test_the_last_admin_stays(cast: Cast) -> None:
    admin = cast.actor("admin")
    with pytest.raises(Conflict):
        people.set_roles(cast.members["admin"], [Grant("viewer")], by=admin, now=NOW)
    with pytest.raises(Conflict):
        people.suspend(cast.members["admin"], by=admin, now=NOW)


def test_nobody_but_admins_gives_roles(cast: Cast) -> None:
    for name in ("viewer", "contributor", "editor", "approver", "manager"):
        with pytest.raises(NotAllowed):
            people.set_roles(cast.members["viewer"], [Grant("admin")], by=cast.actor(name), now=NOW)


def test_a_suspended_member_may_nothing(cast: Cast) -> None:
    people.suspend(cast.members["editor"], by=cast.actor("admin"), now=NOW)
    assert not cast.actor("editor").can_anywhere(Capability.SEE)


def test_an_invitation_is_taken_once_and_in_time(cast: Cast) -> None:
    admin = cast.actor("admin")
    grants = [Grant("editor", cast.departments["Sales"])]
    _row, secret = people.invite(email="New@Lumen.Example", grants=grants, by=admin, now=NOW)
    with pytest.raises(Conflict):
        people.accept_invitation(
            secret=secret.reveal(), name="N", password=Secret(PASSWORD), now=NOW + timedelta(days=8)
        )
    member = people.accept_invitation(
        secret=secret.reveal(), name="Nina", password=Secret(PASSWORD), now=NOW
    )
    assert (member.user.email, member.organization_id) == ("new@lumen.example", cast.lumen.pk)
    with pytest.raises(Conflict):
        people.accept_invitation(
            secret=secret.reveal(), name="N", password=Secret(PASSWORD), now=NOW
        )


def test_an_invitation_does_not_open_somebodys_account(cast: Cast) -> None:
    _row, secret = people.invite(
        email="admin@other.example", grants=[Grant("viewer")], by=cast.actor("admin"), now=NOW
    )
    with pytest.raises(NotAllowed):
        people.accept_invitation(
            secret=secret.reveal(), name="X", password=Secret("another password"), now=NOW
        )
    user = User.objects.get(email="admin@other.example")
    assert user.check_password(PASSWORD)
    member = people.accept_invitation(
        secret=secret.reveal(), name="Otto", password=None, signed_in=user, now=NOW
    )
    assert member.user == user


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [("nonsense", PASSWORD, "admin_email"), ("a@b.example", "short", "password")],
)
def test_founding_names_the_field(cast: Cast, email: str, password: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        people.found_organization(
            name="X", zone="Europe/Paris", language="en", admin_email=email, admin_name="X",
            password=Secret(password), now=NOW,
        )  # fmt: skip
    assert refused.value.field == field


def test_a_token_lives_until_it_is_revoked(cast: Cast) -> None:
    token, secret = people.issue_token(name="ci", scopes=["read"], by=cast.actor("editor"), now=NOW)
    assert secret.reveal() not in repr(token.__dict__)
    found = token_of(secret.reveal(), now=NOW)
    assert found is not None
    assert found[1] == cast.lumen
    assert token_of(secret.reveal()[:-1] + "x", now=NOW) is None
    people.revoke_token(token, by=cast.actor("editor"), now=NOW)
    assert token_of(secret.reveal(), now=NOW) is None


def test_rows_of_others_do_not_exist_even_without_a_filter(cast: Cast) -> None:
    """The managers filter; beneath them the database itself does."""
    assert Member._base_manager.filter(organization_id=cast.other.pk).count() == 0
    assert Department._base_manager.filter(pk=cast.other_department.pk).first() is None


def test_queries_outside_a_scope_raise(db: None) -> None:
    with pytest.raises(tenancy.Unscoped):
        Member.objects.count()


def test_who_holds_a_capability(cast: Cast) -> None:
    found = queries.holders(Capability.APPROVE, cast.departments["Marketing"].pk)
    assert [m.name for m in found] == ["Ada Admin", "Approver", "Manager"]
    join("late@lumen.example", "Late", [Grant("approver")], by=cast.actor("admin"))
    assert len(queries.holders(Capability.APPROVE, cast.departments["Sales"].pk)) == 2
