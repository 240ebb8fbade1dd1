"""Sign-ins watched ahead: renewals that lose nothing, failures that are retried, warnings."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import NOW, Cast
from tests.rooms.test_holds import TOMORROW, planned
from unisono.kernel import jobs
from unisono.kernel.secrets import Secret
from unisono.networks import registry
from unisono.networks.bluesky import session
from unisono.networks.contract import (
    Lifetime,
    Sentence,
    SignInAgain,
    Unsent,
    VerdictRaised,
)
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import jobs as renewals
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.notifications.models import Notice
from unisono.rooms.notifications.sentences import sentence

WHY = Sentence("The network said so.")


@pytest.fixture(autouse=True)
def opens(settings: Any) -> None:
    """As in the worker, which alone opens credentials."""
    settings.UNISONO_OPENS_SECRETS = True
    vault._opening.cache_clear()


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the sandbox's adapter answers to a renewal, and how long its sign-ins last."""
    answers: dict[str, Any] = {"fresh": None, "lifetime": Lifetime()}

    async def refresh(*_given: Any) -> Any:
        if isinstance(answers["fresh"], Exception):
            raise answers["fresh"]
        return answers["fresh"]

    adapter = type(registry.adapter("sandbox"))
    monkeypatch.setattr(adapter, "refresh", refresh)
    monkeypatch.setattr(adapter, "lifetime", lambda *_given: answers["lifetime"])
    return answers


def stored(cast: Cast) -> dict[str, str]:
    row = Channel.objects.get(pk=cast.agora.pk)
    return {k: v.reveal() for k, v in vault.opened(row.credentials, row.binding).items()}


def renew(cast: Cast) -> Channel:
    renewals._renew(cast.lumen.pk, cast.agora.pk)
    return Channel.objects.get(pk=cast.agora.pk)


def test_an_empty_value_never_overwrites_a_good_one(cast: Cast, network: dict[str, Any]) -> None:
    kept = {"access": Secret("a1"), "refresh": Secret("r1"), "password": Secret("p")}
    Channel.objects.filter(pk=cast.agora.pk).update(credentials=vault.sealed(cast.agora, kept))
    for fresh in (
        {"access": Secret("a2"), "refresh": Secret("")},
        {"access": Secret("a2")},
        {"access": Secret("a2"), "refresh": Secret(""), "password": Secret("")},
    ):
        network["fresh"] = fresh
        assert renew(cast).renewed_at
        assert stored(cast) == {"access": "a2", "refresh": "r1", "password": "p"}
    network["fresh"] = {"access": Secret("a3"), "refresh": Secret("r3")}
    renew(cast)
    assert stored(cast) == {"access": "a3", "refresh": "r3", "password": "p"}


def test_a_renewal_does_not_undo_a_new_sign_in(cast: Cast) -> None:
    before = Channel.objects.get(pk=cast.agora.pk)
    newer = vault.sealed(cast.agora, {"token": Secret("newer")})
    Channel.objects.filter(pk=cast.agora.pk).update(credentials=newer)
    fresh = {"token": Secret("from the old one")}
    assert not channels.keep_credentials(before, fresh, before=fresh, now=NOW)
    assert stored(cast) == {"token": "newer"}


@pytest.mark.parametrize(
    "failure", [VerdictRaised(Unsent(WHY)), KeyError("refresh")], ids=["unreached", "misshapen"]
)
def test_a_failing_renewal_is_tried_again_not_disconnected(
    cast: Cast, network: dict[str, Any], failure: Exception
) -> None:
    network["fresh"] = failure
    row = renew(cast)
    assert row.state == "connected"
    since = row.failing_since
    assert since
    assert renew(cast).failing_since == since
    network["fresh"] = None
    assert renew(cast).failing_since is None


