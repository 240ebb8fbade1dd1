"""Public instances of the planning problem: a company's contents and channels, made up by a seed.

The same arguments make the same instance as in every other implementation of this benchmark, so the
order in which numbers are drawn is part of the definition and must not be changed. An instance is a
dictionary in the table format of `unisono.rooms.orchestration.solver.reading`, with numpy arrays.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

WEEK, DAY = 168, 24
DEPARTMENTS, OBJECTIVES = 5, 6
SHARES = [0.4, 0.2, 0.15, 0.15, 0.1]

# Of each kind of audience: peaks of its day (hour, width, height), and what a weekend day is worth.
AUDIENCES: dict[str, tuple[list[tuple[float, float, float]], float]] = {
    "b2b": ([(8.5, 1.5, 1.0), (12.5, 1.0, 0.8), (17.5, 1.5, 0.7)], 0.35),
    "b2c": ([(8.0, 1.2, 0.4), (12.5, 1.2, 0.7), (20.5, 2.0, 1.0)], 1.0),
    "young": ([(13.0, 1.5, 0.5), (17.0, 2.0, 0.6), (22.0, 2.0, 1.0)], 1.1),
    "office": ([(9.0, 1.0, 1.0), (14.0, 2.0, 0.8)], 0.05),
}
WORKDAYS = [0.92, 1.05, 1.08, 1.0, 0.9]

Made = dict[str, Any]


def generate(contents: int = 1000, channels: int = 20, weeks: int = 4, seed: int = 0) -> Made:
    """One instance."""
    rng = np.random.default_rng(seed)
    made: Made = {"n": contents, "C": channels, "H": weeks * WEEK, "D": DEPARTMENTS,
                  "O": OBJECTIVES, "W": weeks}  # fmt: skip
    _lanes(rng, made)
    campaigns = _campaigns(rng, made)
    _wishes(rng, made, campaigns)
    _sequences(rng, made, len(campaigns["start"]))
    _options(rng, made)
    _goals(rng, made)
    made["created"] = rng.permutation(contents)
    return made


def dump(made: Made, path: Path) -> None:
    """The instance as JSON."""
    path.write_text(json.dumps(made, default=lambda array: array.tolist()))


def _lanes(rng: np.random.Generator, made: Made) -> None:
    count, hours = made["C"], made["H"]
    offset = rng.choice([-8, -5, 0, 1, 1, 1, 2, 8], count)
    kinds = rng.choice(list(AUDIENCES), count, p=[0.4, 0.3, 0.2, 0.1])
    made["tz"] = offset
    made["act"] = np.stack([_audience(rng, kind) for kind in kinds])
    made["reach"] = np.exp(rng.normal(0, 0.45, count))
    made["gap"] = rng.choice([2, 3, 4], count, p=[0.4, 0.4, 0.2])
    made["xgap"] = made["gap"] + rng.choice([1, 2, 3], count)
    made["maxday"] = rng.choice([3, 4, 5], count)
    made["deptcap"] = np.ceil(made["maxday"] * 7 * 0.35).astype(int)
    local = (np.arange(hours)[None, :] + offset[:, None]) % DAY
    made["allowed"] = (local >= 7) & (local <= 22)
    for lane in made["allowed"]:
        for _ in range(made["W"] // 2):
            start = rng.integers(0, hours - DAY)
            lane[start : start + rng.integers(4, DAY)] = False
    everywhere = rng.integers(48, hours - DAY)
    made["allowed"][:, everywhere : everywhere + 6] = False


def _audience(rng: np.random.Generator, kind: str) -> np.ndarray:
    """[168] how active it is in each local hour of the week, at most 1."""
    peaks, weekend = AUDIENCES[kind]
    hour = np.arange(DAY)
    bumps = (height * np.exp(-0.5 * ((hour - at) / width) ** 2) for at, width, height in peaks)
    days = np.array([*WORKDAYS, weekend, weekend]) * np.exp(rng.normal(0, 0.06, 7))
    rough = rng.normal(0, 0.35, WEEK + 4)
    smooth = np.convolve(rough, np.ones(5) / 5**0.5 * 0.6, "valid")
    active = np.outer(days, 0.12 + sum(bumps)).ravel() * np.exp(smooth)
    return active / active.max()


def _campaigns(rng: np.random.Generator, made: Made) -> Made:
    count = max(3, made["n"] // 12)
    return {
        "start": rng.integers(0, made["H"] - WEEK, count),
        "length": rng.choice([WEEK, 240, 336], count),
        "department": rng.integers(0, DEPARTMENTS, count),
        "objective": rng.integers(0, OBJECTIVES, count),
    }


def _wishes(rng: np.random.Generator, made: Made, campaigns: Made) -> None:
    """Who each content is from, what for, and when it may go out."""
    n, last = made["n"], made["H"] - 1
    count = len(campaigns["start"])
    camp = np.where(rng.random(n) < 0.6, rng.integers(0, count, n), -1)
    inside = camp >= 0
    made["camp"] = camp
    made["dept"] = np.where(
        inside, campaigns["department"][camp], rng.choice(DEPARTMENTS, n, p=SHARES)
    )
    made["obj"] = np.where(inside, campaigns["objective"][camp], rng.integers(0, OBJECTIVES, n))
    made["pri"] = rng.choice([1.0, 2.0, 4.0], n, p=[0.55, 0.33, 0.12])
    made["excl"] = np.where(rng.random(n) < 0.04, 8, 0)
    lead = rng.choice([0, 8, 24, 48], n)
    length = rng.choice([48, 96, 168, 336], n, p=[0.2, 0.3, 0.35, 0.15])
    within = campaigns["start"][camp] + rng.integers(0, 96, n)
    lo = np.maximum(np.where(inside, within, rng.integers(-24, made["H"] - 60, n)), lead)
    over = np.minimum(campaigns["start"][camp] + campaigns["length"][camp], last)
    hi = np.minimum(np.minimum(lo + length, last), np.where(inside, over, last))
    made["hi"] = np.maximum(hi, np.minimum(lo + 36, last))
    made["lo"] = np.minimum(lo, made["hi"] - 30).clip(0)


def _sequences(rng: np.random.Generator, made: Made, campaigns: int) -> None:
    """In half of the larger campaigns, up to five contents follow each other."""
    made["pred"], made["lag"] = np.full(made["n"], -1), np.zeros(made["n"], int)
    for campaign in range(campaigns):
        members = np.flatnonzero(made["camp"] == campaign)
        if len(members) < 3 or not rng.random() < 0.5:
            continue
        line = members[np.argsort(made["lo"][members])][:5]
        for before, after in pairwise(line):
            if made["hi"][after] - made["lo"][before] > 72:
                made["pred"][after] = before
                made["lag"][after] = rng.choice([12, 24, 36])


def _options(rng: np.random.Generator, made: Made) -> None:
    """One to four channels for each content, and what each open hour there earns."""
    n = made["n"]
    weight = rng.uniform(0.6, 1.6, OBJECTIVES)
    lanes = rng.choice([1, 2, 3, 4], n, p=[0.3, 0.35, 0.2, 0.15])
    fades = np.where(rng.random(n) < 0.3, rng.uniform(48, 160, n), np.inf)
    made["pref"] = np.zeros(n, int)
    rows = []
    for content in range(n):
        eligible = rng.choice(made["C"], lanes[content], replace=False)
        liking = rng.uniform(0.6, 1.4, len(eligible))
        made["pref"][content] = eligible[np.argmax(liking * made["reach"][eligible])]
        lo, hi = made["lo"][content], made["hi"][content]
        for channel, likes in zip(eligible, liking, strict=True):
            hour = np.arange(lo, hi + 1)
            hour = hour[made["allowed"][channel, hour]]
            active = made["act"][channel][(hour + made["tz"][channel]) % WEEK]
            # Multiplied in this order: another one would round some values differently.
            worth = 1000 * weight[made["obj"][content]] * made["pri"][content] * likes
            worth = worth * made["reach"][channel] * active
            worth = worth * 2.0 ** (-(hour - lo) / fades[content])
            same = np.ones(len(hour), int)
            value = np.round(worth).astype(int)
            rows.append(np.stack([content * same, channel * same, hour, value]))
    table = np.concatenate(rows, 1)
    table = table[:, np.lexsort((table[2], table[1], table[0]))]
    made["o_post"], made["o_ch"], made["o_t"], made["o_v"] = table
    made["ptr"] = np.searchsorted(table[0], np.arange(n + 1))


def _goals(rng: np.random.Generator, made: Made) -> None:
    """Targets and quotas, as shares of what the contents could earn and of how many there are."""
    best = np.zeros(made["n"], int)
    np.maximum.at(best, made["o_post"], made["o_v"])
    aims = [made["obj"] == objective for objective in range(OBJECTIVES)]
    made["target"] = np.array([int(best[own].sum() * rng.uniform(0.35, 0.75)) for own in aims])
    middle = ((made["lo"] + made["hi"]) // 2) // WEEK
    made["minq"] = np.array(
        [[int(0.6 * (own & (middle == week)).sum()) for week in range(made["W"])] for own in aims]
    )
    made["pen"] = np.round(1000 * made["pri"] * 0.5).astype(int)
    made["qpen"], made["over"] = 800, 0.4
