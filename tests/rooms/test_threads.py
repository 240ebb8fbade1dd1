"""Threads and first comments: each part goes once, in order, and from where the chain stopped."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.servers.fixtures import Server, sandbox_server
from unisono.kernel import jobs
from unisono.kernel.addresses import Rules
from unisono.kernel.egress import Egress
from unisono.kernel.refusals import Conflict, Invalid
from unisono.networks import registry
from unisono.networks.contract import (
    Connects,
    Measures,
    Published,
    Publishes,
    Reads,
    Refused,
    Sentence,
    Unknown,
)
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content.checks import findings
from unisono.rooms.content.models import Post, Revision, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.metrics.models import Watch
from unisono.rooms.notifications.models import Notice
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, doubts, holds, ledger, queries, takeover
from unisono.rooms.publishing.agenda import agenda
from unisono.rooms.publishing.delivery import delivery
from unisono.rooms.publishing.models import Attempt, Publication
from unisono.rooms.publishing.standings import standing, standing_of
from unisono.rooms.workflow import actions as workflow

__all__ = ["sandbox_server"]

WHY = Sentence("The network said so.")
WALL = datetime(2026, 3, 11, 8, 50)
TEXTS = ["Two", "Three", "Four", "Five"]


def thread(cast: Cast, *, texts: list[str] | None = None, channel: Channel | None = None) -> Post:
    return content.write_post(
        title="The furnace",
        text="One",
        follow_ups=TEXTS if texts is None else texts,
        department=cast.departments["Marketing"],
        channels=[channel or cast.agora],
        by=cast.actor("editor"),
        now=NOW,
    )


def agreed(cast: Cast, post: Post) -> Revision:
    (request,) = workflow.ask_approval(post, by=cast.actor("editor"), now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    return request.revision


@pytest.fixture
def post(cast: Cast) -> Post:
    return thread(cast)


@pytest.fixture
def due(cast: Cast, post: Post) -> Publication:
    """The first of five parts, due at NOW."""
    revision = agreed(cast, post)
    return publishing.publish_now(revision, by=cast.actor("editor"), now=NOW)


def chain(post: Post) -> list[Publication]:
    return list(Publication.objects.filter(variant__post=post).order_by("occurrence", "part"))


def states(post: Post) -> list[str]:
    return [row.state for row in chain(post)]


def send(verdict: Any = None, at: datetime = NOW) -> Publication:
    """Claim the one part that may go, and settle it."""
    (errand,) = claims.claim_due(worker="w", now=at)
    told = verdict or Published(f"r-{uuid4().hex}", "http://x/1")
    ledger.settle_all([(errand, told)], now=at)
    return Publication.objects.get(pk=errand.publication_id)


# --- content ---


def test_follow_ups_are_frozen_and_covered_by_the_digest(cast: Cast, post: Post) -> None:
    (variant,) = variants_of(post)
    before = variant.digest
    revision = content.freeze(variant, by=cast.actor("editor"), now=NOW)
    assert revision.follow_ups == TEXTS
    content.adapt_variant(
        variant, text=None, follow_ups=[*TEXTS[:3], "Cinq"], by=cast.actor("editor"), now=NOW
    )
    assert variant.digest != before
    content.adapt_variant(variant, text=None, by=cast.actor("editor"), now=NOW)
    assert variant.parts[3] == "Cinq", "what is not said stays"
    content.adapt_variant(variant, text=None, follow_ups=None, by=cast.actor("editor"), now=NOW)
    assert variant.digest == before, "it follows the common ones again"


def test_without_follow_ups_a_digest_is_what_it_always_was(cast: Cast, post: Post) -> None:
    plain = thread(cast, texts=[])
    (variant,) = variants_of(plain)
    from unisono.rooms.content import snapshot

    known = snapshot.digest_of(
        network="sandbox",
        remote_id=cast.agora.remote_id,
        text="One",
        language=plain.language,
        media=[],
        options={},
    )
    assert variant.digest == known
    assert variants_of(post)[0].digest != known


def test_checks_name_the_part(cast: Cast) -> None:
    post = thread(cast, texts=["Fine", "", "x" * 301], channel=cast.chirp)
    told = [(f.level, f.field, f.sentence) for f in findings(variants_of(post)[0])]
    assert told == [
        ("bad", "follow_ups", "Part 3: Write a text, or take this follow-up away."),
        ("bad", "follow_ups", "Part 4: 1 characters too many for Sandbox (300 at most)."),
    ]
    with pytest.raises(content.NotReady):
        content.freeze(variants_of(post)[0], by=cast.actor("editor"), now=NOW)


def test_a_network_that_cannot_continue_says_so(
    cast: Cast, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    capabilities = (Connects, Publishes, Measures, Reads)
    monkeypatch.setattr(registry.adapter("sandbox"), "capabilities", capabilities)
    (found,) = findings(variants_of(post)[0])
    assert found.sentence == "Sandbox takes no follow-ups. Take them away for this channel."


def test_a_thread_has_an_end(cast: Cast) -> None:
    with pytest.raises(Invalid, match="24"):
        thread(cast, texts=["more"] * 25)


# --- the chain ---


def test_each_part_waits_for_the_one_before_it(cast: Cast, post: Post, due: Publication) -> None:
    assert [(row.part, row.parts, row.waits) for row in chain(post)] == [
        (0, 5, False), (1, 5, True), (2, 5, True), (3, 5, True), (4, 5, True),
    ]  # fmt: skip
    at = NOW
    for number in range(5):
        at += timedelta(seconds=1)
        (errand,) = claims.claim_due(worker="w", now=at)
        assert errand.content.text == ["One", *TEXTS][number]
        verdict = Published(f"r-{number}", "", reference={"cid": f"c-{number}"})
        ledger.settle_all([(errand, verdict)], now=at)
    assert claims.claim_due(worker="w", now=at) == []
    assert states(post) == ["published"] * 5
    root, last = {"remote_id": "r-0", "cid": "c-0"}, {"remote_id": "r-3", "cid": "c-3"}
    assert chain(post)[1].reply_to == {"root": root, "parent": root}
    assert chain(post)[4].reply_to == {"root": root, "parent": last}
    assert errand.content.reply_to == {"root": root, "parent": last}
    assert chain(post)[4].due_at == at - timedelta(seconds=1), (
        "a part is due when the one before it is out"
    )


def test_the_batched_path_asks_nothing_more_a_row(cast: Cast) -> None:
    def outcomes(count: int, texts: list[str]) -> int:
        for _row in range(count):
            revision = agreed(cast, thread(cast, texts=texts))
            publishing.publish_now(revision, by=cast.actor("editor"), now=NOW)
        claimed = claims.claim_due(worker="w", now=NOW)
        rest = ledger.arm_all([(e, e.handle) for e in claimed if not e.armed], now=NOW)
        armed = [*(e for e in claimed if e.armed), *rest.values()]
        assert len(armed) == count
        told = [(e, Published(f"r-{uuid4().hex}", "")) for e in armed]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ledger.settle_all(told, now=NOW)
        Publication.objects.filter(state="scheduled").update(next_at=None)
        return len(asked)

    plain = outcomes(3, [])
    assert outcomes(3, ["Two"]) == plain + 1
    assert outcomes(6, ["Two"]) == plain + 1


@pytest.mark.parametrize(
    ("verdict", "state"), [(Refused(WHY), "failed"), (Unknown(WHY), "unknown")]
)
def test_what_comes_behind_a_part_in_trouble_waits(
    cast: Cast, post: Post, due: Publication, verdict: Any, state: str
) -> None:
    send()
    send()
    assert send(verdict).state == state
    assert claims.claim_due(worker="w", now=NOW + timedelta(days=1)) == []
    assert states(post) == ["published", "published", state, "scheduled", "scheduled"]


def test_a_failed_part_is_sent_again_and_the_chain_goes_on(
    cast: Cast, post: Post, due: Publication
) -> None:
    send()
    failed = send(Refused(WHY))
    content.change_post(
        post, title="Changed", text="Other words", language="en", department=post.department,
        campaign=None, objective=None, by=cast.actor("editor"), now=NOW,
    )  # fmt: skip
    later = NOW + timedelta(days=2)
    publishing.retry(failed, by=cast.actor("editor"), now=later)
    for _part in range(4):
        assert send(at=later).state == "published", "an edit changes nothing once the post is out"
    assert states(post) == ["published"] * 5


def test_a_part_that_waited_too_long_asks_a_person(
    cast: Cast, post: Post, due: Publication
) -> None:
    send()
    send(Refused(WHY))
    publishing.retry(chain(post)[1], by=cast.actor("editor"), now=NOW + timedelta(hours=5))
    assert send(at=NOW + timedelta(hours=5)).state == "published"
    third = chain(post)[2]
    assert third.latest_at == NOW + timedelta(hours=7), "counted from when it could go"
    assert claims.claim_due(worker="w", now=NOW + timedelta(hours=8)) == []
    third.refresh_from_db()
    assert (third.state, third.reason_code) == ("held", "late")
    jobs.run_pending()
    notice = Notice.objects.filter(kind="publication.held").first()
    assert notice is not None
    assert notice.params["title"] == "The furnace (3/5)"


def test_a_person_settles_a_doubt_with_the_link_of_the_post(
    cast: Cast, post: Post, due: Publication
) -> None:
    send()
    Publication.objects.filter(pk=send(Unknown(WHY)).pk).update(next_at=None)
    second = chain(post)[1]
    by = cast.actor("editor")
    with pytest.raises(Invalid):
        publishing.settle_by_person(
            second, outcome="published", url="https://example.org/x", by=by, now=NOW
        )
    url = f"{second.channel.url}/p123"
    publishing.settle_by_person(second, outcome="published", url=url, by=by, now=NOW)
    assert (second.remote_id, chain(post)[2].reply_to["parent"]["remote_id"]) == ("p123", "p123")
    (errand,) = claims.claim_due(worker="w", now=NOW)
    assert not errand.armed, "the network is asked about the post before a reply is sent"


def test_a_person_who_leaves_a_doubt_ends_the_chain_there(
    cast: Cast, post: Post, due: Publication
) -> None:
    send()
    doubt = send(Unknown(WHY))
    publishing.settle_by_person(doubt, outcome="left", by=cast.actor("editor"), now=NOW)
    assert claims.claim_due(worker="w", now=NOW) == []
    publishing.cancel(doubt, by=cast.actor("editor"), now=NOW)
    assert states(post) == ["published", *["cancelled"] * 4]


# --- what people do to it ---


def test_cancelling_takes_back_what_is_not_out(cast: Cast, post: Post, due: Publication) -> None:
    send()
    publishing.cancel(chain(post)[3], by=cast.actor("editor"), now=NOW)
    assert states(post) == ["published", "scheduled", "scheduled", "cancelled", "cancelled"]
    publishing.cancel(chain(post)[1], by=cast.actor("editor"), now=NOW)
    assert states(post) == ["published", *["cancelled"] * 4]


def test_the_whole_chain_is_moved(cast: Cast, post: Post, due: Publication) -> None:
    (variant,) = variants_of(post)
    publishing.move(variant, wall=WALL, zone="Europe/Paris", by=cast.actor("editor"), now=NOW)
    assert {row.wall for row in chain(post)} == {"2026-03-11T08:50"}
    assert [row.next_at is None for row in chain(post)] == [False, True, True, True, True]
    send(at=chain(post)[0].due_at)
    with pytest.raises(Conflict):
        publishing.move(variant, wall=WALL, zone="Europe/Paris", by=cast.actor("editor"), now=NOW)


def test_a_waiting_part_can_be_meant_for_later(cast: Cast, post: Post, due: Publication) -> None:
    second = chain(post)[1]
    by = cast.actor("editor")
    publishing.retime(second, wall=WALL, zone="Europe/Paris", by=by, now=NOW)
    assert second.next_at is None
    send()
    second.refresh_from_db()
    assert claims.claim_due(worker="w", now=NOW) == []
    assert second.next_at == second.due_at > NOW
    assert Variant.objects.get(post=post).planned_at == NOW, "the post's own time stands"


def test_an_edit_before_it_is_out_holds_all_of_it(cast: Cast, post: Post, due: Publication) -> None:
    (variant,) = variants_of(post)
    by = cast.actor("editor")
    content.adapt_variant(variant, text=None, follow_ups=["Deux", "Trois"], by=by, now=NOW)
    jobs.run_pending()
    assert claims.claim_due(worker="w", now=NOW) == []
    assert chain(post)[0].reason_code == "edited"
    (request,) = workflow.ask_approval(post, by=by, now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    jobs.run_pending()
    assert states(post) == ["held", "scheduled", "scheduled", "cancelled", "cancelled"]
    publishing.retry(chain(post)[0], by=by, now=NOW)
    assert [send().words for _part in range(3)] == ["One", "Deux", "Trois"]
    assert claims.claim_due(worker="w", now=NOW) == []


def test_an_edit_may_add_parts(cast: Cast) -> None:
    post = thread(cast, texts=[])
    by = cast.actor("editor")
    revision = agreed(cast, post)
    publishing.schedule(revision, wall=WALL, zone="Europe/Paris", by=by, now=NOW)
    content.adapt_variant(variants_of(post)[0], text=None, follow_ups=["Comment"], by=by, now=NOW)
    jobs.run_pending()
    agreed(cast, post)
    jobs.run_pending()
    at = chain(post)[0].due_at
    assert [send(at=at).words for _part in range(2)] == ["One", "Comment"]


def test_a_channel_taken_off_stops_what_is_not_out(
    cast: Cast, post: Post, due: Publication
) -> None:
    send()
    content.choose_channels(post, [], by=cast.actor("editor"), now=NOW)
    jobs.run_pending()
    assert states(post) == ["published", *["cancelled"] * 4]


def test_a_withdrawn_approval_stops_what_is_not_out(
    cast: Cast, post: Post, due: Publication
) -> None:
    send()
    request = due.revision.requests.get()
    workflow.withdraw_approval(request, by=cast.actor("approver"), now=NOW)
    jobs.run_pending()
    assert claims.claim_due(worker="w", now=NOW) == []
    assert [(row.state, row.reason_code) for row in chain(post)[1:3]] == [
        ("held", "not_approved"), ("scheduled", "waits"),
    ]  # fmt: skip


def test_a_keyword_hold_reads_every_part(cast: Cast, post: Post, due: Publication) -> None:
    holds.place(keyword="four", by=cast.actor("admin"), now=NOW)
    assert claims.claim_due(worker="w", now=NOW) == []
    assert states(post) == ["held", *["scheduled"] * 4]


def test_what_waits_behind_a_failed_post_gives_way_to_a_new_one(
    cast: Cast, post: Post, due: Publication
) -> None:
    failed = send(Refused(WHY))
    by = cast.actor("editor")
    publishing.publish_now(failed.revision, by=by, now=NOW)
    assert states(post) == ["failed", *["cancelled"] * 4, *["scheduled"] * 5]
    with pytest.raises(publishing.AlreadyPlanned):
        publishing.retry(failed, by=by, now=NOW)


# --- how it is told ---


def test_a_thread_is_one_post_on_every_list(cast: Cast, post: Post, due: Publication) -> None:
    by = cast.actor("editor")
    day = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert [item.state for item in agenda(by, *day)] == ["scheduled"]
    send()
    assert standing([post])[post.pk] == {"state": "published", "out": 1, "of": 1}
    failed = send(Refused(WHY))
    (item,) = agenda(by, *day)
    assert (item.state, item.movable, item.needs_a_person) == ("incomplete", False, True)
    assert item.publication_id == due.pk
    assert standing([post])[post.pk] == {"state": "incomplete", "out": 1, "of": 1}
    (variant,) = variants_of(post)
    assert standing_of([variant])[variant.pk][0] == "incomplete"
    assert [row.number for row in queries.troubled(by)] == [2]
    kept = delivery(by, since=day[0], now=NOW)
    assert (kept.due, kept.published, kept.needs_a_person, kept.lost, kept.twice) == (1, 0, 1, 0, 0)
    receipt = queries.receipt(by, failed.pk)
    assert [row.words for row in receipt.chain] == ["One", *TEXTS]
    jobs.run_pending()
    assert Watch.objects.filter(publication__variant__post=post).count() == 1


# --- against the pretend network ---


class Wire:
    """A channel on the real pretend network, and the worker's steps without its threads."""

    def __init__(self, cast: Cast, server: Server, place: str = "agora") -> None:
        self.server = server
        self.http = Egress(Rules(allow_private=True), timeout=5)
        self.adapter = registry.adapter("sandbox")
        form = {"server": server.url, "place": place, "handle": f"t{uuid4().hex[:8]}"}
        made = self.http.fetch_sync(lambda http: self.adapter.connect(http, form))
        self.channel = Channel(
            network="sandbox",
            remote_id=made.account.remote_id,
            connected_by=cast.members["admin"],
            connected_at=NOW,
        )
        channels._describe(self.channel, made)
        self.channel.save()

    def fault(self, mode: str) -> None:
        rule = json.dumps({"mode": mode, "path": "posts$"}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.server.url}/_faults", rule))

    def truth(self) -> list[dict[str, Any]]:
        asked = f"{self.server.url}/_truth?account={self.channel.remote_id}"
        return list(json.load(urllib.request.urlopen(asked))["posts"])

    def call(self, errand: claims.Errand, what: str, *more: Any) -> Any:
        keys = vault.opened(errand.sealed, errand.binding)
        method = getattr(self.adapter, what)
        return self.http.fetch_sync(
            lambda http: method(http, errand.account, keys, errand.content, errand.handle, *more)
        )

    def turn(self, at: datetime, *, dies: bool = False) -> int:
        """One turn of the worker; `dies` after its call, before it wrote what came of it."""
        errands = claims.claim_due(worker="w", now=at)
        for errand in errands:
            verdict = self.call(errand, "commit")
            if not dies:
                ledger.settle_all([(errand, verdict)], now=at)
        return len(errands)

    def look(self, at: datetime) -> None:
        for errand in doubts.claim_doubtful(worker="w", now=at):
            ledger.settle(errand, self.call(errand, "look", errand.since, errand.taken), now=at)


