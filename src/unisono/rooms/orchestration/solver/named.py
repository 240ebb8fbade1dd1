"""An instance as objects with names, turned into the table format.

```json
{"format": "unisono-instance", "version": 1, "hours": 336, "departments": ["marketing", "care"],
 "quota_penalty": 800, "beyond": 0.4,
 "channels": [{"name": "Main", "offset": 1, "gap": 3, "cross_gap": 5, "daily_most": 4,
               "weekly_most": {"care": 9}, "fatigue": [0, 160, 400], "closed": [[0, 6], [40, 44]]}],
 "objectives": [{"name": "Leads", "target": 90000, "quota": [4, 4]}],
 "contents": [{"name": "Launch", "department": "marketing", "objective": "Leads", "penalty": 500,
               "earliest": 8, "latest": 90, "exclusive": 8, "after": "Teaser", "lag": 12,
               "options": [["Main", 9, 1200]], "locked": ["Main", 9], "approved": ["Main", 9]}]}
```

Names are the keys by which one thing is named in another; `closed` are spans of hours, the last not
included. All but names, options, objective, department and penalty may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

FORMAT, VERSION = "unisono-instance", 1


def table(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same instance in the table format of `reading`."""
    from unisono.rooms.orchestration.solver.reading import Unreadable

    if raw.get("format", FORMAT) != FORMAT or raw.get("version", VERSION) != VERSION:
        raise Unreadable(
            f"This instance is of the format {raw.get('format')} {raw.get('version')}; "
            f"{FORMAT} {VERSION} can be read."
        )
    try:
        return _table(raw)
    except KeyError as error:
        raise Unreadable(
            f"The key {error} is missing, or names something that is not there."
        ) from error
    except (TypeError, AttributeError, ValueError, IndexError) as error:
        raise Unreadable(f"The instance is not put together as it should be: {error}.") from error


def _numbered(things: Sequence[Any], kind: str) -> dict[Any, int]:
    from unisono.rooms.orchestration.solver.reading import Unreadable

    names = [thing if isinstance(thing, str) else thing["name"] for thing in things]
    if len(set(names)) < len(names):
        raise Unreadable(f"Two {kind} have the same name.")
    return {name: number for number, name in enumerate(names)}


def _table(raw: Mapping[str, Any]) -> dict[str, Any]:
    hours = int(raw["hours"])
    channels, objectives, contents = raw["channels"], raw["objectives"], raw["contents"]
    lanes, aims = _numbered(channels, "channels"), _numbered(objectives, "objectives")
    departments = _numbered(raw["departments"], "departments")
    names = _numbered(contents, "contents")
    weeks = max(1, -(-hours // 168), *(len(each.get("quota", ())) for each in objectives))
    steps = max([1, *(len(each.get("fatigue", ())) for each in channels)])
    made: dict[str, Any] = {
        "n": len(contents), "C": len(channels), "O": len(objectives), "D": len(departments),
        "H": hours, "W": weeks,
        "tz": [each.get("offset", 0) for each in channels],
        "gap": [each.get("gap", 1) for each in channels],
        "xgap": [each.get("cross_gap", 0) for each in channels],
        "maxday": [each.get("daily_most", 24) for each in channels],
        "deptcap": [_weekly(each.get("weekly_most", 168), departments) for each in channels],
        "fatigue": [_filled(each.get("fatigue", ()), steps) for each in channels],
        "allowed": [_open(each.get("closed", ()), hours) for each in channels],
        "target": [each.get("target", 0) for each in objectives],
        "minq": [_filled(each.get("quota", ()), weeks) for each in objectives],
        "qpen": raw.get("quota_penalty", 0), "over": raw.get("beyond", 0.4),
        "dept": [departments[each["department"]] for each in contents],
        "obj": [aims[each["objective"]] for each in contents],
        "pen": [each["penalty"] for each in contents],
        "lo": [each.get("earliest", 0) for each in contents],
        "hi": [each.get("latest", hours - 1) for each in contents],
        "excl": [each.get("exclusive", 0) for each in contents],
        "pred": [-1 if each.get("after") is None else names[each["after"]] for each in contents],
        "lag": [each.get("lag", 0) for each in contents],
        "move_price": [each.get("move_price", raw.get("move_price", 3000)) for each in contents],
        "content_names": list(names), "channel_names": list(lanes),
    }  # fmt: skip
    rows = _options(contents, lanes)
    made["locked"] = [_stands(rows, n, each, "locked", lanes) for n, each in enumerate(contents)]
    made["approved"] = [
        _stands(rows, n, each, "approved", lanes) for n, each in enumerate(contents)
    ]
    for place, key in enumerate(("o_post", "o_ch", "o_t", "o_v")):
        made[key] = [row[place] for row in rows]
    return made


def _weekly(most: Any, departments: Mapping[str, int]) -> list[int]:
    if isinstance(most, Mapping):
        return [most.get(name, 168) for name in departments]
    return [most] * len(departments)


def _filled(numbers: Sequence[int], length: int) -> list[int]:
    return [*numbers, *[0] * (length - len(numbers))]


def _open(closed: Sequence[Sequence[int]], hours: int) -> list[int]:
    return [0 if any(a <= hour < b for a, b in closed) else 1 for hour in range(hours)]


def _options(contents: Sequence[Mapping[str, Any]], lanes: Mapping[str, int]) -> list[list[int]]:
    return [
        [number, lanes[channel], hour, value]
        for number, content in enumerate(contents)
        for channel, hour, value in content["options"]
    ]


def _stands(
    rows: list[list[int]], number: int, content: Mapping[str, Any], key: str,
    lanes: Mapping[str, int],
) -> int:  # fmt: skip
    """The option that stands, which is added where it is not among those given."""
    if content.get(key) is None:
        return -1
    channel, hour = lanes[content[key][0]], content[key][1]
    for place, row in enumerate(rows):
        if row[:3] == [number, channel, hour]:
            return place
    rows.append([number, channel, hour, 0])
    return len(rows) - 1
