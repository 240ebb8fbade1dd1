"""A quarter of an hour ahead: pictures are uploaded, containers built, and risks told once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_content import picture
from tests.rooms.test_holds import PARIS
from tests.rooms.test_lanes import queued
from tests.rooms.test_threads import Wire, sandbox_server
from tests.servers.fixtures import Server
from unisono.kernel import jobs
from unisono.networks import registry
from unisono.networks.contract import Refused, Sentence, SignInAgain, Unsent, VerdictRaised
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.library import actions as library
from unisono.rooms.notifications.models import Notice
from unisono.rooms.notifications.sentences import sentence
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, doubts, ledger, preflight, readings, takeover
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow

__all__ = ["sandbox_server"]

WALL = datetime(2026, 3, 4, 20, 0)
MINUTE = timedelta(minutes=1)
WHY = Sentence("The network said so.")


def pictured(cast: Cast, channel: Channel, wall: datetime = WALL) -> Publication:
    """An approved post with one picture, scheduled on the channel."""
    editor = cast.actor("editor")
    post = content.write_post(
        title="Shutters",
        text="Open.",
        department=cast.departments["Marketing"],
        channels=[channel],
        by=editor,
        now=NOW,
    )
    asset = library.add_asset(data=picture(), name="Door", alt="A door.", by=editor, now=NOW)
    content.attach_image(post, asset, by=editor, now=NOW)
    (request,) = workflow.ask_approval(post, by=editor, now=NOW)
    workflow.approve(request, by=cast.actor("approver"), now=NOW)
    return publishing.schedule(request.revision, wall=wall, zone=PARIS, by=editor, now=NOW)


class Network:
    """Stands in for the adapter's upload: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.answer: Any = None
        self.asked = 0

    async def prepare(self, *given: Any) -> Any:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return {**given[-1], "media": ["m-1"]}


@pytest.fixture(autouse=True)
def opens(settings: Any) -> None:
    settings.UNISONO_OPENS_SECRETS = True
    settings.UNISONO_ALLOW_PRIVATE_ADDRESSES = True
    vault._opening.cache_clear()


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = Network()
    adapter = type(registry.adapter("sandbox"))
    monkeypatch.setattr(adapter, "prepare", lambda _self, *given: network.prepare(*given))
    return network


def told() -> list[str]:
    jobs.run_pending()
    rows = Notice.objects.filter(kind__startswith="publication.at_risk")
    return [sentence(n.kind, n.params) for n in rows.order_by("pk")]


@pytest.mark.parametrize("place", ["agora", "atelier"])
def test_at_its_time_only_the_public_call_is_left(
    cast: Cast, sandbox_server: Server, place: str
) -> None:
    """With a network that takes pictures, and with one that wants a container as well."""
    wire = Wire(cast, sandbox_server, place=place)
    row = pictured(cast, wire.channel)
    assert preflight.run(now=row.due_at - preflight.AHEAD) == 0, "too early"
    assert preflight.run(now=row.due_at - preflight.AHEAD + MINUTE) == 1
    assert preflight.run(now=row.due_at - MINUTE) == 0, "once is enough"
    row.refresh_from_db()
    assert row.state == "scheduled"
    assert wire.truth() == [], "nothing of it is public"
    (errand,) = claims.claim_due(worker="w", now=row.due_at)
    assert errand.armed, "nothing is left to prepare"
    ledger.settle(errand, wire.call(errand, "commit"), now=row.due_at)
    row.refresh_from_db()
    assert row.state == "published"
    assert len(wire.truth()[0]["media"]) == 1


def test_what_did_not_get_through_is_tried_again_and_prepared_at_its_time(
    cast: Cast, network: Network
) -> None:
    row = pictured(cast, cast.agora)
    network.answer = VerdictRaised(Unsent(WHY))
    for minute in (10, 9):
        assert preflight.run(now=row.due_at - minute * MINUTE) == 0
    assert network.asked == 2
    assert told() == [], "it may still get through"
    (errand,) = claims.claim_due(worker="w", now=row.due_at)
    assert not errand.armed


