"""Bluesky's adapter against the network's own servers: personal data server and AppView."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.networks.cases import (
    ContractCases,
    Shown,
    Stage,
    commit,
    picture,
    planned,
    publish,
    run,
    words,
)
from tests.servers.fixtures import Network
from unisono.kernel.egress import Egress
from unisono.kernel.secrets import Secret
from unisono.networks import registry
from unisono.networks.bluesky import session
from unisono.networks.bluesky.identity import is_public, pds_in
from unisono.networks.bluesky.records import facets, mentioned, record_key
from unisono.networks.contract import (
    Account,
    CannotConnect,
    Content,
    Figures,
    Refused,
    SignInAgain,
    Unknown,
    Unsent,
    VerdictRaised,
)

ADAPTER = registry.adapter("bluesky")
pytestmark = pytest.mark.servers


async def _xrpc(http: Egress, url: str, call: str, token: str = "", **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = await http.request("POST", f"{url}/xrpc/{call}", headers=headers, json=body)
    assert answer.status == 200, answer.text
    return answer.json()


async def _person(http: Egress, url: str, name: str) -> dict[str, Any]:
    return await _xrpc(
        http, url, "com.atproto.server.createAccount",
        handle=f"{name}.test", email=f"{name}@mail.test", password="orchard-gate",
    )  # fmt: skip


@pytest.fixture(scope="module")
def stage(atproto_network: Network) -> Stage:
    url = atproto_network.url

    async def work(http: Egress):
        person = await _person(http, url, "orchard")
        await _xrpc(
            http, url, "com.atproto.repo.putRecord", person["accessJwt"], repo=person["did"],
            collection="app.bsky.actor.profile", rkey="self",
            record={"$type": "app.bsky.actor.profile", "displayName": "The Orchard"},
        )  # fmt: skip
        made = await _xrpc(
            http, url, "com.atproto.server.createAppPassword", person["accessJwt"], name="unisono"
        )
        form = {"server": url, "handle": "@orchard.test", "password": Secret(made["password"])}
        return form, await ADAPTER.connect(http, form)

    form, connected = run(work)
    did = connected.account.remote_id

    async def count(http: Egress, text: str) -> int:
        params = {"repo": did, "collection": "app.bsky.feed.post", "limit": "100"}
        answer = await http.request(
            "GET", f"{url}/xrpc/com.atproto.repo.listRecords", params=params
        )
        return sum(row["value"]["text"] == text for row in answer.json()["records"])

    async def show(http: Egress, remote_id: str) -> Shown:
        repo, collection, rkey = remote_id.removeprefix("at://").split("/")
        params = {"repo": repo, "collection": collection, "rkey": rkey}
        answer = await http.request("GET", f"{url}/xrpc/com.atproto.repo.getRecord", params=params)
        value = answer.json()["value"]
        images = value.get("embed", {}).get("images", [])
        above = value.get("reply", {}).get("parent", {}).get("uri", "")
        return Shown(value["text"], [image["alt"] for image in images], above)

    async def delete(http: Egress, remote_id: str) -> None:
        token = connected.credentials["access"].reveal()
        await _xrpc(
            http, url, "com.atproto.repo.deleteRecord", token, repo=did,
            collection="app.bsky.feed.post", rkey=remote_id.rpartition("/")[2],
        )  # fmt: skip

    return Stage(
        ADAPTER, connected.account, dict(connected.credentials), atproto_network.port,
        "com.atproto.repo.putRecord$", form, count, show, delete,
    )  # fmt: skip


@pytest.fixture(scope="module")
def viewed(stage: Stage, atproto_network: Network) -> Stage:
    if not atproto_network.view:
        assert os.environ.get("CI") != "true"
        pytest.skip("There is no Redis for this machine, so no AppView that counts and threads.")
    return stage


class TestBluesky(ContractCases):
    name = "bluesky"


def test_the_account_is_described(stage: Stage) -> None:
    assert stage.account.name == "The Orchard"
    assert stage.account.handle == "orchard.test"
    assert stage.account.remote_id.startswith("did:plc:")


def test_a_wrong_app_password_is_said_beside_it(stage: Stage) -> None:
    form = {**stage.form, "password": Secret("abcd-abcd-abcd-abcd")}
    with pytest.raises(CannotConnect) as refused:
        run(lambda http: ADAPTER.connect(http, form))
    assert refused.value.field == "password"


def test_links_mentions_tags_and_shapes_arrive(stage: Stage) -> None:
    text = f"{words()} 🍏 https://example.org/ü?a=1 #Äpfel @orchard.test @nobody.test"
    content = Content(text, "de", (picture("Ein Apfel"),))

    async def work(http: Egress):
        made = await publish(stage, http, content)
        rkey = made.remote_id.rpartition("/")[2]
        params = {"repo": stage.account.remote_id, "collection": "app.bsky.feed.post"}
        answer = await http.request(
            "GET",
            f"{stage.account.server}/xrpc/com.atproto.repo.getRecord",
            params={**params, "rkey": rkey},
        )
        return answer.json()["value"]

    record = run(work)
    raw = text.encode()
    found = {
        raw[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(): f["features"][0]
        for f in record["facets"]
    }
    assert set(found) == {"https://example.org/ü?a=1", "#Äpfel", "@orchard.test"}
    assert found["@orchard.test"]["did"] == stage.account.remote_id
    assert found["#Äpfel"]["tag"] == "Äpfel"
    assert record["langs"] == ["de"]
    assert record["embed"]["images"][0]["aspectRatio"] == {"width": 120, "height": 80}


def test_another_text_under_our_key_is_never_overwritten(stage: Stage) -> None:
    async def work(http: Egress):
        content = Content(words(), "en")
        handle = await planned(stage, http, content)
        await commit(stage, http, content, handle)
        other = replace(content, text=words("Other"))
        return await commit(stage, http, other, handle), await stage.count(http, content.text)

    verdict, count = run(work)
    assert isinstance(verdict, Unknown)
    assert count == 1


def test_bytes_are_counted_too(stage: Stage) -> None:
    family = "👨‍👩‍👧‍👦"
    content = Content(family * 121, "en")
    assert ADAPTER.length(content.text, stage.account) == 121
    assert [f.code for f in ADAPTER.check(content, stage.account)] == ["text-bytes"]

    async def work(http: Egress):
        return await commit(stage, http, content, await planned(stage, http, content))

    assert isinstance(run(work), Refused)


# --- sessions ---


def test_a_session_is_renewed_before_it_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(http: Egress):
        connected = await ADAPTER.connect(http, stage.form)
        account, opened = connected.account, connected.credentials
        assert await ADAPTER.refresh(http, account, opened) is None
        monkeypatch.setattr(session, "RENEW_BEFORE", timedelta(days=1))
        first = await ADAPTER.refresh(http, account, opened)
        again = await ADAPTER.refresh(http, account, opened)
        content = Content(words(), "en")
        made = await publish(replace(stage, credentials=dict(first)), http, content)
        return opened, first, again, made

    opened, first, again, made = run(work)
    assert first["refresh"] != opened["refresh"]
    assert first["password"] == opened["password"]
    assert again["refresh"].reveal(), "a repeat after a lost answer must not lock us out"
    assert made.remote_id


def test_a_dead_refresh_token_falls_back_on_the_app_password(stage: Stage) -> None:
    opened = {**stage.credentials, "access": Secret("dead"), "refresh": Secret("a.b.c")}
    renewed = run(lambda http: ADAPTER.refresh(http, stage.account, opened))
    assert session.expires_at(renewed["access"]) > datetime.now(UTC)


def test_a_withdrawn_app_password_asks_to_sign_in_again(stage: Stage) -> None:
    dead = dict.fromkeys(stage.credentials, Secret("a.b.c"))
    with pytest.raises(VerdictRaised) as raised:
        run(lambda http: ADAPTER.refresh(http, stage.account, dead))
    assert isinstance(raised.value.verdict, SignInAgain)


def test_an_unreachable_server_does_not_sign_us_out(stage: Stage, closed_port: int) -> None:
    away = replace(stage.account, server=f"http://127.0.0.1:{closed_port}")
    opened = {**stage.credentials, "access": Secret("dead")}
    with pytest.raises(VerdictRaised) as raised:
        run(lambda http: ADAPTER.refresh(http, away, opened))
    assert isinstance(raised.value.verdict, Unsent)


# --- figures and replies, through an AppView ---


async def _until(seen: Callable[[], Awaitable[Any]], enough: Callable[[Any], bool]) -> Any:
    """The AppView follows within a second; ask it until it has."""
    for _time in range(100):
        found = await seen()
        if enough(found):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"The AppView still shows {found!r}.")


def test_figures_and_replies(viewed: Stage) -> None:
    url, begun = viewed.account.server, datetime.now(UTC) - timedelta(seconds=5)

    async def act(http: Egress, who: dict[str, Any], collection: str, record: Any) -> Any:
        stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        return await _xrpc(
            http, url, "com.atproto.repo.createRecord", who["accessJwt"], repo=who["did"],
            collection=collection, record={"$type": collection, "createdAt": stamp, **record},
        )  # fmt: skip

    async def work(http: Egress):
        visitor = await _person(http, url, f"visitor{uuid4().hex[:6]}")
        made = await publish(viewed, http, Content(words(), "en", (picture("An apple"),)))
        subject = {"uri": made.remote_id, "cid": made.raw["body"].split('"cid":"')[1].split('"')[0]}
        await act(http, visitor, "app.bsky.feed.like", {"subject": subject})
        await act(http, visitor, "app.bsky.feed.repost", {"subject": subject})
        follow = {"subject": viewed.account.remote_id}
        await act(http, visitor, "app.bsky.graph.follow", follow)
        reply = {"root": subject, "parent": subject}
        asked = await act(
            http, visitor, "app.bsky.feed.post", {"text": "When do you open?", "reply": reply}
        )
        nested = {"root": subject, "parent": {"uri": asked["uri"], "cid": asked["cid"]}}
        await act(http, visitor, "app.bsky.feed.post", {"text": "And on Sunday?", "reply": nested})
        adapter, account, opened, ids = (
            viewed.adapter, viewed.account, viewed.credentials, [made.remote_id],
        )  # fmt: skip
        incoming = await _until(
            lambda: adapter.collect(http, account, opened, ids, begun), lambda got: len(got) == 2
        )
        figures = await _until(
            lambda: adapter.measure(http, account, opened, ids),
            lambda got: got[made.remote_id].shares == 1 and got[made.remote_id].comments,
        )
        followers = await _until(
            lambda: adapter.followers(http, account, opened), lambda got: got == 1
        )
        return made, asked, incoming, figures[made.remote_id], followers

    made, asked, (first, second), figures, followers = run(work)
    assert followers == 1
    assert figures == Figures(likes=1, comments=1, shares=1)
    assert (first.text, first.in_reply_to, first.post) == (
        "When do you open?", made.remote_id, made.remote_id,
    )  # fmt: skip
    assert (second.text, second.in_reply_to, second.post) == (
        "And on Sunday?", asked["uri"], made.remote_id,
    )  # fmt: skip
    assert first.author_handle.startswith("visitor")


def test_what_is_gone_has_no_figures_and_no_replies(viewed: Stage) -> None:
    gone = f"at://{viewed.account.remote_id}/app.bsky.feed.post/3lfz5uqbzjs2k"

    async def work(http: Egress):
        adapter, account, opened = viewed.adapter, viewed.account, viewed.credentials
        return (
            await adapter.measure(http, account, opened, [gone]),
            await adapter.collect(http, account, opened, [gone], datetime.now(UTC)),
        )

    assert run(work) == ({}, [])


# --- pure rules ---


def test_record_keys_are_valid_ordered_and_apart() -> None:
    due = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    keys = {record_key(due, UUID(int=number)) for number in range(2000)}
    assert len(keys) == 2000
    assert all(len(k) == 13 and k[0] in "234567abcdefghij" for k in keys)
    later = {record_key(due + timedelta(seconds=1), UUID(int=number)) for number in range(50)}
    assert max(keys) < min(later)


def test_facets_count_bytes() -> None:
    (facet,) = facets("Grün: https://a.example/ä.", {})
    assert facet["index"] == {"byteStart": 7, "byteEnd": 27}
    assert facet["features"][0]["uri"] == "https://a.example/ä"


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@Name.example.com, hi", ["name.example.com"]),
        ("@name hi", []),
        ("mail@name.example.com", []),
        ("@a.b.c @a.b.c", ["a.b.c"]),
        ("(@name.test.)", ["name.test"]),
    ],
)
def test_only_domain_names_are_handles(text: str, handles: list[str]) -> None:
    assert mentioned(text) == handles


@pytest.mark.parametrize(
    ("server", "public"),
    [
        ("https://bsky.social", True),
        ("https://pds.company.example", True),
        ("http://pds.company.example", False),
        ("https://10.0.0.1", False),
        ("https://localhost:2583", False),
        ("https://pds.internal", False),
    ],
)
def test_only_public_servers_have_public_pages(server: str, public: bool) -> None:
    assert is_public(server) is public


def test_the_server_is_read_from_the_did_document() -> None:
    service = {"id": "#atproto_pds", "serviceEndpoint": "https://pds.example/"}
    assert pds_in({"service": [{"id": "#other"}, service]}) == "https://pds.example"
    assert pds_in({"service": None}) == pds_in(None) == ""


def test_without_a_view_nothing_is_offered() -> None:
    assert Figures() == Figures(None, None, None, None, None)
    assert ADAPTER.limits(Account("d", "h", "n", "https://x")).text_unit == "graphemes"
