"""The house rules' arithmetic: what breaks them, and that no way out does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from unisono.kernel import clock
from unisono.rooms.channels.rules import Blackout, Quiet, Rules, kept, of_row
from unisono.rooms.publishing.pacing.lane import SMALL_MONTH, Kind, Lane, Place, allowed, among
from unisono.rooms.publishing.pacing.ways import Ask, ways_out

PARIS = "Europe/Paris"
SALES, MARKETING = UUID(int=1), UUID(int=2)
START = datetime(2026, 3, 1, tzinfo=UTC)


def at(wall: str, zone: str = PARIS) -> datetime:
    return clock.resolve(datetime.fromisoformat(wall), zone).instant


def place(when: str | datetime, number: int = 0, department: UUID = SALES, *topics: str) -> Place:
    instant = at(when) if isinstance(when, str) else when
    return Place(UUID(int=100 + number), instant, department, frozenset(topics), f"Post {number}")


def kinds(lane: Lane, wish: Place) -> list[Kind]:
    return [finding.kind for finding in lane.findings(wish)]


def test_each_rule_finds_what_breaks_it() -> None:
    there = place("2026-03-11T10:00", 1, MARKETING, "glass")
    gap = Lane(Rules(PARIS, gap_minutes=60), [there])
    assert kinds(gap, place("2026-03-11T10:59")) == [Kind.GAP]
    assert gap.free(place("2026-03-11T11:00")) and gap.free(place("2026-03-11T09:00"))
    (near,) = gap.findings(place("2026-03-11T10:20"))
    assert (near.found, near.limit, near.other) == (20, 60, there)

    day = Lane(Rules(PARIS, daily_most=1), [there])
    assert kinds(day, place("2026-03-11T00:00")) == [Kind.DAY]
    assert day.free(place("2026-03-12T00:00")) and day.free(place("2026-03-10T23:59"))

    topic = Lane(Rules(PARIS, one_topic_a_day=True), [there])
    assert kinds(topic, place("2026-03-11T20:00", 0, SALES, "glass", "fire")) == [Kind.TOPIC]
    assert topic.free(place("2026-03-11T20:00", 0, SALES, "fire"))

    dark = Lane(Rules(PARIS, blackouts=(Blackout("Stocktaking", *[date(2026, 3, 11)] * 2),)))
    assert kinds(dark, place("2026-03-11T23:59")) == [Kind.BLACKOUT]
    assert dark.free(place("2026-03-12T00:00"))


def test_quiet_hours_cross_midnight_on_the_weekdays_they_begin_on() -> None:
    friday = Rules(PARIS, quiet=(Quiet(time(22), time(7), frozenset({4})),))
    lane = Lane(friday)
    assert kinds(lane, place("2026-03-13T22:00")) == [Kind.QUIET]
    (found,) = lane.findings(place("2026-03-14T06:59"))
    assert found.after == at("2026-03-14T07:00") and found.before == at("2026-03-13T21:59")
    assert lane.free(place("2026-03-14T22:30")) and lane.free(place("2026-03-13T06:30"))


def test_a_share_is_of_the_month_and_kind_to_small_ones() -> None:
    assert [allowed(40, n) for n in (1, SMALL_MONTH, 20)] == [4, 4, 8]
    assert (allowed(5, 1), allowed(0, 500)) == (1, 0)
    rules = Rules(PARIS, shares={SALES: 20})
    lane = Lane(rules, [place(f"2026-03-{day:02d}T10:00", day) for day in (2, 3)])
    assert kinds(lane, place("2026-03-20T10:00")) == [Kind.SHARE]
    assert lane.free(place("2026-04-01T10:00"))
    assert lane.free(place("2026-03-20T10:00", 0, MARKETING))
    for day in range(4, 17):
        lane.add(place(f"2026-03-{day:02d}T12:00", 50 + day, MARKETING))
    assert lane.free(place("2026-03-20T10:00"))


def test_of_two_that_collide_the_later_comer_is_told() -> None:
    rules = Rules(PARIS, gap_minutes=60, shares={SALES: 50})
    first, second = place("2026-03-11T10:30", 1), place("2026-03-11T10:00", 2)
    _lane, told = among(rules, [first, second], first.at - timedelta(1), first.at + timedelta(1))
    assert [(one.variant, found[0].other) for one, found in told] == [(second.variant, first)]


def test_ways_out_are_the_nearest_of_each_kind() -> None:
    lane = Lane(
        Rules(PARIS, gap_minutes=60, quiet=(Quiet(time(20), time(8)),)),
        [place("2026-03-11T10:00", 1), place("2026-03-12T10:30", 2)],
    )
    ways = ways_out([Ask(lane, place("2026-03-11T10:20"))], now=START, zone=PARIS)
    assert [(way.name, way.at) for way in ways] == [
        ("after", at("2026-03-11T11:00")),
        ("before", at("2026-03-11T09:00")),
        ("next_day", at("2026-03-13T10:20")),
    ]


def test_ways_out_of_a_full_day_lie_in_the_day() -> None:
    lane = Lane(Rules(PARIS, daily_most=1), [place("2026-03-11T10:00", 1)])
    ways = ways_out([Ask(lane, place("2026-03-11T15:00"))], now=START, zone=PARIS)
    assert [way.at for way in ways] == [
        at("2026-03-12T09:00"),
        at("2026-03-10T19:00"),
        at("2026-03-12T15:00"),
    ]


def test_what_goes_out_together_moves_together() -> None:
    one = Lane(Rules(PARIS, gap_minutes=60), [place("2026-03-11T10:00", 1)])
    two = Lane(Rules("Asia/Tokyo", gap_minutes=90), [place("2026-03-11T11:30", 2)])
    wish = place("2026-03-11T10:30")
    (after, *_others) = ways_out([Ask(one, wish), Ask(two, wish)], now=START, zone=PARIS)
    assert after.at == at("2026-03-11T13:00")


def test_the_night_the_clocks_go_back_is_read_in_one_way() -> None:
    """02:30 comes twice on 25 October: what is offered means the first, or is not offered."""
    lane = Lane(
        Rules(PARIS, gap_minutes=30, quiet=(Quiet(time(1), time(2, 30)),)),
        [place(datetime(2026, 10, 25, 0, 45, tzinfo=UTC), 1)],
    )
    wish = place(datetime(2026, 10, 24, 23, 30, tzinfo=UTC))
    for way in ways_out([Ask(lane, wish)], now=START, zone=PARIS):
        assert clock.resolve(clock.to_wall(way.at, PARIS), PARIS).instant == way.at
        assert lane.free(wish.moved(way.at))


def test_rules_come_back_as_they_were_kept() -> None:
    rules = Rules(
        PARIS, 30, 3, True, {SALES: 40}, (Quiet(time(22), time(7)),),
        (Blackout("Stocktaking", date(2026, 3, 1), date(2026, 3, 2)),),
    )  # fmt: skip
    assert of_row(type("Row", (), kept(rules))) == rules


ZONES = st.sampled_from(
    ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
)
MINUTES = st.integers(0, 60 * 24 * 60).map(lambda n: START + timedelta(minutes=n))
"""From March on; the clocks change within, and on 25 October for the other half of the cases."""
AUTUMN = MINUTES.map(lambda instant: instant + timedelta(days=219))
HOURS = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@st.composite
def house(draw: Any) -> Rules:
    hours = st.tuples(HOURS, HOURS, st.frozensets(st.integers(0, 6), min_size=1))
    days = st.tuples(st.integers(0, 300), st.integers(0, 5))
    return Rules(
        zone=draw(ZONES),
        gap_minutes=draw(st.sampled_from([0, 7, 60, 600])),
        daily_most=draw(st.integers(0, 3)),
        one_topic_a_day=draw(st.booleans()),
        shares=draw(st.dictionaries(st.sampled_from([SALES, MARKETING]), st.integers(5, 90))),
        quiet=tuple(Quiet(a, b, on) for a, b, on in draw(st.lists(hours, max_size=2)) if a != b),
        blackouts=tuple(
            Blackout("Dark", START.date() + timedelta(a), START.date() + timedelta(a + b))
            for a, b in draw(st.lists(days, max_size=2))
        ),
    )


@given(house(), st.one_of(st.lists(MINUTES, max_size=12), st.lists(AUTUMN, max_size=12)),
       st.one_of(MINUTES, AUTUMN), ZONES)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_no_way_out_breaks_a_rule(
    rules: Rules, times: list[datetime], wanted: datetime, zone: str
) -> None:
    about = [frozenset({"glass"}), frozenset({"fire", "glass"}), frozenset[str]()]
    there = [
        Place(UUID(int=200 + n), one, (SALES, MARKETING)[n % 2], about[n % 3])
        for n, one in enumerate(times)
    ]
    lane = Lane(rules, there)
    wish = place(wanted, 0, SALES, "glass")
    now = wanted - timedelta(days=1)
    ways = ways_out([Ask(lane, wish)], now=now, zone=zone)
    assert len({way.at for way in ways}) == len(ways) <= 3
    for way in ways:
        assert lane.findings(wish.moved(way.at)) == []
        assert way.at > now
        assert clock.resolve(clock.to_wall(way.at, zone), zone).instant == way.at
        assert way.name != "after" or way.at > wanted
        assert way.name != "before" or way.at < wanted


@given(house(), st.lists(MINUTES, max_size=10), MINUTES)
@settings(max_examples=25, deadline=None)
def test_the_order_of_places_does_not_change_what_a_newcomer_is_told(
    rules: Rules, times: list[datetime], wanted: datetime
) -> None:
    there = [place(one, n + 1) for n, one in enumerate(times)]
    wish = place(wanted)
    one, two = (Lane(rules, order).findings(wish) for order in (there, there[::-1]))
    assert [(f.kind, f.after, f.before) for f in one] == [(f.kind, f.after, f.before) for f in two]