def test_a_clear_no_asks_for_a_new_sign_in(cast: Cast, network: dict[str, Any]) -> None:
    planned(cast, "Waits", TOMORROW)
    network["fresh"] = VerdictRaised(SignInAgain(WHY))
    assert renew(cast).state == "needs_sign_in"
    jobs.run_pending()
    told = Notice.objects.filter(kind="channel.needs_sign_in.posts")
    assert {n.member_id for n in told} == {cast.members[m].pk for m in ("admin", "editor")}
    assert "Posts that wait: 1, the first is “Waits”" in sentence(told[0].kind, told[0].params)


def test_the_worker_keeps_when_a_sign_in_runs_out(cast: Cast, network: dict[str, Any]) -> None:
    until = timezone.now() + timedelta(days=40)
    network["lifetime"] = Lifetime(until)
    row = renew(cast)
    assert (row.expires_at, row.ends_at, row.renews_itself) == (until, until, False)
    network["lifetime"] = Lifetime(until, renews=True)
    row = renew(cast)
    assert (row.expires_at, row.ends_at) == (until, None), "it puts that off by itself"
    network["fresh"] = VerdictRaised(Unsent(WHY))
    assert renew(cast).ends_at == until, "but not while that fails"


def at(cast: Cast, now: datetime) -> list[str]:
    """What members are told of the sign-in at this instant, one sentence each."""
    Notice.objects.all().delete()
    channels.tell_expiring(Channel.objects.get(pk=cast.agora.pk), now=now)
    jobs.run_pending()
    found = Notice.objects.filter(kind__startswith="channel.")
    return sorted({sentence(n.kind, n.params) for n in found})


def test_warnings_come_once_a_threshold_and_name_what_is_at_risk(cast: Cast) -> None:
    end = NOW + timedelta(hours=20)
    Channel.objects.filter(pk=cast.agora.pk).update(expires_at=end)
    assert at(cast, end - timedelta(days=8)) == []
    (said,) = at(cast, end - timedelta(days=6))
    assert said.startswith("The sign-in of Lumen Agora runs out March 5, 2026, 6 a.m. CET.")
    assert "at risk" not in said
    assert at(cast, end - timedelta(days=5)) == []
    planned(cast, "Before", datetime(2026, 3, 4, 20, 0))
    planned(cast, "After", TOMORROW)
    (said,) = at(cast, NOW)
    assert "Posts at risk: 1, the first is “After”, due March 5, 2026, 8:30 a.m. CET." in said
    assert at(cast, NOW + timedelta(hours=1)) == []
    (said,) = at(cast, end)
    assert said.startswith("Lumen Agora must be connected again.")
    row = Channel.objects.get(pk=cast.agora.pk)
    assert (row.state, row.trouble) == ("needs_sign_in", "The sign-in has run out.")


def test_what_renews_itself_warns_only_while_it_fails(cast: Cast) -> None:
    end = NOW + timedelta(hours=20)
    rows = Channel.objects.filter(pk=cast.agora.pk)
    rows.update(expires_at=end, renews_itself=True)
    assert at(cast, NOW) == []
    rows.update(failing_since=NOW)
    assert len(at(cast, NOW)) == 1
    assert at(cast, end) == [], "the network itself says when it is over"
    assert rows.get().state == "connected"


def test_every_organization_is_watched(cast: Cast) -> None:
    Channel.objects.filter(pk=cast.agora.pk).update(expires_at=timezone.now() + timedelta(days=2))
    assert [renewals.watch_sign_ins(), renewals.watch_sign_ins()] == [1, 0]


def token(until: datetime) -> Secret:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": int(until.timestamp())}).encode())
    return Secret(f"h.{claims.decode().rstrip('=')}.s")


def test_a_session_lasts_as_long_as_its_refresh_token_or_its_app_password() -> None:
    given = {"access": token(NOW), "refresh": token(NOW + timedelta(days=60))}
    assert session.lifetime(given) == Lifetime(NOW + timedelta(days=60), renews=False)
    assert session.lifetime({**given, "password": Secret("p")}).renews
    assert session.lifetime({"access": token(NOW), "refresh": Secret("a.b.c")}).until is None
