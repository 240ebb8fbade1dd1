"""Key dates: the almanac's rules, own dates, what comes near and what it brought before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.cast import NOW, Cast
from tests.screens import stories
from unisono.kernel.refusals import Invalid, NotAllowed, NotFound
from unisono.rooms.content import ideas, sources
from unisono.rooms.content.queries import variants_of
from unisono.rooms.metrics import foresight
from unisono.rooms.plan import almanac, key_dates, occasions, queries
from unisono.rooms.plan.occasions import Occasion

YEAR = date(2026, 1, 1), date(2026, 12, 31)


def found(cast: Cast, name: str, **more: object) -> list[Occasion]:
    rows = occasions.occasions(cast.actor("viewer"), *YEAR, **more)  # type: ignore[arg-type]
    return [one for one in rows if one.name == name]


def test_rules_give_the_days_people_keep() -> None:
    assert [almanac.easter(year) for year in (2000, 2024, 2026, 2038)] == [
        date(2000, 4, 23), date(2024, 3, 31), date(2026, 4, 5), date(2038, 4, 25),
    ]  # fmt: skip

    def day(country: str, key: str, year: int) -> date:
        return next(one.on for one in almanac.observances(country, year, "en") if one.key == key)

    assert day("FR", "mothers_day", 2026) == date(2026, 5, 31)
    assert day("FR", "mothers_day", 2023) == date(2023, 6, 4), "Pentecost was on 28 May"
    assert day("DE", "mothers_day", 2026) == date(2026, 5, 10)
    assert day("GB", "mothers_day", 2026) == date(2026, 3, 15)
    assert day("DE", "fathers_day", 2026) == date(2026, 5, 14)
    assert day("US", "black_friday", 2026) == date(2026, 11, 27)
    assert day("", "cyber_monday", 2024) == date(2024, 12, 2)
    with pytest.raises(StopIteration):
        day("", "mothers_day", 2026)


def test_countries_are_chosen_and_asked_for(cast: Cast) -> None:
    admin = cast.actor("admin")
    assert not found(cast, "Christmas Day") and found(cast, "Valentine’s Day")
    key_dates.choose_countries(["fr", "DE"], by=admin, now=NOW)
    (christmas,) = found(cast, "Christmas Day")
    assert (christmas.on, christmas.countries) == (date(2026, 12, 25), ("DE", "FR"))
    mothers = found(cast, "Mother’s Day")
    assert [(one.on, one.countries) for one in mothers] == [
        (date(2026, 5, 10), ("DE",)), (date(2026, 5, 31), ("FR",)),
    ]  # fmt: skip
    assert [one.countries for one in found(cast, "Mother’s Day", language="fr")] == [("FR",)]
    assert [one.countries for one in found(cast, "Mother’s Day", countries=["GB"])] == [("GB",)]
    assert not found(cast, "Mother’s Day", kind="holiday")
    key_dates.choose_countries(["FR"], by=admin, now=NOW)
    assert queries.countries(admin) == ("FR",)
    assert found(cast, "Christmas Day")[0].pk in christmas.pks, "what was prepared stays known"
    with pytest.raises(Invalid):
        key_dates.choose_countries(["FR", "XX"], by=admin, now=NOW)
    with pytest.raises(NotAllowed):
        key_dates.choose_countries([], by=cast.actor("editor"), now=NOW)


def test_an_own_date_comes_each_year(cast: Cast) -> None:
    manager, marketing = cast.actor("manager"), cast.departments["Marketing"]
    values = {"name": "Founded", "on": date(2024, 2, 29), "yearly": True, "department": marketing}
    row = key_dates.set_date(**values, by=manager, now=NOW)  # type: ignore[arg-type]
    (one,) = found(cast, "Founded")
    assert (one.on, one.kind, one.department) == (date(2026, 2, 28), "company", marketing)
    seen = occasions.occasions(cast.actor("sales_editor"), *YEAR)
    assert "Founded" not in {other.name for other in seen}
    with pytest.raises(NotAllowed):
        key_dates.remove_date(row, by=cast.actor("editor"), now=NOW)
    key_dates.change_date(
        row, name="Founded", on=date(2025, 5, 1), yearly=False, note="", department=marketing,
        lead_days=10, by=manager, now=NOW,
    )  # fmt: skip
    assert not found(cast, "Founded")
    key_dates.remove_date(row, by=manager, now=NOW)
    with pytest.raises(NotFound):
        queries.key_date(manager, row.pk)
    with pytest.raises(Invalid):
        key_dates.set_date(name=" ", on=date(2026, 1, 1), by=cast.actor("admin"), now=NOW)


def test_what_comes_near_is_proposed_until_something_is_prepared(cast: Cast) -> None:
    editor, marketing = cast.actor("editor"), cast.departments["Marketing"]
    for name, days in (("Fair", 20), ("Far", 90), ("Tomorrow", 1)):
        key_dates.set_date(
            name=name, on=NOW.date() + timedelta(days), department=marketing, lead_days=30,
            by=cast.actor("manager"), now=NOW,
        )  # fmt: skip
    own = [one for one in foresight.nearing(editor, now=NOW) if one.occasion.kind == "company"]
    assert [(one.occasion.name, one.days, one.earlier) for one in own] == [("Fair", 20, None)]
    fair = own[0].occasion
    post = sources.post_from_key_date(
        title="See us at the fair", date_id=fair.pk, date_name=fair.name, department=marketing,
        channels=[cast.agora], wall=datetime.combine(fair.on, NOW.time()), zone="Europe/Paris",
        by=editor, now=NOW,
    )  # fmt: skip
    assert post.idea and (post.idea.source, post.idea.origin) == ("key_date", fair.pk)
    assert [row.planned_wall for row in variants_of(post)] == ["2026-03-24T09:00"]
    assert foresight.prepared([fair]) == {fair.pk: 1}
    assert fair not in [one.occasion for one in foresight.nearing(editor, now=NOW)]
    assert occasions.occasion(editor, fair.pk, fair.on) == fair


def test_a_yearly_date_shows_what_it_brought_before(cast: Cast) -> None:
    editor, marketing = cast.actor("editor"), cast.departments["Marketing"]
    key_dates.set_date(
        name="Founded", on=date(2020, 3, 20), yearly=True, department=marketing,
        by=cast.actor("manager"), now=NOW,
    )  # fmt: skip
    (before,) = occasions.occasions(editor, date(2025, 3, 20), date(2025, 3, 20), kind="company")
    idea = sources.from_key_date(
        title="Five years",
        note="Come in.",
        date_id=before.pk,
        date_name="Founded",
        by=editor,
        now=NOW,
    )
    post = ideas.develop(
        idea, department=marketing, channels=[cast.agora, cast.chirp], by=editor, now=NOW
    )
    stories.published(cast, post, views=1000)
    (own,) = (one for one in foresight.nearing(editor, now=NOW) if one.occasion.department)
    assert own.occasion.on == date(2026, 3, 20)
    assert own.earlier == foresight.Earlier(1, 1000)
