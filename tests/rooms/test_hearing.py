"""What an organization's own figures, and its networks, say of its audience."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.cast import NOW, Cast
from tests.rooms.test_orchestration import by
from unisono.networks.surveys import Online
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.orchestration import hearing
from unisono.rooms.orchestration.audience.prior import Basis

EVENING = 19
WEEK = timedelta(days=7)


def evenings(cast: Cast, zone: str, *, at: datetime = NOW - WEEK, hour: int = EVENING) -> None:
    """Agora's network tells that its followers come online then, by the hours of that zone."""
    numbers = [1.0 + 4.0 * (n % 24 == hour) for n in range(168)]
    metrics.record_activity(cast.agora, Online(zone, tuple(numbers)), by=by(cast), now=at)


def test_what_a_network_tells_of_followers_is_believed_before_any_post(cast: Cast) -> None:
    agora = str(cast.agora.pk)
    assert hearing.learned(by(cast), now=NOW).belief(agora).basis == Basis.NOTHING
    evenings(cast, "Europe/Paris")
    belief = hearing.learned(by(cast), now=NOW).belief(agora)
    assert belief.basis == Basis.ACTIVITY
    ratio, _doubt = belief.ratio(24 + EVENING, 24 + 9)
    assert ratio > 0.3
    earlier = hearing.learned(by(cast), now=NOW - 2 * WEEK).belief(agora)
    assert earlier.basis == Basis.NOTHING, "what was told later was not known then"


def test_it_is_told_by_the_hours_of_another_zone(cast: Cast) -> None:
    winter, summer = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC)
    evenings(cast, "UTC", at=winter)
    evenings(cast, "UTC", at=summer)
    known = hearing.learned(by(cast), now=summer).known.activities[str(cast.agora.pk)]
    assert [list(told.online).index(5.0) for told in known] == [EVENING + 1, EVENING + 2]


def test_a_network_that_does_not_say_is_none_to_go_by(cast: Cast) -> None:
    metrics.record_activity(cast.agora, None, by=by(cast), now=NOW - WEEK)
    assert hearing.learned(by(cast), now=NOW).known.activities == {}
