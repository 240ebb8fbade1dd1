"""The screens of share kits: made from a post, shared from by colleagues, with and without an
account, and followed out by anybody."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.cast import NOW, Cast
from tests.rooms.test_kits import DOORS, PERSON, approved, invited, kit_of
from tests.screens.conftest import Browser, browser
from tests.screens.test_board import chromium
from tests.screens.test_intake_browser import HERE, sound, walked
from unisono.rooms.advocacy import actions, offers
from unisono.rooms.advocacy.models import Kit, KitInvite, KitLink, KitPart, KitTally, KitVisit

__all__ = ["chromium"]


def test_a_kit_is_made_from_a_post(cast: Cast, editor: Browser, viewer: Browser) -> None:
    post = approved(cast)
    there = f"/kits/new/?post={post.pk}"
    assert there in editor.get(f"/posts/{post.pk}/").content.decode()
    assert there not in viewer.get(f"/posts/{post.pk}/").content.decode()
    (offer,) = offers.offers(cast.actor("editor"), post)
    first = editor.get(there).content.decode()
    assert f'value="{offer.revision.pk}" checked' in re.sub(r"\s+", " ", first)
    said = {"title": "Our doors", "note": "Bring friends."}
    refused = editor.post(there, said)
    assert refused.status_code == 422 and "Bring friends." in refused.content.decode()
    forged = editor.post(there, {**said, "revisions": [str(post.pk)]})
    assert forged.status_code == 422 and "not approved" in forged.content.decode()
    assert editor.post(there, {**said, "revisions": ["nonsense"]}).status_code == 422
    assert Kit.objects.count() == 0
    made = editor.post(there, {**said, "revisions": [str(offer.revision.pk)]})
    kit = Kit.objects.get()
    assert made.headers["Location"] == f"/kits/{kit.pk}/making/"
    assert viewer.get(f"/kits/{kit.pk}/").status_code == 404, "a draft is its makers'"
    assert "Our doors" in editor.get("/kits/?state=draft").content.decode()
    editor.post(f"/kits/{kit.pk}/opening/")
    assert "Our doors" in viewer.get("/kits/").content.decode()
    shown = viewer.get(f"/kits/{kit.pk}/").content.decode()
    assert "Bring friends." in shown and DOORS not in shown
    assert "Look after it" not in shown
    again = editor.post(f"/kits/{kit.pk}/opening/")
    assert again.status_code == 422, "what cannot be done says so on the page"


def test_a_post_of_which_nothing_is_approved_makes_none(cast: Cast, editor: Browser) -> None:
    page = editor.get(f"/kits/new/?post={cast.post.pk}").content.decode()
    assert "Nothing of this post is approved yet" in page
    assert editor.get("/kits/new/").headers["Location"] == "/posts/"


def test_what_colleagues_say_shows_to_makers_on_post_and_campaign(
    cast: Cast, editor: Browser, viewer: Browser
) -> None:
    kit = kit_of(cast, approved(cast, campaign=cast.campaign), opened=True)
    where = f"/kits/{kit.pk}/"
    viewer.get(where)
    viewer.post(f"{where}parts/", {"did": "copied"})
    viewer.post(f"{where}parts/", {"did": "shared"})
    assert "You said that you shared it" in viewer.get(where).content.decode()
    assert viewer.post(f"{where}parts/", {"did": "liked"}).status_code == 422
    viewer.post(f"{where}own/", {"wanted": "1"})
    assert "Count me no more" in viewer.get(where).content.decode()
    making = editor.get(f"{where}making/").content.decode()
    assert "Viewer" in making and "Counted by name" in making
    for page in (f"/posts/{kit.post_id}/", f"/campaigns/{cast.campaign.pk}/"):
        assert "1 says they shared it" in editor.get(page).content.decode()
    listed = editor.get(f"/kits/?campaign={cast.campaign.pk}").content.decode()
    assert kit.title in listed and "1 colleague shared it" in listed
    actions.close(kit, by=cast.actor("editor"), now=NOW)
    assert kit.title in editor.get(f"/kits/?post={kit.post_id}").content.decode()
    assert "This kit is closed" in viewer.get(where).content.decode()


def test_somebody_without_an_account_shares(cast: Cast, editor: Browser) -> None:
    kit = kit_of(cast, picture=True, opened=True)
    page = editor.post(f"/kits/{kit.pk}/invites/", {"name": "The shop"}).content.decode()
    address = re.search(r"/kit/[\w-]+/", page)
    assert address
    where, nobody = address[0], Browser(enforce_csrf_checks=True)
    assert where not in editor.get(f"/kits/{kit.pk}/making/").content.decode()
    shown = nobody.get(where, headers={"user-agent": PERSON})
    assert shown.status_code == 200 and not shown.cookies
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in shown.headers["X-Robots-Tag"]
    body = shown.content.decode()
    assert "We open in Lyon" in body and "A blue door" in body and "/s/" in body
    picture = nobody.get(f"{where}pictures/0/?save=1")
    assert picture.status_code == 200 and not picture.cookies
    assert "attachment" in picture.headers["Content-Disposition"]
    assert nobody.get(f"{where}pictures/1/").status_code == 404
    said = nobody.post(where, {"did": "shared"}, headers={"user-agent": PERSON})
    assert said.status_code == 302 and not said.cookies
    assert "without anything about you" in nobody.get(said.headers["Location"]).content.decode()
    assert nobody.post(where, {"did": "liked"}).status_code == 422
    assert nobody.post(where, {"did": "x" * 9_000}).status_code == 413
    counted = dict(KitTally.objects.values_list("did", "count"))
    assert counted == {"opened": 1, "shared": 1} and not KitPart.objects.exists()
    editor.post(f"/kits/{kit.pk}/invites/{KitInvite.objects.get().pk}/revocation/")
    never = nobody.get("/kit/never/")
    for path in (where, f"{where}pictures/0/"):
        gone = nobody.get(path)
        assert (gone.status_code, gone.content) == (404, never.content)


def test_the_public_pages_tell_nothing_else_of_the_organization(
    cast: Cast, editor: Browser
) -> None:
    kit = kit_of(cast, approved(cast, campaign=cast.campaign, title="Internal"), opened=True)
    editor_of = cast.actor("editor")
    chosen = list(kit.texts.values_list("revision_id", flat=True))
    actions.change(kit, revisions=chosen, title="Doors", note="", by=editor_of, now=NOW)
    _row, secret = invited(cast, kit)
    where = f"/kit/{secret.reveal()}/"
    code = KitLink.objects.get(kit=kit).code
    secrets = [
        *(member.name for member in cast.members.values() if len(member.name) > 6),
        *(member.user.email for member in cast.members.values()),
        *cast.departments,
        *(thing.name for thing in (cast.campaign, cast.objective)),
        "Internal",
        "The workshop",
        cast.other.name,
        str(kit.pk),
    ]
    for client in (Browser(), editor):
        body = client.get(where).content.decode()
        assert [one for one in secrets if one in body] == []
        out = client.get(f"/s/{code}")
        assert not out.cookies.get("sessionid") and out.content == b""


def test_a_short_address_leads_where_its_row_says(cast: Cast) -> None:
    kit = kit_of(cast, opened=True)
    code = KitLink.objects.get(kit=kit).code
    nobody = Browser()
    for tail in ("", "?next=https://evil.example", "?url=//evil.example"):
        out = nobody.get(f"/s/{code}{tail}", headers={"user-agent": PERSON})
        assert (out.status_code, out.headers["Location"]) == (302, DOORS)
        assert out.headers["Cache-Control"] == "no-store" and not out.cookies
    assert KitVisit.objects.get().count == 1, "one person"
    nobody.head(f"/s/{code}", headers={"user-agent": PERSON + " other"})
    nobody.get(f"/s/{code}", headers={"user-agent": PERSON + " x", "sec-purpose": "prefetch"})
    nobody.get(f"/s/{code}")
    assert KitVisit.objects.get().count == 1
    for path in ("/s/nowhere", f"/s/{code}x", "/s/https:evil.example", f"/s/{code.upper()}"):
        assert nobody.get(path).status_code == 404
    assert nobody.post(f"/s/{code}").status_code == 405
    assert Client().get("/s/%00").status_code in (400, 404)


@pytest.mark.browser
def test_sharing_in_a_browser(cast: Cast, chromium: str) -> None:
    kit = kit_of(cast, picture=True, opened=True)
    _row, secret = invited(cast, kit)

    def walk(page: Page) -> None:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{HERE}/kits/")
        sound(page)
        page.get_by_role("link", name=kit.title, exact=True).press("Enter")
        sound(page)
        page.get_by_role("button", name="Copy text").press("Enter")
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        page.get_by_role("button", name="I shared it").press("Enter")
        expect(page.locator("main")).to_contain_text("You said that you shared it")
        page.get_by_role("link", name="Look after it").press("Enter")
        sound(page)
        page.get_by_label("Whom is it for?").fill("The shop")
        page.get_by_label("Whom is it for?").press("Enter")
        expect(page.locator(".secret")).to_contain_text("/kit/")
        sound(page)
        page.goto(f"{HERE}/kit/{secret.reveal()}/")
        sound(page)
        page.get_by_role("button", name="Copy text").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()

    walked(browser(cast, "editor"), chromium, walk)
    assert set(KitPart.objects.values_list("did", flat=True)) == {"opened", "copied", "shared"}