def test_a_change_a_claim_or_a_long_wait_makes_it_prepared_anew(
    cast: Cast, network: Network
) -> None:
    row = pictured(cast, cast.agora)
    soon = row.due_at - 10 * MINUTE
    assert preflight.run(now=soon) == 1
    late = soon + registry.publisher("sandbox").keeps
    Publication.objects.filter(pk=row.pk).update(due_at=late, next_at=late, latest_at=late)
    assert preflight.run(now=late - 5 * MINUTE) == 1, "what the network forgets is made again"
    Publication.objects.update(prepared_until=late)
    (errand,) = claims.claim_due(worker="w", now=late)
    assert not errand.armed
    assert "media" not in errand.handle


def test_what_was_claimed_meanwhile_keeps_what_it_has(cast: Cast, network: Network) -> None:
    row = pictured(cast, cast.agora)
    early = preflight._look_at(row.due_at - MINUTE, 1)[0]
    claims.claim_due(worker="w", now=row.due_at)
    assert not preflight._keep(early, {"media": ["late"]}, row.due_at)
    row.refresh_from_db()
    assert "media" not in row.handle
    takeover.give_up("w", now=row.due_at)
    doubts.reap(now=row.due_at + MINUTE)
    assert not preflight._keep(early, {"media": ["late"]}, row.due_at), "its fence moved on"


def test_a_picture_the_network_refuses_is_told_ahead_once_and_again_for_another_time(
    cast: Cast, network: Network
) -> None:
    row = pictured(cast, cast.agora)
    network.answer = VerdictRaised(Refused(WHY))
    preflight.run(now=row.due_at - 10 * MINUTE)
    preflight.run(now=row.due_at - 9 * MINUTE)
    sentences = told()
    (said,) = set(sentences)
    assert said.startswith("“Shutters” will not go out on Lumen Agora (March 4, 2026, 8 p.m. CET)")
    assert said.endswith("unless this is settled: The network said so.")
    count = len(sentences)
    publishing.retime(
        row, wall=WALL + timedelta(hours=1), zone=PARIS, by=cast.actor("editor"), now=NOW
    )
    row.refresh_from_db()
    preflight.run(now=row.due_at - 5 * MINUTE)
    assert len(told()) == 2 * count
    network.answer = None
    assert preflight.run(now=row.due_at - 4 * MINUTE) == 1
    row.refresh_from_db()
    assert row.reason_code == ""


def test_a_sign_in_that_ended_is_told_of_the_channel(cast: Cast, network: Network) -> None:
    row = pictured(cast, cast.agora)
    network.answer = VerdictRaised(SignInAgain(WHY))
    preflight.run(now=row.due_at - 10 * MINUTE)
    assert Channel.objects.get(pk=cast.agora.pk).state == "needs_sign_in"
    assert told() == []
    assert Notice.objects.filter(kind="channel.needs_sign_in.posts").exists()
    preflight.run(now=row.due_at - 9 * MINUTE)
    assert network.asked == 1


def test_a_text_that_does_not_fit_any_more_is_told_and_taken_back(cast: Cast) -> None:
    row = pictured(cast, cast.agora)
    profile = dict(cast.agora.profile)
    Channel.objects.filter(pk=cast.agora.pk).update(
        profile={**profile, "limits": {**profile["limits"], "text_max": 2}}
    )
    preflight.run(now=row.due_at - 10 * MINUTE)
    row.refresh_from_db()
    assert row.reason_code == "unfit"
    assert told()
    Channel.objects.filter(pk=cast.agora.pk).update(profile=profile)
    preflight.run(now=row.due_at - 9 * MINUTE)
    row.refresh_from_db()
    assert row.reason_code == ""


def test_posts_that_are_due_go_first(
    cast: Cast, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = pictured(cast, cast.agora)
    soon = row.due_at - MINUTE
    due = queued(cast, 2, "chirp")
    Publication.objects.filter(pk__in=[p.pk for p in due]).update(next_at=soon)
    monkeypatch.setattr(readings, "RUSH", 2)
    assert preflight.run(now=soon) == network.asked == 0


def test_of_two_that_look_at_once_one_tells(cast: Cast) -> None:
    row = pictured(cast, cast.agora)
    by, now = system(cast.lumen), row.due_at - MINUTE
    Publication.objects.filter(pk=row.pk).update(
        reason_code="unfit", reason={"template": "Too long.", "params": {}}
    )
    assert preflight._tell(by=by, now=now) == 1
    assert preflight._tell(by=by, now=now) == 0
