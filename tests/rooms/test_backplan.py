"""Planning backwards, with real holidays and with whatever steps and days there may be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unisono.rooms.workflow.backplan import Cyclic, Step, backwards, between, in_order
from unisono.rooms.workflow.workdays import works_in

DRAFT, PICTURE = Step("draft", 2), Step("picture", 2)
REVIEW, SCHEDULE = Step("review", 1, ("draft", "picture")), Step("schedule", 0, ("review",))
CHAIN = [SCHEDULE, REVIEW, PICTURE, DRAFT]
COUNTRIES = ("FR", "DE", "GB", "US", "JP", "SA", "IL", "")


def due(country: str, goes_out: date, today: date) -> dict[str, tuple[date, date]]:
    found = backwards(CHAIN, goes_out, today, works_in(country))
    return {key: (slot.first, slot.due) for key, slot in found.slots.items()}


@pytest.mark.parametrize(
    ("country", "review", "draft"),
    [
        # A Tuesday; the Monday before is Easter Monday, the Friday Good Friday where it is kept.
        ("FR", date(2026, 4, 3), (date(2026, 4, 1), date(2026, 4, 2))),
        ("DE", date(2026, 4, 2), (date(2026, 3, 31), date(2026, 4, 1))),
        ("US", date(2026, 4, 6), (date(2026, 4, 2), date(2026, 4, 3))),
        # Where Friday and Saturday are the weekend, Sunday is worked.
        ("SA", date(2026, 4, 6), (date(2026, 4, 2), date(2026, 4, 5))),
    ],
)
def test_each_country_has_its_own_days(
    country: str, review: date, draft: tuple[date, date]
) -> None:
    found = due(country, date(2026, 4, 7), date(2026, 3, 2))
    assert found["schedule"][1] == found["review"][1] == review
    assert found["draft"] == found["picture"] == draft


def test_a_holiday_made_up_for_is_a_day_off() -> None:
    """Boxing Day 2026 is a Saturday; Britain rests on the Monday after it."""
    assert not works_in("GB")(date(2026, 12, 28))
    assert works_in("FR")(date(2026, 12, 28))


def test_what_does_not_fit_is_said_and_is_never_due_in_the_past() -> None:
    today = date(2026, 3, 5)
    found = backwards(CHAIN, date(2026, 3, 9), today, works_in("FR"))
    assert (found.needs, found.there_are, found.fits) == (3, 2, False)
    assert {key: slot.due for key, slot in found.slots.items()} == {
        "draft": today, "picture": today, "review": date(2026, 3, 6), "schedule": date(2026, 3, 6),
    }  # fmt: skip
    assert found.slots["draft"].latest == date(2026, 3, 5)
    gone = backwards(CHAIN, date(2026, 3, 1), today, works_in("FR"))
    assert gone.there_are == 0 and min(slot.due for slot in gone.slots.values()) == today


def test_steps_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(Cyclic):
        in_order([Step("a", 1, ("b",)), Step("b", 1, ("a",))])


@st.composite
def chains(draw: st.DrawFn) -> list[Step]:
    size = draw(st.integers(1, 7))
    return [
        Step(
            str(n),
            draw(st.integers(0, 4)),
            tuple(sorted(draw(st.sets(st.sampled_from([str(m) for m in range(n)]), max_size=3))))
            if n
            else (),
        )
        for n in range(size)
    ]


@settings(max_examples=60, deadline=None)
@given(
    chains(),
    st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    st.integers(-5, 60),
    st.sampled_from(COUNTRIES),
    st.integers(0, 30),
)
def test_never_a_day_off_never_in_the_past_and_always_in_order(
    steps: list[Step], today: date, ahead: int, country: str, away: int
) -> None:
    house, goes_out = works_in(country), today + timedelta(ahead)
    gone = (today + timedelta(2), today + timedelta(2 + away))
    own = {steps[0].key: lambda day: house(day) and not gone[0] <= day <= gone[1]}
    found = backwards(steps, goes_out, today, house, own)
    for step in steps:
        slot, works = found.slots[step.key], own.get(step.key, house)
        assert works(slot.due) and slot.due >= today and slot.first <= slot.due
        assert all(found.slots[key].due <= slot.due for key in step.after)
        if slot.fits:
            assert slot.due < goes_out
            if slot.first > today:
                assert between(slot.first, slot.due + timedelta(1), works) == max(step.days, 1)
                behind = [found.slots[key].latest for key in step.after if step.days]
                assert all(latest < slot.first for latest in behind)
    assert found.needs <= sum(step.days for step in steps)
