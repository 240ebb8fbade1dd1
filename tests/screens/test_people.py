"""People: who is here, what they may do, and the links that bring others in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import NOW, Cast, join
from tests.screens.conftest import Browser, browser
from unisono.rooms.people.actions import Grant
from unisono.rooms.people.capabilities import Role
from unisono.rooms.people.models import Invitation, Member, MemberRole


def at(department: Any) -> str:
    return f"role-{department.pk}"


def _path(page: str) -> str:
    """The path of the link that the page shows."""
    link = re.search(r"<code>http://[^/]+(/[^<]+)</code>", page)
    assert link is not None
    return link[1]


def test_colleagues_see_each_other_and_nobody_else(viewer: Browser) -> None:
    page = viewer.get(reverse("people")).text
    assert "Sacha Sales" in page
    assert "Editor in Sales" in page
    assert "Admin everywhere" in page
    assert "Otto Other" not in page
    assert reverse("invite") not in page


def test_people_are_found_by_name_and_department(cast: Cast, viewer: Browser) -> None:
    assert "Ada Admin" not in viewer.get(reverse("people"), {"q": "sacha"}).text
    sales = str(cast.departments["Sales"].pk)
    page = viewer.get(reverse("people"), {"department": sales}).text
    assert "Sacha Sales" in page
    assert "viewer@lumen.example" not in page
    assert "Nobody of that name" in viewer.get(reverse("people"), {"q": "nobody"}).text


def test_more_people_need_no_more_queries(
    cast: Cast, admin: Browser, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as few:
        admin.get(reverse("people"))
    for number in range(6):
        grants = [Grant("viewer", d) for d in cast.departments.values()]
        join(f"more{number}@lumen.example", f"More {number}", grants, by=cast.actor("admin"))
    with django_assert_num_queries(len(few)):
        admin.get(reverse("people"))


def test_the_table_of_roles_says_what_the_verbs_ask(viewer: Browser) -> None:
    page = viewer.get(reverse("roles")).text
    for label in Role.labels:
        assert str(label) in page
    assert "Hold and resume publishing" in page


def test_an_invitation_s_link_is_shown_once_and_works(cast: Cast, admin: Browser) -> None:
    answer = admin.post(
        reverse("invite"),
        {
            "email": "nina@lumen.example",
            "name": "Nina",
            "language": "fr",
            at(cast.departments["Sales"]): "editor",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    path = _path(answer.text)
    welcome = browser(cast).get(path)
    assert welcome.status_code == 200
    assert "Maison Lumen" in welcome.text
    overview = admin.get(reverse("people")).text
    assert "Nina" in overview
    assert path not in overview
    assert mail.outbox == []


def test_it_is_mailed_where_there_is_a_mail_server(
    cast: Cast, admin: Browser, settings: Any
) -> None:
    settings.UNISONO_MAILS = True
    values = {"email": "nina@lumen.example", "language": "en", "role-everywhere": "viewer"}
    page = admin.post(reverse("invite"), values).text
    (sent,) = mail.outbox
    assert sent.to == ["nina@lumen.example"]
    link = re.search(r"http\S+", str(sent.body))
    assert link is not None
    assert link[0] in page


def test_a_mail_server_that_fails_costs_no_invitation(admin: Browser, settings: Any) -> None:
    settings.UNISONO_MAILS = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    values = {"email": "nina@lumen.example", "language": "en", "role-everywhere": "viewer"}
    page = admin.post(reverse("invite"), values).text
    assert "The mail server did not take it" in page
    assert Invitation.objects.filter(email="nina@lumen.example", state="open").exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"email": "nina"}, "valid email address"),
        ({"email": "editor@lumen.example"}, "a member already"),
        ({"role-everywhere": ""}, "Give at least one role"),
        ({"role-everywhere": "emperor"}, "Select a valid choice"),
    ],
)
def test_a_bad_invitation_keeps_what_was_typed(
    admin: Browser, changed: dict[str, str], sentence: str
) -> None:
    values = {
        "email": "nina@lumen.example",
        "name": "Nina Nouvelle",
        "language": "en",
        "role-everywhere": "viewer",
        **changed,
    }
    answer = admin.post(reverse("invite"), values)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Nina Nouvelle" in answer.text
    assert values["email"] in answer.text
    assert not Invitation.objects.filter(state="open").exists()


def test_a_new_link_ends_the_old_one_and_a_withdrawal_all(cast: Cast, admin: Browser) -> None:
    values = {"email": "nina@lumen.example", "language": "en", "role-everywhere": "viewer"}
    first = _path(admin.post(reverse("invite"), values).text)
    invitation = Invitation.objects.get(state="open")
    second = _path(admin.post(reverse("invite.link", args=[invitation.pk])).text)
    assert browser(cast).get(first).status_code == 404
    assert browser(cast).get(second).status_code == 200
    fresh = Invitation.objects.get(state="open")
    assert admin.post(reverse("invite.withdrawal", args=[fresh.pk])).status_code == 302
    assert browser(cast).get(second).status_code == 404


def test_roles_are_given_in_a_grid(cast: Cast, admin: Browser) -> None:
    editor, sales = cast.members["editor"], cast.departments["Sales"]
    page = admin.get(reverse("member", args=[editor.pk])).text
    assert f'name="{at(sales)}"' in page
    path = reverse("member.roles", args=[editor.pk])
    assert admin.post(path, {at(sales): "approver"}).status_code == 302
    held = MemberRole.objects.filter(member=editor).values_list("department", "role")
    assert list(held) == [(sales.pk, "approver")]
    none = admin.post(path, {})
    assert none.status_code == 422
    assert "Give at least one role" in none.text


def test_the_last_admin_stays(cast: Cast, admin: Browser) -> None:
    path = reverse("member.roles", args=[cast.members["admin"].pk])
    answer = admin.post(path, {"role-everywhere": "viewer"})
    assert answer.status_code == 422
    assert "at least one admin" in answer.text


def test_an_admin_of_a_department_leaves_the_rest_alone(cast: Cast) -> None:
    marketing, sales = cast.departments["Marketing"], cast.departments["Sales"]
    join(
        "local@lumen.example",
        "Lou Local",
        [Grant("admin", marketing)],
        by=cast.actor("admin"),
    )
    cast.members["local"] = Member.objects.get(user__email="local@lumen.example")
    client = browser(cast, "local")
    path = reverse("member.roles", args=[cast.members["sales_editor"].pk])
    answer = client.post(path, {at(marketing): "viewer", at(sales): "admin"})
    assert answer.status_code == 302
    held = set(
        MemberRole.objects.filter(member=cast.members["sales_editor"]).values_list(
            "department__name", "role"
        )
    )
    assert held == {("Sales", "editor"), ("Marketing", "viewer")}


def test_somebody_shut_out_is_out_at_once(cast: Cast, admin: Browser, editor: Browser) -> None:
    member = cast.members["editor"]
    assert editor.get(reverse("people")).status_code == 200
    admin.post(reverse("member.suspension", args=[member.pk]))
    assert editor.get(reverse("people")).status_code == 403
    assert "suspended" in admin.get(reverse("people")).text
    admin.post(reverse("member.readmission", args=[member.pk]))
    assert editor.get(reverse("people")).status_code == 200
    assert Member.objects.get(pk=member.pk).joined_at == NOW
