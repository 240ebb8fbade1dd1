"""The pretend network: its adapter against its server, and an audience one can believe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.networks.cases import (
    ContractCases,
    Shown,
    Stage,
    commit,
    egress,
    look,
    picture,
    planned,
    publish,
    run,
    words,
)
from tests.servers.fixtures import Server
from unisono.kernel.egress import Egress
from unisono.networks import registry
from unisono.networks.contract import (
    Account,
    CannotConnect,
    Connected,
    Content,
    Media,
    Published,
    Refused,
    SecondPost,
    Unknown,
    Unsent,
)
from unisono.networks.surveys import Online

ADAPTER = registry.adapter("sandbox")


async def _connected(http: Egress, server: Server, place: str, handle: str = "") -> Connected:
    form = {"server": server.url, "place": place, "handle": handle or f"t{uuid4().hex[:8]}"}
    return await ADAPTER.connect(http, form)


def staged(server: Server, place: str, commit_path: str = "/api/v1/posts$") -> Stage:
    connected = run(lambda http: _connected(http, server, place))
    account, credentials = connected.account, connected.credentials

    async def count(http: Egress, text: str) -> int:
        answer = await http.request(
            "GET", f"{server.url}/_truth", params={"account": account.remote_id}
        )
        return sum(post["text"] == text for post in answer.json()["posts"])

    async def show(http: Egress, remote_id: str) -> Shown:
        headers = {"Authorization": f"Bearer {credentials['token'].reveal()}"}
        answer = await http.request(
            "GET", f"{server.url}/api/v1/posts/{remote_id}", headers=headers
        )
        post = answer.json()
        return Shown(post["text"], [picture["alt"] for picture in post["media"]], post["reply_to"])

    async def delete(http: Egress, remote_id: str) -> None:
        headers = {"Authorization": f"Bearer {credentials['token'].reveal()}"}
        await http.request("DELETE", f"{server.url}/api/v1/posts/{remote_id}", headers=headers)

    form = {"server": server.url, "token": credentials["token"]}
    return Stage(
        ADAPTER, account, dict(credentials), server.port, commit_path, form, count, show, delete
    )


class TestChirp(ContractCases):
    name = "sandbox"

    @pytest.fixture(scope="class")
    def stage(self, sandbox_server: Server) -> Stage:
        return staged(sandbox_server, "chirp")


class TestAgora(ContractCases):
    name = "sandbox"

    @pytest.fixture(scope="class")
    def stage(self, sandbox_server: Server) -> Stage:
        return staged(sandbox_server, "agora")


class TestAtelier(ContractCases):
    name = "sandbox"

    @pytest.fixture(scope="class")
    def stage(self, sandbox_server: Server) -> Stage:
        return staged(sandbox_server, "atelier")

    @pytest.fixture
    def images(self) -> tuple[Media, ...]:
        return (picture("An orchard in the fog"),)


class TestForum(ContractCases):
    """No key: what is out is found by reading the account's own posts."""

    name = "sandbox"

    @pytest.fixture(scope="class")
    def stage(self, sandbox_server: Server) -> Stage:
        return staged(sandbox_server, "forum")


class TestStudio(ContractCases):
    """Prepared unseen in a container, then made public."""

    name = "sandbox"

    @pytest.fixture(scope="class")
    def stage(self, sandbox_server: Server) -> Stage:
        return staged(sandbox_server, "studio", "/publish$")


def test_a_place_that_cannot_be_read_makes_no_promise(sandbox_server: Server) -> None:
    stage = staged(sandbox_server, "pager")
    content = Content(words(), "en")
    safety = stage.adapter.safety(stage.account)
    assert (safety.how, safety.can_look) == (SecondPost.NONE, False)

    async def work(http: Egress):
        handle = await planned(stage, http, content)
        made = await commit(stage, http, content, handle)
        return made, await look(stage, http, content, handle), await stage.count(http, content.text)

    made, seen, count = run(work)
    assert isinstance(made, Published)
    assert made.remote_id and not made.url
    assert isinstance(seen, Unknown)
    assert count == 1


