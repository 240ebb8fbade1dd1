"""The pretend audience: believable, the same every time, and never forgetful."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest

from unisono.networks.sandbox.server import audience
from unisono.networks.sandbox.server.audience import Seen, fraction, reaction, timeliness
from unisono.networks.sandbox.server.places import PLACES
from unisono.networks.sandbox.server.store import HandleTaken, Store, seen
from unisono.networks.sandbox.server.voices import language_of

HOUR = 3600.0
TUESDAY = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
POST = Seen(
    id="p1", luck="orchard|text", place="agora", followers=5000, language="en", images=1,
    described=1, text="Our first harvest of the year leaves the yard today. #apples",
    at=TUESDAY.timestamp(), speed=1.0,
)  # fmt: skip


def late(post: Seen, hours: float = 2000.0) -> audience.Reaction:
    return reaction(post, "seed", post.at + hours * HOUR)


def average(post: Seen, count: int = 60) -> float:
    """The expected reach, with luck averaged out."""
    return mean(late(replace(post, luck=str(number))).views for number in range(count))


def test_the_same_post_always_fares_the_same() -> None:
    assert late(POST) == late(replace(POST, id="another"))
    assert late(POST) != reaction(POST, "another seed", POST.at + 2000 * HOUR)


def test_counts_never_fall_and_saturate() -> None:
    history = [reaction(POST, "seed", POST.at + hours * HOUR) for hours in range(0, 400, 4)]
    for before, after in pairwise(history):
        for name in ("views", "likes", "comments", "shares", "clicks"):
            assert getattr(after, name) >= getattr(before, name)
    assert history[0].views == 0
    assert history[6].views > history[-1].views / 2
    assert history[-1].views - history[-20].views < history[-1].views / 50


def test_before_it_is_posted_nobody_has_seen_it() -> None:
    assert fraction(-1, 5) == 0
    assert reaction(POST, "seed", POST.at - 10).views == 0


def test_speed_shortens_the_wait_and_changes_nothing_else() -> None:
    fast = replace(POST, speed=60.0)
    assert reaction(fast, "seed", fast.at + HOUR) == reaction(POST, "seed", POST.at + 60 * HOUR)


def test_comments_are_counted_and_told_alike() -> None:
    asking = replace(POST, text="Which apple do you like best? " + POST.text)
    for hours in (1, 5, 24, 300):
        now = asking.at + hours * HOUR
        told = audience.comments(asking, "seed", now)
        assert len(told) == reaction(asking, "seed", now).comments
        assert all(asking.at < comment.at <= now for comment in told)
    assert len({comment.id for comment in told}) == len(told) > 5


def test_good_hours_beat_bad_hours() -> None:
    night = replace(POST, at=(TUESDAY + timedelta(hours=19)).timestamp())
    sunday = replace(POST, at=(TUESDAY + timedelta(days=5)).timestamp())
    assert average(POST) > 1.8 * average(night)
    assert average(POST) > 1.5 * average(sunday)


@pytest.mark.parametrize("name", PLACES)
def test_each_place_has_its_hours(name: str) -> None:
    place = PLACES[name]
    week = [TUESDAY.replace(hour=0) + timedelta(hours=hour) for hour in range(24)]
    best = max(week, key=lambda at: timeliness(place, at)).astimezone(audience.AUDIENCE_ZONE)
    assert min(abs(best.hour - hour) for hour in place.hours) <= 1


def test_how_a_post_is_made_matters() -> None:
    plain = replace(POST, images=0, described=0)
    assert average(POST) > 1.2 * average(plain)
    shouting = replace(plain, text=plain.text + " #a #b #c #d #e #f #g")
    assert average(plain) > 1.1 * average(shouting)
    linked = replace(POST, text=POST.text + " https://orchard.example")
    assert late(linked).clicks > 0 == late(POST).clicks


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Die Ernte ist da, und wir freuen uns", "", "de"),
        ("Nous sommes dans les vergers avec vous", "", "fr"),
        ("The harvest is here and we are glad", "", "en"),
        ("Apfel", "fr-CH", "fr"),
        ("Die Ernte und die Presse", "pt", "de"),
    ],
)
def test_the_language_of_the_answer(text: str, declared: str, language: str) -> None:
    assert language_of(text, declared) == language


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path, seed="orchard")
    person = store.sign_up("orchard", "The Orchard", "chirp", 900)
    made = store.add_post(
        person, key="k", body="b", text="Hello", language="en", media=[], at=1.0, made=2.0,
        speed=60.0,
    )  # fmt: skip
    before = reaction(seen(made, person), store.seed, 10_000.0)
    store.close()

    again = Store(tmp_path, seed="another")
    assert again.seed == "orchard"
    assert again.person(token=person.token) == person
    assert again.post_by_key(person.id, "k") == made
    assert reaction(seen(made, person), again.seed, 10_000.0) == before
    with pytest.raises(HandleTaken):
        again.sign_up("orchard", "Another", "agora", 5)
    assert again.delete(person.id, made.id)
    assert again.posts(person.id) == []
    assert [post.deleted for post in again.everything(person.id)] == [True]
