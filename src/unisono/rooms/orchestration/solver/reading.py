"""An instance from JSON: the table format, or the named format of `named`.

**The table format** is the problem as arrays, one key each (`meta` and keys that are not named here
are passed over). Lists may be nested; whole numbers may be written as 3.0; `true` may be 1.

| key | what | shape |
|---|---|---|
| `o_post`, `o_ch`, `o_t`, `o_v` | the options: content, channel, hour, value | m |
| `dept`, `obj`, `pen`, `lo`, `hi` | department, objective, penalty, first and last hour | n |
| `excl`, `pred`, `lag` | exclusive hours, whom it follows (-1), lag; may be left out | n |
| `tz`, `gap`, `xgap`, `maxday` | offset, gap, gap between departments, daily maximum | C |
| `deptcap` | weekly maximum of each department | C, or C × D |
| `allowed` | hours that are neither quiet nor dark; may be left out | C × H |
| `reach` or `fatigue` | what fatigue is reckoned from, or its costs in a day | C, or C × K |
| `target`, `minq` | target and weekly quotas of each objective | O, O × W |
| `qpen`, `over` | what one missing from a quota costs; the share that counts beyond a target | |
| `n`, `C`, `H`, `D`, `O`, `W` | sizes; counted where they are left out | |
| `locked`, `approved` | the number of the option that stands, or -1; may be left out | n |
| `move_price` | what moving an approved content costs; may be left out | one, or n |
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from unisono.rooms.orchestration.solver.model import (
    WEEK,
    Channels,
    Contents,
    Flags,
    Ints,
    Objectives,
    Options,
    Problem,
    Standing,
)

TIRING = np.array([0, 0.10, 0.25, 0.45, 0.70, 1.0, 1.3, 1.6])
"""Fatigue by content of the day, in 1,600 times a channel's reach."""
DEFAULT_MOVE_PRICE = 3000
FARTHEST = 24
"""Hours that an offset may be at most, in either direction."""
MOST_HOURS = 168 * 520


class Unreadable(ValueError):
    """The instance cannot be used; the message is a sentence for a person."""


def read(path: Path) -> Problem:
    """The problem in a file."""
    try:
        raw = json.loads(path.read_bytes())
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not text in UTF-8.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(f"{path} is not JSON: {error}.") from error
    return problem_of(raw)


def problem_of(raw: Any) -> Problem:
    """The problem in what JSON holds, whichever format it is in."""
    if not isinstance(raw, Mapping):
        raise Unreadable("An instance is a JSON object; this is something else.")
    if isinstance(raw.get("instance"), Mapping):
        raw = raw["instance"]
    if "contents" in raw:
        from unisono.rooms.orchestration.solver import named

        raw = named.table(raw)
    return _problem(Columns(raw))


class Columns:
    """Arrays by name, with sentences for what is wrong with them."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw

    def has(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def numbers(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Finite numbers of whatever shape."""
        if not self.has(name):
            raise Unreadable(f"“{name}” is missing.")
        try:
            array = np.asarray(self.raw[name])
            if array.dtype.kind not in "biuf":
                array = array.astype(np.float64) if array.size == 0 else self._refuse(name)
        except ValueError:
            self._refuse(name)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise Unreadable(f"“{name}” holds a number that is not finite.")
        return array

    def _refuse(self, name: str) -> Any:
        raise Unreadable(f"“{name}” must be a list of numbers, or lists of equal length of them.")

    def whole(self, name: str, *shape: int, least: int | None = None, most: int | None = None,
              default: int | None = None) -> Ints:  # fmt: skip
        """Whole numbers of a shape and within limits; one number alone stands for all."""
        if default is not None and not self.has(name):
            return np.full(shape, default, np.int64)
        array = self.numbers(name)
        if array.shape == () and shape:
            array = np.full(shape, array)
        if array.size == 0 and 0 in shape:
            array = array.reshape(shape)
        if array.shape != shape:
            raise Unreadable(
                f"“{name}” must have {_shape(shape)} numbers; it has {_shape(array.shape)}."
            )
        if array.size and (np.abs(array) > 2**52).any():
            raise Unreadable(f"“{name}” holds a number that is too large.")
        rounded: Ints = np.rint(array).astype(np.int64)
        if array.dtype.kind == "f" and not np.array_equal(rounded, array):
            raise Unreadable(f"“{name}” must hold whole numbers.")
        self._within(name, rounded, least, most)
        return rounded

    def _within(self, name: str, array: Ints, least: int | None, most: int | None) -> None:
        low = array < least if least is not None else np.zeros(array.shape, bool)
        high = array > most if most is not None else np.zeros(array.shape, bool)
        for wrong, limit in ((low, f"less than {least}"), (high, f"more than {most}")):
            if wrong.any():
                where = int(np.flatnonzero(wrong.ravel())[0])
                found = int(array.ravel()[where])
                raise Unreadable(f"“{name}” holds {found} at place {where}, {limit}.")

    def one(self, name: str, least: float, most: float) -> float:
        array = self.numbers(name)
        if array.size != 1 or not least <= float(array.ravel()[0]) <= most:
            raise Unreadable(f"“{name}” must be one number from {least:g} to {most:g}.")
        return float(array.ravel()[0])

    def length(self, name: str) -> int:
        """How many rows there are."""
        array = self.numbers(name)
        return int(array.shape[0]) if array.ndim else 1

    def size(self, name: str, counted: int, most: int = 10**7) -> int:
        """A size that is given, or else counted."""
        return int(self.whole(name, least=0, most=most, default=counted))


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) if shape else "1"


