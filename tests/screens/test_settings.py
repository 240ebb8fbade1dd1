"""Settings: one's own, and the house's."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.screens.conftest import Browser, browser
from unisono.rooms.people.capabilities import SCOPES
from unisono.rooms.people.models import ApiToken, Department, Member, Organization
from unisono.rooms.people.sessions import token_of
from unisono.screens.settings.forms import SCOPE_NAMES


def profile(**changed: str) -> dict[str, str]:
    return {
        "name": "Elsa Editor",
        "title": "Editor in chief",
        "language": "fr",
        "theme": "dark",
        "zone": "Europe/London",
        **changed,
    }


def test_the_profile_is_kept_and_speaks_the_new_language(cast: Cast, editor: Browser) -> None:
    answer = editor.post(reverse("settings"), profile())
    assert answer.status_code == 302
    assert answer.cookies["theme"].value == "dark"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "fr"
    member = Member.objects.get(pk=cast.members["editor"].pk)
    assert (member.name, member.title) == ("Elsa Editor", "Editor in chief")
    assert (member.language, member.zone, member.theme) == ("fr", "Europe/London", "dark")
    page = editor.get(reverse("settings")).text
    assert '<html lang="fr" data-theme="dark">' in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"zone": "Mars/Olympus"}, "is not a time zone we know"),
        ({"name": " "}, "This field is required"),
        ({"language": "xx"}, "Select a valid choice"),
    ],
)
def test_a_bad_profile_keeps_what_was_typed(
    cast: Cast, editor: Browser, changed: dict[str, str], sentence: str
) -> None:
    answer = editor.post(reverse("settings"), profile(**changed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Editor in chief" in answer.text
    assert changed.get("zone", "Europe/London") in answer.text
    assert Member.objects.get(pk=cast.members["editor"].pk).name == "Editor"


def test_security_leads_to_password_codes_and_passkeys(editor: Browser) -> None:
    page = editor.get(reverse("settings.security")).text
    for name in ("account_change_password", "mfa_index", "mfa_list_webauthn"):
        assert reverse(name) in page
    assert "Sign out everywhere else" not in page


def test_other_sessions_end_and_this_one_stays(cast: Cast, editor: Browser) -> None:
    elsewhere, colleague = browser(cast, "editor"), browser(cast, "viewer")
    assert "Sign out everywhere else" in editor.get(reverse("settings.security")).text
    assert editor.post(reverse("settings.sessions")).status_code == 302
    assert elsewhere.get(reverse("settings.security")).status_code == 302
    assert editor.get(reverse("settings.security")).status_code == 200
    assert colleague.get(reverse("settings.security")).status_code == 200


def test_every_scope_has_words() -> None:
    assert SCOPE_NAMES.keys() == SCOPES.keys()


def test_a_token_is_shown_once_works_and_ends(cast: Cast, editor: Browser) -> None:
    path = reverse("settings.tokens")
    answer = editor.post(
        path, {"name": "Newsletter", "scopes": ["read", "write"], "expires_on": "2040-01-31"}
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    text = re.search(r"<code>(uni_[0-9a-f]+_[0-9a-f]+)</code>", answer.text)
    assert text is not None
    token = ApiToken.objects.get(name="Newsletter")
    assert token.scopes == ["read", "write"]
    found = token_of(text[1], now=timezone.now())
    assert found is not None
    assert found[0].pk == token.pk
    page = editor.get(path).text
    assert "Newsletter" in page
    assert text[1] not in page
    assert editor.post(reverse("settings.token", args=[token.pk])).status_code == 302
    assert token_of(text[1], now=timezone.now()) is None
    assert reverse("settings.token", args=[token.pk]) not in editor.get(path).text


def test_a_token_without_scope_is_refused_at_the_field(editor: Browser) -> None:
    answer = editor.post(reverse("settings.tokens"), {"name": "Newsletter"})
    assert answer.status_code == 422
    assert "Choose at least one of the scopes offered." in answer.text
    assert "Newsletter" in answer.text


def test_the_organization_is_renamed(cast: Cast, admin: Browser) -> None:
    path = reverse("settings.organization")
    values = {"name": "Maison Lumière", "zone": "Europe/Brussels", "language": "fr"}
    assert admin.post(path, values).status_code == 302
    found = Organization.objects.get(pk=cast.lumen.pk)
    assert (found.name, found.zone, found.language) == tuple(values.values())
    bad = admin.post(path, {**values, "name": "Casa", "zone": "Nowhere/At-all"})
    assert bad.status_code == 422
    assert "is not a time zone we know" in bad.text
    assert "Nowhere/At-all" in bad.text
    assert Organization.objects.get(pk=cast.lumen.pk).name == "Maison Lumière"


def test_a_department_is_opened_below_another_and_changed(cast: Cast, admin: Browser) -> None:
    marketing = cast.departments["Marketing"]
    opened = admin.post(
        reverse("settings.departments"),
        {"name": "Press", "hue": "plum", "parent": str(marketing.pk)},
    )
    assert opened.status_code == 302
    press = Department.objects.get(name="Press")
    assert (press.parent, press.hue, press.approval_required) == (marketing, "plum", False)
    page = admin.get(reverse("settings.departments")).text
    assert 'data-depth="1"' in page
    assert page.index("Marketing") < page.index("Press")
    path = reverse("settings.department", args=[press.pk])
    values = {"name": "Media", "hue": "green", "parent": "", "approval_required": "on"}
    assert admin.post(path, values).status_code == 302
    press.refresh_from_db()
    assert (press.name, press.parent, press.approval_required) == ("Media", None, True)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "sales"}, "There is a department of that name already."),
        ({"name": ""}, "This field is required"),
        ({"hue": "infrared"}, "Select a valid choice"),
    ],
)
def test_a_bad_department_is_told_at_the_field(
    admin: Browser, changed: dict[str, str], sentence: str
) -> None:
    values = {"name": "Press", "hue": "plum", "parent": "", **changed}
    answer = admin.post(reverse("settings.departments"), values)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_department_cannot_lie_below_itself(cast: Cast, admin: Browser) -> None:
    marketing, sales = cast.departments["Marketing"], cast.departments["Sales"]
    Department.objects.filter(pk=sales.pk).update(parent=marketing)
    answer = admin.post(
        reverse("settings.department", args=[marketing.pk]),
        {"name": "Marketing", "hue": "violet", "parent": str(sales.pk)},
    )
    assert answer.status_code == 422
    assert "cannot lie below itself" in answer.text