def test_a_forum_is_read_back_to_the_first_try(sandbox_server: Server) -> None:
    """Absence counts only when everything since then was seen, however many pages that is."""
    stage = staged(sandbox_server, "forum")
    first = Content(words("First"), "en")

    async def work(http: Egress):
        made = await publish(stage, http, first)
        for number in range(210):
            await publish(stage, http, Content(words(f"Later {number}"), "en"))
        return made, await look(stage, http, first, {"key": "none"})

    made, seen = run(work)
    assert isinstance(seen, Published)
    assert seen.remote_id == made.remote_id


def test_a_refusal_that_names_the_post_is_proof(sandbox_server: Server) -> None:
    stage = staged(sandbox_server, "forum")
    content = Content(words(), "en")

    async def work(http: Egress):
        rule = {"mode": "duplicate", "path": "posts$", "handle": stage.account.handle}
        await http.request("POST", f"{sandbox_server.url}/_faults", json=rule)
        handle = await planned(stage, http, content)
        return await commit(stage, http, content, handle), await stage.count(http, content.text)

    verdict, count = run(work)
    assert isinstance(verdict, Published)
    assert count == 1


def test_an_expired_container_is_made_anew(sandbox_server: Server) -> None:
    stage = staged(sandbox_server, "studio")
    content = Content(words(), "en")

    async def work(http: Egress):
        handle = await planned(stage, http, content)
        again = await stage.adapter.prepare(http, stage.account, stage.credentials, content, handle)
        lost = {**handle, "container": "c-lost"}
        unsent = await commit(stage, http, content, lost)
        anew = await stage.adapter.prepare(http, stage.account, stage.credentials, content, lost)
        return handle, again, unsent, await commit(stage, http, content, anew)

    handle, again, unsent, verdict = run(work)
    assert handle == again
    assert isinstance(unsent, Unsent)
    assert isinstance(verdict, Published)


@pytest.fixture(scope="module")
def stage(sandbox_server: Server) -> Stage:
    return staged(sandbox_server, "agora")


def _history(text: str, days: int = 40, language: str = "en") -> Content:
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    return Content(text, language, options={"at": at})


def test_history_comes_with_its_reactions(stage: Stage) -> None:
    content = _history(words("Which apple do you like best?") + " https://example.org #apples")
    begun = datetime.now(UTC)

    async def work(http: Egress):
        made = await publish(stage, http, content)
        ids = [made.remote_id]
        adapter, account, opened = stage.adapter, stage.account, stage.credentials
        figures = await adapter.measure(http, account, opened, ids)
        comments = await adapter.collect(
            http, account, opened, ids, datetime(2000, 1, 1, tzinfo=UTC)
        )
        page = await http.request("GET", made.url)
        followers = await adapter.followers(http, account, opened)
        return made, figures[made.remote_id], comments, page, followers

    made, figures, comments, page, followers = run(work)
    assert followers > 0
    assert figures.views > 300
    assert figures.views > figures.likes > figures.shares >= 1
    assert figures.clicks >= 1
    assert figures.comments == len(comments) > 0
    for comment in comments:
        assert comment.post == comment.in_reply_to == made.remote_id
        assert comment.at < begun
        assert comment.text in page.text.replace("&#x27;", "'")
    assert comments == sorted(comments, key=lambda c: c.at)
    assert content.text.split()[0] in page.text
    assert "<script" not in page.text


def test_it_tells_when_followers_are_online(stage: Stage) -> None:
    async def work(http: Egress) -> Online | None:
        return await registry.surveyor("sandbox").online(http, stage.account, stage.credentials)

    told = run(work)
    assert told is not None and told == run(work), "the same however often one asks"
    assert told.zone == "Europe/Berlin"
    noon, night, saturday = (told.numbers[at] for at in (24 + 12, 24 + 3, 5 * 24 + 12))
    assert noon > 1.5 * night and noon > saturday, "as its people live"


