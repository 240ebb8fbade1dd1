"""The contract every adapter keeps, as tests it inherits. The server's own count is the truth."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from PIL import Image

from tests.servers.faultproxy import Fault, FaultProxy
from unisono.kernel.egress import Egress, Rules
from unisono.kernel.secrets import Secret
from unisono.networks import registry
from unisono.networks.contract import (
    Absent,
    Account,
    CannotConnect,
    Connects,
    Content,
    Continues,
    Figures,
    Handle,
    Limited,
    Measures,
    Media,
    Published,
    Publishes,
    Reads,
    Refused,
    SecondPost,
    Seen,
    SignInAgain,
    Unknown,
    Unsent,
    Verdict,
    VerdictRaised,
)
from unisono.networks.surveys import Surveys

FAULTS = ("lose_answer", "lose_request", "dup", "truncate", "garbage", "error")
SEEN_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Shown:
    """A post as its server shows it."""

    text: str
    alts: list[str]
    parent: str = ""


@dataclass(frozen=True)
class Stage:
    """One connected account on one real server, and how to ask that server for the truth."""

    adapter: Any
    account: Account
    credentials: dict[str, Secret]
    port: int
    commit_path: str
    form: dict[str, str | Secret]
    count: Callable[[Egress, str], Awaitable[int]]
    show: Callable[[Egress, str], Awaitable[Shown]]
    delete: Callable[[Egress, str], Awaitable[None]]

    def behind(self, url: str) -> Stage:
        return replace(self, account=replace(self.account, server=url))


def egress() -> Egress:
    return Egress(Rules(allow_private=True), timeout=10)


T = TypeVar("T")


def run(work: Callable[[Egress], Awaitable[T]]) -> T:
    return egress().fetch_sync(work)


def picture(alt: str, colour: tuple[int, int, int] = (180, 60, 40)) -> Media:
    data = io.BytesIO()
    Image.new("RGB", (120, 80), colour).save(data, "JPEG")
    raw = data.getvalue()

    async def read() -> bytes:
        return raw

    return Media(hashlib.sha256(raw).hexdigest(), "image/jpeg", 120, 80, len(raw), alt, read)


def words(what: str = "Harvest") -> str:
    """A text no other test has."""
    return f"{what} news {uuid4().hex[:12]}: the first crates have left the yard."


async def planned(stage: Stage, http: Egress, content: Content) -> Handle:
    handle = stage.adapter.plan(
        content, stage.account, publication_id=uuid4(), due_at=datetime.now(UTC)
    )
    kept = json.loads(json.dumps(handle))
    return await stage.adapter.prepare(http, stage.account, stage.credentials, content, kept)


async def commit(stage: Stage, http: Egress, content: Content, handle: Handle) -> Verdict:
    return await stage.adapter.commit(http, stage.account, stage.credentials, content, handle)


async def publish(stage: Stage, http: Egress, content: Content) -> Published:
    verdict = await commit(stage, http, content, await planned(stage, http, content))
    assert isinstance(verdict, Published), verdict
    return verdict


def follow_up(root: Published, parent: Published) -> Content:
    """A reply to `parent`, named as the publishing room names it."""
    above = {"root": root, "parent": parent}
    return Content(
        words("Next"),
        "en",
        reply_to={
            place: {**post.reference, "remote_id": post.remote_id} for place, post in above.items()
        },
    )


async def look(stage: Stage, http: Egress, content: Content, handle: Handle) -> Any:
    since = datetime.now(UTC) - timedelta(minutes=1)
    return await stage.adapter.look(http, stage.account, stage.credentials, content, handle, since)


async def settle(
    stage: Stage, http: Egress, content: Content, handle: Handle, verdict: Verdict, way: str
) -> Verdict:
    """What the publishing room does after a doubtful answer, in the way the adapter declares."""
    if isinstance(verdict, Unknown) and way == "look":
        seen = await look(stage, http, content, handle)
        if isinstance(seen, Published):
            return seen
        assert isinstance(seen, Absent), seen
        return await commit(stage, http, content, handle)
    if isinstance(verdict, Unknown | Unsent):
        return await commit(stage, http, content, handle)
    return verdict


def _must_promise(stage: Stage, mode: str, way: str) -> None:
    """Skip what this network does not promise, and the ledger therefore never relies on."""
    safety = stage.adapter.safety(stage.account)
    heeds_keys = safety.how in (SecondPost.KEY, SecondPost.DETERMINISTIC_ID)
    if mode == "dup" and not heeds_keys:
        pytest.skip("A request that arrives twice makes two posts here, whoever sends it.")
    if way == "repeat" and safety.repeat_within == timedelta():
        pytest.skip("Nothing is repeated here without a look first.")


class ContractCases:
    """Inherit, and give a `stage` fixture."""

    name = ""

    @pytest.fixture
    def images(self) -> tuple[Media, ...]:
        """The pictures a plain post of this network needs."""
        return ()

    # --- declarations ---

    def test_what_is_declared_is_there(self, stage: Stage) -> None:
        adapter = registry.adapter(self.name)
        for capability in (Connects, Publishes, Continues, Measures, Surveys, Reads):
            assert adapter.offers(capability) == isinstance(adapter, capability)
        assert adapter.icon.startswith("<svg")
        assert 1 <= len(adapter.mark) <= 2
        assert stage.adapter.safety(stage.account).how in type(adapter.second_post)

    def test_a_plan_is_pure(self, stage: Stage) -> None:
        content, which = Content("Same", "en"), uuid4()
        one, two = (
            stage.adapter.plan(content, stage.account, publication_id=which, due_at=SEEN_AT)
            for _time in range(2)
        )
        other = stage.adapter.plan(content, stage.account, publication_id=uuid4(), due_at=SEEN_AT)
        assert one == two != other
        assert json.loads(json.dumps(one)) == one

    # --- connecting ---

    def test_connects(self, stage: Stage) -> None:
        connected = run(lambda http: stage.adapter.connect(http, stage.form))
        assert connected.account.remote_id == stage.account.remote_id
        assert connected.account.name
        assert "***" in repr(connected.credentials)

    def test_a_server_that_is_not_there(self, stage: Stage, closed_port: int) -> None:
        form = {**stage.form, "server": f"http://127.0.0.1:{closed_port}"}
        with pytest.raises(CannotConnect) as refused:
            run(lambda http: stage.adapter.connect(http, form))
        assert refused.value.field == "server"

    def test_a_server_that_is_something_else(self, stage: Stage) -> None:
        async def work(http: Egress) -> None:
            proxy = await FaultProxy(stage.port).start()
            proxy.faults += [Fault("html", method, count=9) for method in ("GET", "POST")]
            with pytest.raises(CannotConnect) as refused:
                await stage.adapter.connect(http, {**stage.form, "server": proxy.url})
            assert refused.value.field == "server"
            assert "127.0.0.1" in str(refused.value)

        run(work)

    def test_a_private_address_is_refused_by_default(self, stage: Stage) -> None:
        with pytest.raises(CannotConnect) as refused:
            Egress().fetch_sync(lambda http: stage.adapter.connect(http, stage.form))
        assert refused.value.field == "server"

    # --- publishing ---

    def test_a_text_is_published(self, stage: Stage, images: tuple[Media, ...]) -> None:
        content = Content(words() + " Ça sent bon 🍏", "en", images)

        async def work(http: Egress) -> tuple[Published, Shown, int]:
            made = await publish(stage, http, content)
            return (
                made,
                await stage.show(http, made.remote_id),
                await stage.count(http, content.text),
            )

        made, shown, count = run(work)
        assert count == 1
        assert shown.text == content.text
        assert re.match(r"https?://", made.url)

    def test_pictures_keep_their_alt_text(self, stage: Stage) -> None:
        alts = ["Crates of red apples on a cart", "Das Hoftor im Morgenlicht"]
        media = (picture(alts[0]), picture(alts[1], (20, 90, 160)))
        content = Content(words(), "en", media)

        async def work(http: Egress) -> Shown:
            made = await publish(stage, http, content)
            return await stage.show(http, made.remote_id)

        assert run(work).alts == alts

    @pytest.mark.parametrize("way", ["repeat", "look"])
    @pytest.mark.parametrize("mode", FAULTS)
    def test_exactly_one_post(
        self, stage: Stage, images: tuple[Media, ...], mode: str, way: str
    ) -> None:
        content = Content(words(), "en", images)
        _must_promise(stage, mode, way)

        async def work(http: Egress) -> tuple[Verdict, Verdict, int]:
            proxy = await FaultProxy(stage.port).start()
            there = stage.behind(proxy.url)
            handle = await planned(there, http, content)
            proxy.faults.append(Fault(mode, "POST", stage.commit_path))
            first = await commit(there, http, content, handle)
            last = await settle(there, http, content, handle, first, way)
            await proxy.stop()
            return first, last, await stage.count(http, content.text)

        first, last, count = run(work)
        assert isinstance(first, Published if mode == "dup" else Unknown), first
        assert isinstance(last, Published), last
        assert count == 1

    def test_what_is_out_can_be_read_back(self, stage: Stage, images: tuple[Media, ...]) -> None:
        if not stage.adapter.safety(stage.account).can_look:
            pytest.skip("Nothing can be read here.")
        text = (
            f"{words('Grüße')} See https://example.com/a?b=1&c=2 #Äpfel <3 & “more”\n\nSecond 👩‍🌾."
        )
        content = Content(text, "en", images)

        async def work(http: Egress) -> list[Seen | None]:
            made = await publish(stage, http, content)
            reply = follow_up(made, made)
            answer = await publish(stage, http, reply)

            async def seen(*posts: tuple[Published, Content]) -> list[Seen | None]:
                found = await stage.adapter.confirm(
                    http, stage.account, stage.credentials, {p.remote_id: c for p, c in posts}
                )
                return [found.get(post.remote_id) for post, _content in posts]

            both = await seen((made, content), (answer, reply))
            other = await seen((made, replace(content, text="Something else.")))
            await stage.delete(http, answer.remote_id)
            return [*both, *other, *await seen((answer, reply))]

        first, second, other, deleted = run(work)
        assert (first, second, deleted) == (Seen(), Seen(), Seen(there=False))
        assert other and other.there and other.text

    @pytest.mark.parametrize("way", ["repeat", "look"])
    def test_a_thread_hangs_together(
        self, stage: Stage, images: tuple[Media, ...], way: str
    ) -> None:
        _must_promise(stage, "lose_answer", way)

        async def work(http: Egress) -> tuple[list[Published], list[Shown], int]:
            first = await publish(stage, http, Content(words("First"), "en", images))
            second = await publish(stage, http, follow_up(first, first))
            third = follow_up(first, second)
            proxy = await FaultProxy(stage.port).start()
            there = stage.behind(proxy.url)
            handle = await planned(there, http, third)
            proxy.faults.append(Fault("lose_answer", "POST", stage.commit_path))
            doubt = await commit(there, http, third, handle)
            last = await settle(there, http, third, handle, doubt, way)
            await proxy.stop()
            assert isinstance(last, Published), last
            parts = [first, second, last]
            shown = [await stage.show(http, part.remote_id) for part in parts]
            return parts, shown, await stage.count(http, third.text)

        parts, shown, count = run(work)
        assert [part.parent for part in shown] == ["", parts[0].remote_id, parts[1].remote_id]
        assert count == 1
        for part in parts[:2]:  # The last went through the proxy, whose address it shows.
            assert stage.adapter.named(stage.account, part.url) == part.remote_id
        assert stage.adapter.named(stage.account, "https://example.org/somewhere/else") == ""

    def test_a_thread_goes_on_below_a_post_a_person_found(
        self, stage: Stage, images: tuple[Media, ...]
    ) -> None:
        async def work(http: Egress) -> tuple[Published, Shown]:
            first = await publish(stage, http, Content(words("First"), "en", images))
            found = stage.adapter.named(stage.account, first.url)
            above = {"remote_id": found, "named": True}
            second = Content(words("Second"), "en", reply_to={"root": above, "parent": above})
            assert not second.ready, "the network has to be asked about it first"
            made = await publish(stage, http, second)
            return first, await stage.show(http, made.remote_id)

        first, shown = run(work)
        assert shown.parent == first.remote_id

    def test_a_follow_up_needs_no_picture_but_a_text(self, stage: Stage) -> None:
        content = Content("", "en", reply_to={})
        assert [f.code for f in stage.adapter.check(content, stage.account)] == ["empty"]
        long = Content("é" * 20_000, "en", reply_to={})
        assert [f.code for f in stage.adapter.check(long, stage.account)] == ["text-long"]

    def test_five_at_once_make_one_post(self, stage: Stage, images: tuple[Media, ...]) -> None:
        _must_promise(stage, "dup", "repeat")
        content = Content(words(), "en", images)

        async def work(http: Egress) -> int:
            handle = await planned(stage, http, content)
            await asyncio.gather(*(commit(stage, http, content, handle) for _ in range(5)))
            return await stage.count(http, content.text)

        assert run(work) == 1

    def test_what_was_never_sent_is_absent(self, stage: Stage, images: tuple[Media, ...]) -> None:
        content = Content(words(), "en", images)

        async def work(http: Egress) -> Any:
            handle = await planned(stage, http, content)
            return await look(stage, http, content, handle)

        assert isinstance(run(work), Absent)

    def test_a_look_without_an_answer_proves_nothing(self, stage: Stage, closed_port: int) -> None:
        content = Content(words(), "en")

        async def work(http: Egress) -> Any:
            away = stage.behind(f"http://127.0.0.1:{closed_port}")
            handle = stage.adapter.plan(
                content, stage.account, publication_id=uuid4(), due_at=SEEN_AT
            )
            return await look(away, http, content, handle)

        assert isinstance(run(work), Unknown)

    def test_too_long_is_refused_and_makes_nothing(
        self, stage: Stage, images: tuple[Media, ...]
    ) -> None:
        text = words() + "x" * stage.adapter.limits(stage.account).text_max
        content = Content(text, "en", images)
        found = stage.adapter.check(content, stage.account)
        assert [(f.level, f.code, f.field) for f in found if f.level == "bad"] == [
            ("bad", "text-long", "text")
        ]

        async def work(http: Egress) -> tuple[Verdict, int]:
            try:
                verdict = await commit(stage, http, content, await planned(stage, http, content))
            except VerdictRaised as raised:
                verdict = raised.verdict
            return verdict, await stage.count(http, text)

        verdict, count = run(work)
        assert isinstance(verdict, Refused)
        assert verdict.permanent
        assert stage.adapter.label in str(verdict.reason)
        assert count == 0

    def test_a_dead_token_asks_to_sign_in_again(
        self, stage: Stage, images: tuple[Media, ...]
    ) -> None:
        content = Content(words(), "en", images)

        async def work(http: Egress) -> tuple[Verdict, int]:
            handle = await planned(stage, http, content)
            dead = replace(stage, credentials=dict.fromkeys(stage.credentials, Secret("a.b.c")))
            return await commit(dead, http, content, handle), await stage.count(http, content.text)

        verdict, count = run(work)
        assert isinstance(verdict, SignInAgain), verdict
        assert count == 0

    def test_too_many_calls(self, stage: Stage, images: tuple[Media, ...]) -> None:
        content = Content(words(), "en", images)

        async def work(http: Egress) -> Verdict:
            proxy = await FaultProxy(stage.port).start()
            there = stage.behind(proxy.url)
            handle = await planned(there, http, content)
            proxy.faults.append(Fault("limited", "POST", stage.commit_path))
            return await commit(there, http, content, handle)

        verdict = run(work)
        assert isinstance(verdict, Limited)
        assert timedelta(seconds=80) < verdict.until - datetime.now(UTC) < timedelta(seconds=91)

    def test_nobody_there_is_proved_unsent(self, stage: Stage, closed_port: int) -> None:
        content = Content(words(), "en")

        async def work(http: Egress) -> Verdict:
            away = stage.behind(f"http://127.0.0.1:{closed_port}")
            handle = stage.adapter.plan(
                content, stage.account, publication_id=uuid4(), due_at=SEEN_AT
            )
            return await commit(away, http, content, handle)

        assert isinstance(run(work), Unsent)

    def test_a_web_page_instead_of_an_answer_is_unknown(
        self, stage: Stage, images: tuple[Media, ...]
    ) -> None:
        content = Content(words(), "en", images)

        async def work(http: Egress) -> Verdict:
            proxy = await FaultProxy(stage.port).start()
            there = stage.behind(proxy.url)
            handle = await planned(there, http, content)
            proxy.faults.append(Fault("html", "POST", stage.commit_path))
            return await commit(there, http, content, handle)

        assert isinstance(run(work), Unknown)

    # --- reading ---

    def test_a_fresh_post_has_figures(self, stage: Stage, images: tuple[Media, ...]) -> None:
        content = Content(words(), "en", images)

        async def work(http: Egress) -> tuple[str, dict[str, Figures]]:
            made = await publish(stage, http, content)
            adapter, account, opened = stage.adapter, stage.account, stage.credentials
            return made.remote_id, await adapter.measure(http, account, opened, [made.remote_id])

        remote_id, figures = run(work)
        assert set(figures) <= {remote_id}
        for figure in figures.values():
            assert figure.likes in (0, None)

    def test_the_account_has_so_many_followers(self, stage: Stage) -> None:
        async def work(http: Egress) -> int | None:
            return await stage.adapter.followers(http, stage.account, stage.credentials)

        found = run(work)
        assert found is None or found >= 0

    def test_an_answer_of_a_strange_shape_is_tried_again(self, stage: Stage) -> None:
        async def work(http: Egress) -> list[Verdict]:
            proxy = await FaultProxy(stage.port).start()
            adapter, account, opened = (
                stage.adapter,
                stage.behind(proxy.url).account,
                stage.credentials,
            )
            content, raised = Content("x", "en"), []
            handle = adapter.plan(content, account, publication_id=uuid4(), due_at=SEEN_AT)
            for ask in (
                lambda: adapter.measure(http, account, opened, ["1"]),
                lambda: adapter.collect(http, account, opened, ["1"], SEEN_AT),
                lambda: adapter.followers(http, account, opened),
            ):
                proxy.faults = [Fault("odd", method, count=9) for method in ("GET", "POST")]
                with pytest.raises(VerdictRaised) as strange:
                    await ask()
                raised.append(strange.value.verdict)
            seen = await look(stage.behind(proxy.url), http, content, handle)
            assert isinstance(seen, Unknown)
            return raised

        assert all(isinstance(verdict, Unsent) for verdict in run(work))