@pytest.fixture
def wire(cast: Cast, sandbox_server: Server) -> Wire:
    return Wire(cast, sandbox_server)


@pytest.mark.parametrize("fault", ["lose_answer", "lose_request", "truncate", "error", "killed"])
def test_part_three_of_five_in_doubt_and_the_thread_goes_on_once(
    cast: Cast, wire: Wire, fault: str
) -> None:
    post = thread(cast, channel=wire.channel)
    publishing.publish_now(agreed(cast, post), by=cast.actor("editor"), now=NOW)
    at = claims.database_now().replace(microsecond=0)
    Publication.objects.filter(part=0).update(due_at=at, next_at=at, latest_at=at + timedelta(1))
    assert wire.turn(at) == wire.turn(at) == 1
    if fault == "killed":
        wire.turn(at, dies=True)
        takeover.give_up("w", now=at)
        doubts.reap(now=at + timedelta(seconds=1))
    else:
        wire.fault(fault)
        wire.turn(at)
    assert states(post) == ["published", "published", "unknown", "scheduled", "scheduled"]
    assert wire.turn(at + timedelta(hours=1)) == 0, "parts 4 and 5 wait"
    for minute in range(1, 30):
        wire.look(at + timedelta(minutes=minute))
        wire.turn(at + timedelta(minutes=minute))
    assert states(post) == ["published"] * 5
    made = wire.truth()
    assert [row["text"] for row in made] == ["One", *TEXTS], "each once, in order"
    assert [row["reply_to"] for row in made] == ["", *(row["id"] for row in made[:4])]
    assert Attempt.objects.filter(publication__in=chain(post)[:2]).count() == 2


def test_the_page_of_a_post_shows_what_follows_it(cast: Cast, wire: Wire) -> None:
    post = thread(cast, texts=["The first comment"], channel=wire.channel)
    publishing.publish_now(agreed(cast, post), by=cast.actor("editor"), now=NOW)
    at = claims.database_now()
    Publication.objects.filter(part=0).update(due_at=at, next_at=at, latest_at=at + timedelta(1))
    assert wire.turn(at) + wire.turn(at) == 2
    page = urllib.request.urlopen(chain(post)[0].url).read().decode()
    assert "The first comment" in page
    home = urllib.request.urlopen(wire.channel.url).read().decode()
    assert "The first comment" not in home
