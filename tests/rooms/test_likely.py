"""Times that are only likely better: few, said as that, apart, under the rules, for the bold."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_autopilot import give
from tests.rooms.test_hearing import EVENING, evenings
from tests.rooms.test_orchestration import by, draft, published, seeing
from unisono.kernel.clock import to_wall
from unisono.rooms.channels.house import set_rules
from unisono.rooms.channels.rules import Quiet, Rules
from unisono.rooms.metrics.models import Sample
from unisono.rooms.orchestration import actions, autopilot, noticing, queries, words
from unisono.rooms.orchestration.likely import APART
from unisono.rooms.orchestration.models import Act, Noticed, Proposal, Signal
from unisono.rooms.orchestration.timing import A_DAY, better_times

DAY = timedelta(days=1)


@pytest.fixture
def known(cast: Cast) -> Cast:
    """Agora's followers come online in the evening; five posts went out in the morning."""
    evenings(cast, "Europe/Paris")
    for n in range(5):
        at = NOW - timedelta(days=20 - n)
        row = published(cast, f"Earlier {n}", at=at)
        Sample.objects.create(
            publication=row, figure="views", value=400 + n, observed_at=at + 3 * DAY
        )
    return cast


def look(cast: Cast, now: datetime = NOW) -> list[Proposal]:
    noticing.notice(by=by(cast), now=now, watchers=[better_times])
    return noticing.propose(by=by(cast), now=now)


def morning(cast: Cast, day: int = 10) -> None:
    draft(cast, f"Morning {day}", wall=datetime(2026, 3, day, 9))


def test_it_is_offered_as_what_it_is(known: Cast) -> None:
    morning(known)
    (made,) = look(known)
    assert (made.kind, made.basis, made.sample) == (Act.MOVE, "activity", 5)
    assert made.only_likely and made.signal is not None
    assert made.at is not None
    assert to_wall(made.at, "Europe/Paris").hour in (EVENING - 1, EVENING)
    assert made.expected >= 1.15 and made.low < made.expected < made.high
    assert made.signal.data["chance"] >= 0.75
    assert words.reason(made).startswith("It is likely better, not shown: about ")
    assert words.reason(made).endswith(
        "This rests on when the followers are online, as the network tells, and on 5 posts."
    )
    assert "not shown yet (5 posts)" in words.noticed(made.signal, "Europe/Paris")
    assert look(known, NOW + DAY) == [], "it is offered once"
    assert Signal.objects.filter(kind=Noticed.LIKELY).get().state == "open"


def test_without_a_sample_nothing_is_likely(cast: Cast) -> None:
    evenings(cast, "Europe/Paris")
    morning(cast)
    assert look(cast) == []


def test_a_few_a_day_and_never_two_near_each_other(known: Cast) -> None:
    for day in range(5, 15):
        morning(known, day)
    first = look(known)
    assert len(first) == A_DAY
    assert look(known, NOW + timedelta(hours=2)) == []
    times = sorted(row.at for row in [*first, *look(known, NOW + DAY)] if row.at)
    assert len(times) > A_DAY
    assert all(later - sooner >= APART for sooner, later in pairwise(times))


def test_what_somebody_decided_is_not_asked_again(known: Cast) -> None:
    morning(known)
    (made,) = look(known)
    actions.accept(made, by=known.actor("editor"), now=NOW)
    assert look(known, NOW + DAY) == []
    actions.undo(made, by=known.actor("editor"), now=NOW + DAY)
    assert look(known, NOW + 2 * DAY) == []


def test_house_rules_hold(known: Cast) -> None:
    rules = Rules("Europe/Paris", quiet=(Quiet(time(12), time(8)),))
    set_rules(known.agora, rules, by=known.actor("admin"), now=NOW)
    morning(known)
    assert look(known) == []


def test_only_the_bold_autopilot_moves_there(known: Cast) -> None:
    morning(known)
    (made,) = look(known)
    give(known)
    assert autopilot.act(by=by(known), now=NOW) == []
    mandate = give(known, bold=True)
    (done,) = autopilot.act(by=by(known), now=NOW)
    assert (done.pk, done.mandate) == (made.pk, mandate)


def test_what_is_shown_comes_first(known: Cast) -> None:
    morning(known)
    (likely,) = look(known)
    post = draft(known, "Shown", wall=datetime(2026, 3, 27, 9))
    told = {"ratio": 1.8, "low": 1.3, "high": 2.4, "posts": 31, "channel": "Agora"}
    at = NOW + 24 * DAY
    sight = seeing(Noticed.TIME, ("variant", post.variants.get().pk), title=post.title,
                   at=at.isoformat(), **told)  # fmt: skip
    noticing.notice(by=by(known), now=NOW, watchers=[better_times, sight])
    (shown,) = noticing.propose(by=by(known), now=NOW)
    assert shown.ends_at > likely.ends_at
    assert list(queries.proposals(known.actor("editor"), "offered")) == [shown, likely]