def _problem(given: Columns) -> Problem:
    size = given.size("n", given.length("dept"))
    channels = given.size("C", given.length("gap"))
    objectives = given.size("O", given.length("target"))
    departments = given.size("D", int(given.whole("dept", size, least=0).max(initial=0)) + 1)
    hours = given.size("H", _hours(given), most=MOST_HOURS)
    weeks = given.size("W", max(1, (hours + WEEK - 1) // WEEK))
    contents = _contents(given, size, departments, objectives, hours)
    lanes = _channels(given, channels, departments, hours)
    wanted = Objectives(
        target=given.whole("target", objectives, least=0),
        quota=given.whole("minq", objectives, weeks, least=0, default=0),
        quota_penalty=int(given.whole("qpen", least=0, default=0)),
        beyond=given.one("over", 0, 1),
    )
    options, standing = _options(given, contents, lanes, hours)
    return Problem(
        contents=contents,
        channels=lanes,
        objectives=wanted,
        options=options,
        standing=standing,
        hours=hours,
        content_names=tuple(map(str, given.raw.get("content_names", ()))),
        channel_names=tuple(map(str, given.raw.get("channel_names", ()))),
    )


def _hours(given: Columns) -> int:
    if given.has("allowed") and given.numbers("allowed").ndim == 2:
        return int(given.numbers("allowed").shape[1])
    return int(given.numbers("hi").max(initial=0)) + 1


def _contents(given: Columns, size: int, departments: int, objectives: int, hours: int) -> Contents:
    return Contents(
        department=given.whole("dept", size, least=0, most=departments - 1),
        objective=given.whole("obj", size, least=0, most=objectives - 1),
        penalty=given.whole("pen", size, least=0),
        earliest=given.whole("lo", size, default=0),
        latest=given.whole("hi", size, default=hours - 1),
        exclusive=given.whole("excl", size, least=0, most=hours, default=0),
        after=given.whole("pred", size, least=-1, most=size - 1, default=-1),
        lag=given.whole("lag", size, least=0, most=MOST_HOURS, default=0),
    )


def _channels(given: Columns, channels: int, departments: int, hours: int) -> Channels:
    gap = given.whole("gap", channels, least=0, most=hours, default=1)
    most = given.numbers("deptcap") if given.has("deptcap") else np.array(WEEK)
    weekly = (
        given.whole("deptcap", channels, departments, least=0, default=WEEK)
        if most.ndim != 1
        else np.repeat(given.whole("deptcap", channels, least=0)[:, None], departments, 1)
    )
    return Channels(
        offset=given.whole("tz", channels, least=-FARTHEST, most=FARTHEST, default=0),
        gap=np.maximum(1, gap),
        cross_gap=given.whole("xgap", channels, least=0, most=hours, default=0),
        daily_most=given.whole("maxday", channels, least=0, default=24),
        weekly_most=weekly,
        fatigue=_fatigue(given, channels),
        open=_open(given, channels, hours),
    )


def _fatigue(given: Columns, channels: int) -> Ints:
    if given.has("fatigue"):
        steps = given.numbers("fatigue").shape[-1]
        return given.whole("fatigue", channels, steps, least=0)
    if not given.has("reach"):
        raise Unreadable("“reach” is missing, and there is no “fatigue” in its place.")
    reach = given.numbers("reach").astype(np.float64)
    if reach.shape != (channels,) or (reach < 0).any():
        raise Unreadable(f"“reach” must have {channels} numbers that are not negative.")
    # The factors in this order: another one rounds some costs the other way.
    cost: Ints = np.round(1000 * reach[:, None] * TIRING[None, :] * 1.6).astype(np.int64)
    return cost


def _open(given: Columns, channels: int, hours: int) -> Flags:
    return given.whole("allowed", channels, hours, least=0, most=1, default=1).astype(bool)


def _options(
    given: Columns, contents: Contents, lanes: Channels, hours: int
) -> tuple[Options, Standing]:
    """The options that break no rule by themselves, and those that stand whatever they break."""
    count, size = given.length("o_post"), len(contents.penalty)
    channels = len(lanes.gap)
    content = given.whole("o_post", count, least=0, most=size - 1)
    channel = given.whole("o_ch", count, least=0, most=channels - 1)
    hour = given.whole("o_t", count, least=0, most=hours - 1)
    value = given.whole("o_v", count, least=0)
    locked = given.whole("locked", size, least=-1, most=count - 1, default=-1)
    approved = given.whole("approved", size, least=-1, most=count - 1, default=-1)
    for name, stands in (("locked", locked), ("approved", approved)):
        placed = np.flatnonzero(stands >= 0)
        strange = placed[content[stands[placed]] != placed]
        if len(strange):
            raise Unreadable(f"“{name}” gives content {strange[0]} an option of another content.")
    usable = lanes.open[channel, hour]
    usable &= (hour >= contents.earliest[content]) & (hour <= contents.latest[content])
    usable[locked[locked >= 0]] = True
    kept = np.flatnonzero(usable)
    kept = kept[np.argsort(content[kept], kind="stable")]
    place = np.full(count + 1, -1, np.int64)
    place[kept] = np.arange(len(kept))
    price = given.whole("move_price", size, least=0, default=DEFAULT_MOVE_PRICE)
    options = Options(
        content=content[kept],
        channel=channel[kept],
        hour=hour[kept],
        value=value[kept],
        number=kept,
        first=np.searchsorted(content[kept], np.arange(size + 1)).astype(np.int64),
    )
    # One whose approved place is closed has to move: that is no choice, and has no price.
    standing = Standing(
        locked=place[locked],
        approved=place[approved],
        move_price=np.where(place[approved] >= 0, price, 0),
    )
    return options, standing
