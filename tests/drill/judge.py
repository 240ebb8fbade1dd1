"""What came of the drills: the network's own record against what people are told."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.drill.house import Company, House


@dataclass(frozen=True)
class Expected:
    """Where the posts of a row must end: `states` that are right, and `out` copies of each.

    `out` None: a post is out exactly once when its state says so, and at most once otherwise.
    """

    states: tuple[str, ...] = ("published",)
    out: int | None = 1


PUBLISHED = Expected()
ASKED_OUT = Expected(("asked",), 1)
ASKED_NOT_OUT = Expected(("asked",), 0)
EITHER = Expected(("published", "asked"), None)
HELD = Expected(("held",), 0)
FAILED = Expected(("failed",), 0)


@dataclass
class Score:
    """The count of all rows."""

    rows: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    posts: int = 0
    kills: int = 0
    lost: int = 0
    twice: int = 0
    unknown: int = 0
    unknown_shown: int = 0

    def line(self) -> str:
        return json.dumps(
            {
                "rows": len(self.rows),
                "failed": len(self.failed),
                "posts": self.posts,
                "kills": self.kills,
                "lost": self.lost,
                "twice": self.twice,
                "unknown": self.unknown,
                "unknown_shown": self.unknown_shown,
            }
        )


class Judge:
    """Says of each row whether it held, and prints it."""

    def __init__(self, house: House) -> None:
        self.house, self.score = house, Score()

    def say(
        self,
        number: str,
        name: str,
        company: Company,
        expected: Expected,
        *,
        channels: Sequence[Any] = (),
        which: Callable[[Any], bool] = lambda row: True,
        also: Sequence[str] = (),
    ) -> None:
        """Judge the posts of a company, or of some channels, or `which` of them.

        `also` is what broke besides.
        """
        rows = [row for row in _rows(company, channels) if which(row)]
        out = _copies(self.house, rows)
        states = [_state(row) for row in rows]
        shown = shown_to_people(company, rows)
        asked = sum(state == "asked" for state in states)
        missing = sum(1 for row, state in zip(rows, states, strict=True)
                      if out[row.pk] < _least(expected, state))  # fmt: skip
        twice = sum(max(0, count - 1) for count in out.values())
        wrong = Counter(state for state in states if state not in expected.states)
        problems = [f"{count} {state}" for state, count in wrong.items()]
        problems += [f"lost {missing}"] * bool(missing) + [f"twice {twice}"] * bool(twice)
        problems += [f"shown {shown} of {asked}"] * (shown != asked)
        if expected.out == 0 and any(out.values()):
            problems.append(f"out {sum(map(bool, out.values()))}")
        self.note(number, name, len(rows), [*problems, *also], lost=missing, twice=twice,
                  unknown=asked, shown=shown)  # fmt: skip

    def note(
        self,
        number: str,
        name: str,
        posts: int,
        problems: Sequence[str],
        *,
        lost: int = 0,
        twice: int = 0,
        unknown: int = 0,
        shown: int = 0,
    ) -> None:
        """Count a row and print it."""
        score = self.score
        score.rows.append(f"{number} {name}")
        score.posts += posts
        score.lost, score.twice = score.lost + lost, score.twice + twice
        score.unknown, score.unknown_shown = score.unknown + unknown, score.unknown_shown + shown
        if problems:
            score.failed.append(f"{number} {name}")
        verdict = "BROKEN: " + ", ".join(problems) if problems else "held"
        asked = f"  asked {unknown}" if unknown else ""
        print(f"{number:>5}  {name:66} {posts:5} posts  {verdict}{asked}", flush=True)


def shown_to_people(company: Company, rows: Sequence[Any]) -> int:
    """How many of the doubtful among these are on the page of what needs a person, and told."""
    from unisono.kernel import jobs, tenancy
    from unisono.rooms.notifications.models import Notice
    from unisono.rooms.publishing.queries import troubled

    asked = {row.pk for row in rows if _state(row) == "asked"}
    if not asked:
        return 0
    while jobs.run_pending():
        pass
    with tenancy.within(company.pk):
        listed = set(troubled(company.admin).filter(state="unknown").values_list("pk", flat=True))
        links = set(
            Notice.objects.filter(kind="publication.doubtful").values_list("link", flat=True)
        )
    return sum(1 for pk in asked if pk in listed and f"/publications/{pk}" in links)


def _rows(company: Company, channels: Sequence[Any]) -> list[Any]:
    from unisono.kernel import tenancy
    from unisono.rooms.publishing.models import Publication

    with tenancy.within(company.pk):
        rows = Publication.objects.select_related("revision", "channel")
        return list(rows.filter(channel__in=channels) if channels else rows)


def _state(row: Any) -> str:
    return "asked" if row.state == "unknown" and row.next_at is None else str(row.state)


def _least(expected: Expected, state: str) -> int:
    if expected.out is None:
        return int(state == "published")
    return expected.out


def _copies(house: House, rows: Sequence[Any]) -> dict[Any, int]:
    """How often each post is out. Those that say the same share what is out among them."""
    said: dict[tuple[Any, str], list[Any]] = defaultdict(list)
    channels = {row.channel_id: row.channel for row in rows}
    for row in rows:
        said[(row.channel_id, row.words)].append(row)
    truth = {pk: house.truth(channel) for pk, channel in channels.items()}
    out: dict[Any, int] = {}
    for (channel, text), alike in said.items():
        count = truth[channel][text]
        for place, row in enumerate(alike):
            share = count // len(alike) + (1 if place < count % len(alike) else 0)
            out[row.pk] = share
    return out
