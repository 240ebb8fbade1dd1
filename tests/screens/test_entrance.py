"""The doors before the doors: set-up, invitations, the demonstration, switches."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from tests.cast import NOW, PASSWORD, Cast
from tests.screens.conftest import Browser, browser
from unisono import demo
from unisono.kernel import tenancy
from unisono.rooms.people import actions as people
from unisono.rooms.people.actions import Grant
from unisono.rooms.people.first_run import setup_code
from unisono.rooms.people.models import Department, Member, MemberRole, Organization, User
from unisono.screens.entrance import invitations

STRONG = "four unrelated words here"


@pytest.fixture
def nobody(db: None) -> Browser:
    """A browser at an installation that nobody has set up."""
    Organization.objects.all().delete()
    return Browser()


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.UNISONO_DATA = tmp_path
    return tmp_path


def typed(**changed: str) -> dict[str, str]:
    """A filled set-up page."""
    return {
        "name": "Atelier Nord",
        "zone": "Europe/Oslo",
        "language": "en",
        "admin_name": "Nora Nord",
        "admin_email": "nora@nord.example",
        "password": STRONG,
        "departments-TOTAL_FORMS": "3",
        "departments-INITIAL_FORMS": "0",
        "departments-0-name": "Marketing",
        "departments-0-hue": "violet",
        "departments-1-name": "",
        "departments-1-hue": "teal",
        "departments-2-name": "Press",
        "departments-2-hue": "rose",
        **changed,
    }


def test_the_first_visit_leads_to_the_set_up(nobody: Browser) -> None:
    assert nobody.get("/settings/x").status_code == 404
    answer = nobody.get(reverse("organizations"))
    assert answer.headers["Location"] == reverse("setup")
    page = nobody.get(reverse("setup"))
    assert page.status_code == 200
    assert "setup code" not in page.text.lower()
    assert "Customer service" in page.text


def test_set_up_founds_signs_in_and_shuts_the_door(nobody: Browser, folder: Path) -> None:
    setup_code(folder)
    answer = nobody.post(reverse("setup"), typed())
    assert answer.status_code == 302
    organization = Organization.objects.get()
    assert (organization.name, organization.zone) == ("Atelier Nord", "Europe/Oslo")
    with tenancy.within(organization.pk):
        assert [d.name for d in Department.objects.all()] == ["Marketing", "Press"]
        assert Member.objects.get().name == "Nora Nord"
    assert nobody.get(reverse("organizations")).status_code == 200
    assert nobody.get(reverse("setup")).status_code == 302
    assert not (folder / "setup_code").exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"zone": "Europe/Atlantis"}, "is not a time zone we know"),
        ({"password": "short"}, "too short"),
        ({"password": "nora@nord.example"}, "too similar"),
        ({"admin_email": "nora"}, "valid email"),
        ({"name": " "}, "This field is required"),
        ({"departments-2-name": "marketing"}, "a department of that name already"),
    ],
)
def test_set_up_tells_what_is_wrong_and_keeps_what_was_typed(
    nobody: Browser, changed: dict[str, str], sentence: str
) -> None:
    answer = nobody.post(reverse("setup"), typed(**changed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Nora Nord" in answer.text
    assert "Press" in answer.text or "departments-2-name" in changed
    assert STRONG not in answer.text
    assert not Organization.objects.exists()


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=203.0.113.9"},
    ],
)
def test_from_elsewhere_the_set_up_asks_for_the_code(
    nobody: Browser, folder: Path, elsewhere: dict[str, str]
) -> None:
    assert "Set-up code" in nobody.get(reverse("setup"), **elsewhere).text
    code = (folder / "setup_code").read_text().strip()
    assert (folder / "setup_code").stat().st_mode & 0o077 == 0
    for wrong in ("", "0000"):
        answer = nobody.post(reverse("setup"), typed(code=wrong), **elsewhere)
        assert answer.status_code == 422
        assert not Organization.objects.exists()
    spoken = code.upper().replace("-", "")
    assert nobody.post(reverse("setup"), typed(code=spoken), **elsewhere).status_code == 302
    assert Organization.objects.exists()


@pytest.fixture
def secret(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> str:
    """The link of an invitation that is still good."""
    monkeypatch.setattr(invitations, "now", lambda: NOW + timedelta(days=1))
    _row, secret = people.invite(
        email="nina@lumen.example",
        name="Nina New",
        grants=[Grant("editor", cast.departments["Sales"])],
        by=cast.actor("admin"),
        now=NOW,
    )
    return secret.reveal()


def test_an_invitation_makes_a_member_who_is_signed_in(
    cast: Cast, anonymous: Browser, secret: str
) -> None:
    path = reverse("invitation", args=[secret])
    page = anonymous.get(path)
    assert page.status_code == 200
    assert "Maison Lumen" in page.text
    assert "Editor in Sales" in page.text
    bad = anonymous.post(path, {"name": "Nina Nouvelle", "password": "short"})
    assert bad.status_code == 422
    assert "Nina Nouvelle" in bad.text
    good = anonymous.post(path, {"name": "Nina Nouvelle", "password": STRONG})
    assert good.status_code == 302
    assert Member.objects.get(user__email="nina@lumen.example").name == "Nina Nouvelle"
    assert anonymous.get(reverse("organizations")).status_code == 200
    assert browser(cast).get(path).status_code == 404


def test_an_invitation_is_for_nobody_else(cast: Cast, editor: Browser, secret: str) -> None:
    path = reverse("invitation", args=[secret])
    assert "editor@lumen.example" in editor.get(path).text
    assert editor.post(path, {"name": "Me", "password": STRONG}).status_code == 403
    assert not Member.objects.filter(user__email="nina@lumen.example").exists()


def test_somebody_with_an_account_signs_in_first(
    cast: Cast, anonymous: Browser, stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "now", lambda: NOW + timedelta(days=1))
    _row, secret = people.invite(
        email="admin@other.example",
        grants=[Grant("viewer")],
        by=cast.actor("admin"),
        now=NOW,
    )
    path = reverse("invitation", args=[secret.reveal()])
    assert "has an account here already" in anonymous.get(path).text
    assert anonymous.post(path, {"name": "X", "password": STRONG}).status_code == 403
    assert "Lecteur, partout" in stranger.get(path).text, "Other House speaks French"
    assert stranger.post(path).status_code == 302
    assert Member.objects.filter(user__email="admin@other.example").exists()
    page = stranger.get(reverse("organizations"))
    assert "Other House" in page.text
    assert "Maison Lumen" in page.text


def test_switching_shows_the_other_organization(cast: Cast) -> None:
    user = cast.members["stranger"].user
    with tenancy.within(cast.lumen.pk):
        Member.objects.create(user=user, name="Otto", joined_at=NOW)
    client = browser(cast, "stranger")
    other = client.post(reverse("organizations"), {"organization": str(cast.lumen.pk)})
    assert other.status_code == 302
    assert client.session["organization"] == str(cast.lumen.pk)


def test_the_language_is_kept_with_the_member_or_in_the_browser(
    cast: Cast, anonymous: Browser, viewer: Browser
) -> None:
    path = reverse("language")
    answer = anonymous.post(path, {"language": "fr", "next": "/account/login/?x=1"})
    assert answer.headers["Location"] == "/account/login/?x=1"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "fr"
    viewer.post(path, {"language": "de"})
    member = Member.objects.get(pk=cast.members["viewer"].pk)
    assert (member.language, member.name) == ("de", "Viewer")
    viewer.post(path, {"language": "xx"})
    assert Member.objects.get(pk=member.pk).language == "de"


@pytest.mark.parametrize("outside", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_nobody_is_sent_off_the_site(anonymous: Browser, outside: str) -> None:
    answer = anonymous.post(reverse("language"), {"language": "en", "next": outside})
    assert answer.headers["Location"] == "/"


def test_the_theme_is_kept(cast: Cast, viewer: Browser) -> None:
    answer = viewer.post(reverse("theme"), {"theme": "dark"}, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 204
    assert answer.cookies["theme"].value == "dark"
    assert Member.objects.get(pk=cast.members["viewer"].pk).theme == "dark"
    del viewer.cookies["theme"]
    assert 'data-theme="dark"' in viewer.get(reverse("organizations")).text


def test_signing_out_ends_the_session(viewer: Browser) -> None:
    assert viewer.post(reverse("sign_out")).headers["Location"] == reverse("account_login")
    assert viewer.get(reverse("organizations")).status_code == 302


@pytest.fixture
def demonstration(cast: Cast, settings: Any) -> Browser:
    settings.UNISONO_DEMO = True
    for persona in demo.PERSONAS[:2]:
        user = User.objects.create_user(persona.email, PASSWORD)
        member = Member.objects.create(user=user, name=persona.name, joined_at=NOW)
        MemberRole.objects.create(member=member, role="viewer")
    return browser(cast)


def test_the_demo_signs_a_first_visitor_in_and_lets_them_choose_after(
    demonstration: Browser,
) -> None:
    inside = reverse("organizations")
    first = demonstration.get(inside)
    assert first.headers["Location"].startswith(reverse("demo"))
    second = demonstration.get(first.headers["Location"])
    assert second.headers["Location"] == inside
    assert demonstration.get(inside).status_code == 200
    out = demonstration.post(reverse("sign_out"))
    assert out.headers["Location"] == reverse("demo")
    cards = demonstration.get(reverse("demo"))
    assert cards.status_code == 200
    for persona in demo.PERSONAS:
        assert persona.name in cards.text
    demonstration.post(reverse("demo"), {"email": demo.PERSONAS[1].email})
    assert demonstration.get(inside).status_code == 200


def test_nobody_else_can_be_had_without_a_password(demonstration: Browser) -> None:
    answer = demonstration.post(reverse("demo"), {"email": "admin@lumen.example"})
    assert answer.headers["Location"] == reverse("account_login")
    assert "_auth_user_id" not in demonstration.session
