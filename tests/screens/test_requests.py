"""The intake form of people without an account, the page they follow, and triage."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from tests.screens.conftest import Browser
from unisono.rooms.requests import actions as requests
from unisono.rooms.requests.models import IntakeLink, Request

SAID = {
    "title": "Applicants for Lyon",
    "reason": "Two artisans by spring.",
    "name": "Rita",
    "email": "rita@lumen.example",
    "wanted_on": "2099-03-15",
}


@pytest.fixture
def form(cast: Cast) -> str:
    _link, secret = requests.open_link(
        name="Ask marketing",
        department=cast.departments["Marketing"],
        by=cast.actor("manager"),
        now=NOW,
    )
    return f"/ask/{secret.reveal()}/"


def proof(page: str) -> str:
    found = re.search(r'name="proof" value="([^"]+)"', page)
    assert found
    return found[1]


def test_somebody_without_an_account_asks_and_follows(
    cast: Cast, form: str, editor: Browser
) -> None:
    nobody = Browser(enforce_csrf_checks=True)
    page = nobody.get(form)
    assert page.status_code == 200 and not page.cookies
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    sent = nobody.post(form, SAID | {"proof": proof(page.content.decode())})
    assert sent.status_code == 302 and not sent.cookies
    mine = sent.headers["Location"]
    own = nobody.get(mine)
    assert not own.cookies and "waits for an answer" in own.content.decode()

    row = Request.objects.get()
    assert row.digest not in mine and row.title == SAID["title"]
    listed = editor.get("/requests/").content.decode()
    assert SAID["title"] in listed and "Rita" in listed
    day = {"on": "2099-03-14", "note": "With pleasure."}
    assert editor.post(f"/requests/{row.pk}/promise/", day).status_code == 302
    told = nobody.get(mine).content.decode()
    assert "It is promised." in told and "14 Mar" in told and "With pleasure." in told
    german = nobody.get(f"{mine.partition('?')[0]}?language=de").content.decode()
    assert '<html lang="de">' in german

    refused = editor.post(f"/requests/{row.pk}/refusal/", {"reason": " "})
    assert refused.status_code == 422
    editor.post(f"/requests/{row.pk}/refusal/", {"reason": "No budget this quarter."})
    assert "No budget this quarter." in nobody.get(mine).content.decode()


def test_the_public_pages_tell_nothing_else_of_the_organization(
    cast: Cast, form: str, editor: Browser
) -> None:
    nobody = Browser()
    first = nobody.get(form).content.decode()
    # Somebody who is signed in sees the same page, not their own house around it.
    again = editor.get(form).content.decode()
    sent = nobody.post(form, SAID | {"proof": proof(first)})
    own = nobody.get(sent.headers["Location"]).content.decode()
    secrets = [
        *(member.name for member in cast.members.values()),
        *(member.user.email for member in cast.members.values()),
        *cast.departments,
        *(thing.name for thing in (cast.campaign, cast.objective, cast.agora, cast.chirp)),
        cast.post.title,
        cast.idea.title,
        cast.other.name,
        "rita@lumen.example",
    ]
    for page in (first, again, own):
        assert [secret for secret in secrets if secret in page] == []


def test_what_robots_and_nuisances_send(cast: Cast, form: str) -> None:
    nobody = Browser()
    good = proof(nobody.get(form).content.decode())
    robot = nobody.post(form, SAID | {"proof": good, "website": "https://spam.example"})
    assert (robot.status_code, Request.objects.count()) == (200, 0)
    kept = nobody.post(form, SAID | {"proof": good, "email": "nowhere"})
    assert kept.status_code == 422 and SAID["reason"] in kept.content.decode()
    assert proof(kept.content.decode()) == good, "a corrected form is still the same"
    assert nobody.post(form, SAID | {"proof": "forged"}).status_code in (200, 422)
    long = nobody.post(form, SAID | {"proof": good, "reason": "x" * 70_000})
    assert long.status_code == 422 and "x" * 70_000 in long.content.decode()
    beyond = Client().generic("POST", form, b"", CONTENT_LENGTH=str(300 * 1024 * 1024))
    assert beyond.status_code == 413
    assert Request.objects.count() == 0
    for _ in range(2):
        assert nobody.post(form, SAID | {"proof": good}).status_code in (200, 302)
    assert Request.objects.count() == 1
    for _ in range(requests.PER_SENDER - 1):
        fresh = proof(nobody.get(form).content.decode())
        assert nobody.post(form, SAID | {"proof": fresh}).status_code == 302
    fresh = proof(nobody.get(form).content.decode())
    full = nobody.post(form, SAID | {"proof": fresh})
    assert full.status_code == 429 and SAID["reason"] in full.content.decode()


def test_a_closed_form_answers_as_one_that_never_was(cast: Cast, form: str, admin: Browser) -> None:
    made = admin.post("/requests/forms/", {"name": "For all"})
    address = re.search(r"/ask/[\w-]+/", made.content.decode())
    assert address and Client().get(address[0]).status_code == 200
    assert address[0] not in admin.get("/requests/forms/").content.decode()
    for link in IntakeLink.objects.all():
        admin.post(f"/requests/forms/{link.pk}/closing/")
    nobody = Browser()
    never = nobody.get("/ask/never/")
    for path in (form, address[0]):
        gone = nobody.get(path)
        assert (gone.status_code, gone.content) == (404, never.content)


def test_a_request_becomes_a_post(cast: Cast, form: str, editor: Browser) -> None:
    nobody = Browser()
    page = nobody.get(form).content.decode()
    mine = nobody.post(form, SAID | {"proof": proof(page)}).headers["Location"]
    row = Request.objects.get()
    where = {"department": str(cast.departments["Marketing"].pk), "channels": [str(cast.agora.pk)]}
    assert editor.post(f"/requests/{row.pk}/post/", where).status_code == 302
    assert "being worked on" in nobody.get(mine).content.decode()
    shown = editor.get(f"/requests/{row.pk}/").content.decode()
    assert "What became of it" in shown
    idea = editor.get(f"/ideas/{row.ideas.get().pk}/").content.decode()
    assert f"/requests/{row.pk}/" in idea
