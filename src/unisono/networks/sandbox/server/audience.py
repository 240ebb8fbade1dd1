"""How the pretend audience reacts: a pure function of the post, a seed and the time since it.

Reach saturates (most of what a post will get comes early), depends on the hour and weekday in the
audience's own zone, on pictures, links, questions, hashtags and length, and is lightly noisy.
Nothing is stored, so a restart changes nothing and history can be loaded at once.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from random import Random
from zoneinfo import ZoneInfo

from unisono.networks.sandbox.server.places import PLACES, Place
from unisono.networks.sandbox.server.voices import comment, language_of

AUDIENCE_ZONE = ZoneInfo("Europe/Berlin")
_SHAPE = 0.85


@dataclass(frozen=True, slots=True)
class Seen:
    """What the audience sees of a post. `at` is Unix seconds, `speed` how fast its time passes.

    `luck` seeds the chance in its fate: the same post on the same account always fares the same.
    """

    id: str
    luck: str
    place: str
    followers: int
    text: str
    language: str
    images: int
    described: int
    at: float
    speed: float


@dataclass(frozen=True, slots=True)
class Reaction:
    """Life-to-date counts."""

    views: int
    likes: int
    comments: int
    shares: int
    clicks: int


@dataclass(frozen=True, slots=True)
class Comment:
    """One answer of the audience; `at` in Unix seconds of the server's clock."""

    id: str
    post: str
    author: str
    handle: str
    text: str
    at: float


def reaction(seen: Seen, seed: str, now: float) -> Reaction:
    """The counts at `now`; they never fall while `now` rises."""
    fate = _fate(seen, seed)
    share = fraction(_age_hours(seen, now), fate.half_life)
    return Reaction(
        views=int(fate.views * share),
        likes=int(fate.likes * share**1.05),
        comments=len([None for age in fate.comment_ages if age <= _age_hours(seen, now)]),
        shares=int(fate.shares * share**1.15),
        clicks=int(fate.clicks * share),
    )


def comments(seen: Seen, seed: str, now: float) -> list[Comment]:
    """The answers written until `now`, oldest first."""
    age = _age_hours(seen, now)
    ages = _fate(seen, seed).comment_ages
    return [c for c, at in zip(_written(seen, seed), ages, strict=True) if at <= age]


def fraction(age_hours: float, half_life: float) -> float:
    """The part of its final reach a post has after so many hours (0 to 1)."""
    if age_hours <= 0:
        return 0.0
    return 1.0 - math.exp(-math.log(2) * (age_hours / half_life) ** _SHAPE)


def timeliness(place: Place, at: datetime) -> float:
    """How awake the audience is at `at`: 0.35 in the dead of night to about 1.25 at its best."""
    local = at.astimezone(AUDIENCE_ZONE)
    hour = local.hour + local.minute / 60
    near = max(math.exp(-(_hours_apart(hour, best) ** 2) / 8.0) for best in place.hours)
    day = place.weekend if local.weekday() >= 5 else (1.08 if local.weekday() in (1, 2, 3) else 1.0)
    return (0.35 + 0.80 * near) * day


def online(place: Place, followers: int, account: str, seed: str) -> list[int]:
    """How many followers are online in each hour of the week, 168 from Monday 00:00 in
    `AUDIENCE_ZONE`: what a network tells its accounts, lightly noisy like all such figures."""
    dice = _dice(seed, account, "online")
    monday = datetime(2026, 3, 2, tzinfo=AUDIENCE_ZONE)
    found = []
    for hour in range(168):
        at = monday + timedelta(hours=hour)
        quarters = [timeliness(place, at + timedelta(minutes=n)) for n in (0, 15, 30, 45)]
        share = 0.03 + 0.20 * sum(quarters) / len(quarters)
        found.append(round(followers * share * math.exp(dice.gauss(0.0, 0.10))))
    return found


def craft(place: Place, seen: Seen) -> float:
    """What the making of a post does to its reach."""
    text = seen.text
    factor = place.image_lift if seen.images else 1.0
    if seen.images and seen.described == seen.images:
        factor *= 1.05
    tags = len(re.findall(r"#\w", text))
    factor *= 1.10 if 1 <= tags <= 3 else (0.82 if tags > 5 else 1.0)
    if "http" in text:
        factor *= 0.88
    if "?" in text:
        factor *= 1.07
    filled = len(text) / place.text_max
    return factor * (0.80 if len(text) < 40 else 1.0 - 0.22 * max(0.0, filled - 0.6))


@dataclass(frozen=True, slots=True)
class _Fate:
    """What a post will have in the end, and when its comments come (hours)."""

    views: float
    likes: float
    shares: float
    clicks: float
    half_life: float
    comment_ages: tuple[float, ...]


@lru_cache(maxsize=20_000)
def _fate(seen: Seen, seed: str) -> _Fate:
    place, dice = PLACES[seen.place], _dice(seed, seen.luck, "fate")
    at = datetime.fromtimestamp(seen.at, UTC)
    luck = math.exp(dice.gauss(0.0, 0.22))
    views = seen.followers * place.reach * timeliness(place, at) * craft(place, seen) * luck
    asks = 1.7 if "?" in seen.text else 1.0
    half_life = place.half_life * math.exp(dice.gauss(0.0, 0.12))
    expected = views * place.comment_rate * asks
    count = min(60, int(expected + dice.random()))
    ages = sorted(_age_at(dice.uniform(0.02, 0.97), half_life) for _ in range(count))
    return _Fate(
        views=views,
        likes=views * place.like_rate * math.exp(dice.gauss(0.0, 0.18)),
        shares=views * place.share_rate * math.exp(dice.gauss(0.0, 0.30)),
        clicks=views * place.click_rate * luck if "http" in seen.text else 0.0,
        half_life=half_life,
        comment_ages=tuple(ages),
    )


@lru_cache(maxsize=4_000)
def _written(seen: Seen, seed: str) -> tuple[Comment, ...]:
    dice = _dice(seed, seen.luck, "comments")
    language = language_of(seen.text, seen.language)
    made: list[Comment] = []
    for number, age in enumerate(_fate(seen, seed).comment_ages):
        author, text = comment(seen.text, language, dice)
        for _again in range(6):
            if text not in {other.text for other in made}:
                break
            author, text = comment(seen.text, language, dice)
        handle = re.sub(r"[^a-z]+", ".", author.lower().encode("ascii", "ignore").decode())
        at = round(seen.at + age * 3600 / seen.speed, 3)
        made.append(Comment(f"{seen.id}-c{number}", seen.id, author, handle, text, at))
    return tuple(made)


def _age_hours(seen: Seen, now: float) -> float:
    return (now - seen.at) * seen.speed / 3600


def _age_at(share: float, half_life: float) -> float:
    """The inverse of `fraction`."""
    return float(half_life * (-math.log(1.0 - share) / math.log(2)) ** (1 / _SHAPE))


def _hours_apart(one: float, other: float) -> float:
    gap = abs(one - other) % 24
    return min(gap, 24 - gap)


def _dice(seed: str, post: str, purpose: str) -> Random:
    digest = sha256(f"{seed}|{post}|{purpose}".encode()).digest()
    return Random(int.from_bytes(digest[:8], "big"))


def iso(seconds: float) -> str:
    """Unix seconds as RFC 3339 in UTC, microseconds kept."""
    return (datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)).isoformat()