@pytest.mark.parametrize("numbers", [[1.0] * 167, [0.0] * 168, [-1.0] + [1.0] * 167])
def test_what_is_no_week_is_refused(numbers: list[float]) -> None:
    with pytest.raises(ValueError, match=r"hours|people"):
        Online("Europe/Berlin", tuple(numbers))
    with pytest.raises(KeyError):
        Online("Orchard/Yard", (1.0,) * 168)


@pytest.mark.parametrize(("language", "sign"), [("de", "ich"), ("fr", "é")])
def test_the_audience_answers_in_the_language_of_the_post(
    stage: Stage, language: str, sign: str
) -> None:
    async def work(http: Egress) -> str:
        ids = []
        for number in range(4):
            made = await publish(
                stage, http, _history(f"{words()} {number}?", 30 + number, language)
            )
            ids.append(made.remote_id)
        since = datetime(2000, 1, 1, tzinfo=UTC)
        found = await stage.adapter.collect(http, stage.account, stage.credentials, ids, since)
        return " ".join(incoming.text for incoming in found)

    assert sign in run(work)


def test_only_news_is_collected(stage: Stage) -> None:
    async def work(http: Egress):
        made = await publish(stage, http, _history(words("Any questions?"), 20))
        adapter, account, opened = stage.adapter, stage.account, stage.credentials
        every = await adapter.collect(
            http, account, opened, [made.remote_id], datetime(2000, 1, 1, tzinfo=UTC)
        )
        late = await adapter.collect(http, account, opened, [made.remote_id], every[-1].at)
        return every, late

    every, late = run(work)
    assert late == every[-1:]


def test_the_same_key_for_another_text_is_not_guessed_about(stage: Stage) -> None:
    async def work(http: Egress):
        content = Content(words(), "en")
        handle = await planned(stage, http, content)
        await commit(stage, http, content, handle)
        return await commit(stage, http, replace(content, text="Something else"), handle)

    assert isinstance(run(work), Unknown)


def test_a_picture_is_needed_where_pictures_are_all(sandbox_server: Server) -> None:
    there = staged(sandbox_server, "atelier")
    content = Content(words(), "en")
    assert [f.code for f in ADAPTER.check(content, there.account)] == ["media-few"]

    async def work(http: Egress):
        return await commit(there, http, content, await planned(there, http, content))

    verdict = run(work)
    assert isinstance(verdict, Refused)
    assert verdict.field == "media"


def test_a_name_is_given_once(sandbox_server: Server) -> None:
    async def work(http: Egress) -> None:
        await _connected(http, sandbox_server, "chirp", "orchard")
        with pytest.raises(CannotConnect) as refused:
            await _connected(http, sandbox_server, "agora", "orchard")
        assert refused.value.field == "handle"
        assert "taken" in str(refused.value)

    run(work)


def test_checks_speak_of_the_field() -> None:
    account = Account("a", "a", "A", "http://x", profile={"limits": {"text_max": 5}})
    media = replace(picture(""), mime="image/tiff", size=99_000_000)
    found = {f.code: f for f in ADAPTER.check(Content("too long", media=(media,)), account)}
    assert set(found) == {"text-long", "media-type", "media-size", "alt-missing"}
    assert found["text-long"].field == "text"
    assert found["alt-missing"].level == "warn"
    assert str(found["text-long"].message) == "3 characters too many for Sandbox (5 at most)."


def test_several_hundred_posts_a_second_are_taken(stage: Stage) -> None:
    """Loading history must not wait for the pretend network; here just that it stays whole."""

    async def work(http: Egress) -> int:
        marker = uuid4().hex
        for number in range(100):
            await publish(stage, http, _history(f"{marker} {number}", 10))
        answer = await http.request(
            "GET", f"{stage.account.server}/_truth", params={"account": stage.account.remote_id}
        )
        return sum(marker in post["text"] for post in answer.json()["posts"])

    assert egress().fetch_sync(work) == 100
