"""Mastodon's adapter against a Mastodon-API server from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.networks.cases import (
    ContractCases,
    Shown,
    Stage,
    commit,
    look,
    planned,
    publish,
    run,
    settle,
    words,
)
from tests.servers.faultproxy import Fault, FaultProxy
from tests.servers.fixtures import Server
from unisono.kernel.egress import Egress
from unisono.kernel.secrets import Secret
from unisono.networks import registry
from unisono.networks.contract import (
    Absent,
    Account,
    CannotConnect,
    Content,
    Published,
    SecondPost,
    Unknown,
)
from unisono.networks.mastodon.instance import honours_keys, profile_of
from unisono.networks.mastodon.plain import fingerprint, plain

ADAPTER = registry.adapter("mastodon")
pytestmark = pytest.mark.servers


def _auth(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def stage(mastodon_server: Server) -> Stage:
    form = {"server": mastodon_server.url, "token": Secret("ada_token")}
    connected = run(lambda http: ADAPTER.connect(http, form))
    base = mastodon_server.url

    async def count(http: Egress, text: str) -> int:
        answer = await http.request(
            "GET",
            f"{base}/api/v1/accounts/{connected.account.remote_id}/statuses",
            headers=_auth("ada_token"),
            params={"limit": "40"},
        )
        return sum(plain(row["content"]) == text for row in answer.json())

    async def show(http: Egress, remote_id: str) -> Shown:
        row = (await http.request("GET", f"{base}/api/v1/statuses/{remote_id}")).json()
        alts = [m["description"] for m in row["media_attachments"]]
        return Shown(plain(row["content"]), alts, str(row["in_reply_to_id"] or ""))

    async def delete(http: Egress, remote_id: str) -> None:
        url = f"{base}/api/v1/statuses/{remote_id}"
        assert (await http.request("DELETE", url, headers=_auth("ada_token"))).status == 200

    return Stage(
        ADAPTER, connected.account, dict(connected.credentials), mastodon_server.port,
        "/api/v1/statuses$", form, count, show, delete,
    )  # fmt: skip


class TestMastodon(ContractCases):
    name = "mastodon"


def test_the_servers_own_limits_are_kept(stage: Stage) -> None:
    limits = ADAPTER.limits(stage.account)
    assert (limits.text_max, limits.images_max) == (500, 4)
    assert "image/png" in limits.image_types
    assert stage.account.profile["key_trusted"]
    assert stage.adapter.safety(stage.account).how is SecondPost.KEY


def test_a_wrong_token_is_said_beside_the_token(mastodon_server: Server) -> None:
    form = {"server": mastodon_server.url, "token": Secret("nobody")}
    with pytest.raises(CannotConnect) as refused:
        run(lambda http: ADAPTER.connect(http, form))
    assert refused.value.field == "token"


def test_language_visibility_and_warning_arrive(stage: Stage) -> None:
    options = {"visibility": "unlisted", "warning": "Apples"}
    content = Content(words(), "de-AT", options=options)
    assert ADAPTER.check(content, stage.account) == []

    async def work(http: Egress):
        made = await publish(stage, http, content)
        return (
            await http.request("GET", f"{stage.account.server}/api/v1/statuses/{made.remote_id}")
        ).json()

    row = run(work)
    assert (row["language"], row["visibility"], row["spoiler_text"]) == (
        "de", "unlisted", "Apples",
    )  # fmt: skip


def test_figures_and_replies(stage: Stage) -> None:
    base, begun = stage.account.server, datetime.now(UTC) - timedelta(seconds=2)

    async def work(http: Egress):
        made = await publish(stage, http, Content(words(), "en"))
        reply = {"status": "@ada When do you open?", "in_reply_to_id": made.remote_id}
        for path, token, body in (
            (f"/api/v1/statuses/{made.remote_id}/favourite", "grace_token", {}),
            (f"/api/v1/statuses/{made.remote_id}/reblog", "alan_token", {}),
            (f"/api/v1/accounts/{stage.account.remote_id}/follow", "grace_token", {}),
            ("/api/v1/statuses", "grace_token", reply),
            ("/api/v1/statuses", "ada_token", {**reply, "status": "At nine."}),
        ):
            answer = await http.request("POST", base + path, headers=_auth(token), json=body)
            assert answer.status == 200, answer.text
        adapter, account, opened = stage.adapter, stage.account, stage.credentials
        ids = [made.remote_id, "999999999"]
        figures = await adapter.measure(http, account, opened, ids)
        incoming = await adapter.collect(http, account, opened, ids, begun)
        late = await adapter.collect(
            http, account, opened, ids, datetime.now(UTC) + timedelta(hours=1)
        )
        followers = await adapter.followers(http, account, opened)
        return made, figures, incoming, late, followers

    made, figures, incoming, late, followers = run(work)
    assert followers and followers >= 1
    assert set(figures) == {made.remote_id}
    figure = figures[made.remote_id]
    assert (figure.likes, figure.shares, figure.comments) == (1, 1, 2)
    assert (figure.views, figure.clicks) == (None, None)
    (reply,) = incoming
    assert reply.text.endswith("When do you open?")
    assert reply.author_handle == "grace"
    assert reply.in_reply_to == reply.post == made.remote_id
    assert reply.at >= begun
    assert late == []


@pytest.mark.parametrize("mode", ["lose_answer", "lose_request", "truncate", "garbage", "error"])
def test_exactly_one_post_on_a_server_that_ignores_keys(stage: Stage, mode: str) -> None:
    """Such a server is looked at before anything is repeated."""
    account = replace(stage.account, profile={**stage.account.profile, "key_trusted": False})
    there = replace(stage, account=account)
    assert not ADAPTER.safety(account).repeat_within
    content = Content(words(), "en")

    async def work(http: Egress):
        proxy = await FaultProxy(stage.port, without="Idempotency-Key").start()
        behind = there.behind(proxy.url)
        handle = await planned(behind, http, content)
        proxy.faults.append(Fault(mode, "POST", stage.commit_path))
        first = await commit(behind, http, content, handle)
        last = await settle(behind, http, content, handle, first, "look")
        return last, await stage.count(http, content.text)

    last, count = run(work)
    assert isinstance(last, Published)
    assert count == 1


def test_a_server_that_ignores_keys_makes_two_when_asked_twice(stage: Stage) -> None:
    """Why the look is needed at all; if this fails, the proxy no longer hides the key."""
    content = Content(words(), "en")

    async def work(http: Egress) -> int:
        proxy = await FaultProxy(stage.port, without="Idempotency-Key").start()
        behind = stage.behind(proxy.url)
        handle = await planned(behind, http, content)
        for _time in range(2):
            await commit(behind, http, content, handle)
        return await stage.count(http, content.text)

    assert run(work) == 2


def test_the_look_sees_through_markup_and_shortened_links(stage: Stage) -> None:
    account = replace(stage.account, profile={**stage.account.profile, "key_trusted": False})
    there = replace(stage, account=account)
    assert ADAPTER.safety(account).how is SecondPost.LOOK_UP
    text = words() + "\n\nMore & better:\nhttps://example.org/a/long/path?with=query #Äpfel @grace"
    content = Content(text, "en")

    async def work(http: Egress):
        proxy = await FaultProxy(stage.port).start()
        behind = there.behind(proxy.url)
        handle = await planned(behind, http, content)
        proxy.faults.append(Fault("lose_answer", "POST", stage.commit_path))
        first = await commit(behind, http, content, handle)
        found = await look(behind, http, content, handle)
        since = datetime.now(UTC) - timedelta(minutes=1)
        taken = await stage.adapter.look(
            http, account, stage.credentials, content, handle, since, {found.remote_id}
        )
        return first, found, taken

    first, found, taken = run(work)
    assert isinstance(first, Unknown)
    assert isinstance(found, Published)
    assert isinstance(taken, Absent)


@pytest.mark.parametrize(
    ("version", "trusted"),
    [
        ("4.5.1", True),
        ("4.4.0-alpha.1+glitch", True),
        ("2.7.2 (compatible; Pleroma 2.9.1)", False),
        ("0.20.0+git-1234", False),
        ("4.2.0 (compatible; Something 1.0)", False),
        ("", False),
    ],
)
def test_only_known_servers_keys_are_trusted(version: str, trusted: bool) -> None:
    assert honours_keys(version) is trusted
    assert profile_of({"version": version})["key_trusted"] is trusted


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("x", 1),
        ("👨‍👩‍👧‍👦é", 2),
        ("See https://example.org/" + "a" * 100, 4 + 23),
        ("See https://a.io", 4 + 23),
        ("Hello @name@some.server.example!", len("Hello @name!")),
        ("mail me@some.example", len("mail me@some.example")),
        ("(https://example.org/x).", 23 + 3),
    ],
)
def test_length_as_mastodon_counts(text: str, length: int) -> None:
    account = Account("1", "a", "A", "https://x", profile={"url_length": 23})
    assert ADAPTER.length(text, account) == length


def test_an_html_status_reads_as_it_was_written() -> None:
    html = (
        '<p>Hi <span class="h-card"><a href="x">@<span>name</span></a></span>,<br>see '
        '<a href="y"><span class="invisible">https://</span><span>a.example/b</span></a></p>'
        "<p>A &amp; B</p>"
    )
    assert plain(html) == "Hi @name,\nsee https://a.example/b\n\nA & B"
    assert fingerprint(plain(html)) == fingerprint(
        "Hi @name@far.example,\nsee https://a.example/b\n\nA & B"
    )


def test_an_unknown_visibility_and_a_long_warning_are_found() -> None:
    account = Account("1", "a", "A", "https://x", profile={"text_max": 20})
    content = Content("x" * 15, options={"visibility": "all", "warning": "sixteen letters!"})
    assert [f.code for f in ADAPTER.check(content, account)] == ["visibility", "warning-long"]
