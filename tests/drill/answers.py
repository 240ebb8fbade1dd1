"""Rows about the network: what it answers, or does not. All of them at once, with one worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.drill import workers
from tests.drill.house import MADE_PUBLIC, PLACES, House
from tests.drill.judge import (
    ASKED_NOT_OUT,
    ASKED_OUT,
    FAILED,
    HELD,
    PUBLISHED,
    Expected,
    Judge,
)

POSTS = 12


@dataclass(frozen=True)
class Row:
    """One bad answer: the rule, and where posts must end with and without a way to look."""

    number: str
    name: str
    rules: tuple[dict[str, Any], ...]
    expected: Expected = PUBLISHED
    blind: Expected | None = None
    on: tuple[str, ...] = ("key", "container", "look-up", "none")
    posts: int = POSTS
    latest: timedelta = timedelta(hours=2)
    at: timedelta = timedelta()


def commit(mode: str, count: int = POSTS, **more: Any) -> dict[str, Any]:
    """A rule for the call that makes a post public."""
    return {"mode": mode, "path": MADE_PUBLIC, "count": count, **more}


def get(mode: str, path: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {"mode": mode, "method": "GET", "path": path, "count": count, **more}


ROWS = (
    Row("0", "calm", ()),
    Row("25", "request lost before the network", (commit("lose_request"),), blind=ASKED_NOT_OUT),
    Row("26", "connection cut, accepted a moment later", (commit("late", seconds=1.2),),
        blind=ASKED_OUT),
    Row("27", "answer lost after the network recorded", (commit("lose_answer"),),
        blind=ASKED_OUT),
    Row("27b", "answer lost twice running", (commit("lose_answer", 1), get("outage", "", 2)),
        blind=ASKED_OUT, posts=1),
    Row("28", "500 after the network recorded", (commit("error"),), blind=ASKED_OUT),
    Row("28b", "502 after the network recorded", (commit("error", status=502),), blind=ASKED_OUT),
    Row("28c", "503 after the network recorded", (commit("error", status=503),), blind=ASKED_OUT),
    Row("28d", "504 after the network recorded", (commit("error", status=504),), blind=ASKED_OUT),
    Row("29", "500 before the network recorded", (commit("outage"),), blind=ASKED_NOT_OUT),
    Row("30", "429 with Retry-After in seconds", (commit("limited", 2, seconds=1),)),
    Row("30b", "429 with Retry-After as a date", (commit("limited", 2, seconds=2, form="date"),)),
    Row("31", "429 for longer than the post may wait", (commit("limited", 1, seconds=10800),),
        HELD, posts=1),
    Row("33", "refused as duplicate, naming the post", (commit("duplicate", 3),),
        on=("key", "look-up"), posts=3),
    Row("36", "refused for good", (commit("refuse"),), FAILED),
    Row("37", "sign-in no longer accepted", (commit("sign_in"),), HELD),
    Row("42", "200 with a body that is no JSON", (commit("garbage"),), blind=ASKED_OUT),
    Row("42b", "200 with an empty body", (commit("empty"),), blind=ASKED_OUT),
    Row("42c", "half an answer", (commit("truncate"),), blind=ASKED_OUT),
    Row("42d", "a web page instead of an answer", (commit("html", 3),), blind=ASKED_NOT_OUT,
        posts=3),
    Row("45", "the container has expired when it is due",
        (get("outage", "containers/", 1, status=410),), on=("container",), posts=1),
    Row("50", "seen by a look only a moment later",
        (commit("lose_answer", 1), get("stale", "/posts$", 1, seconds=60)),
        on=("look-up",), posts=1),
    Row("51", "the list of posts is down", (commit("lose_answer", 1), get("outage", "/posts$", 2)),
        on=("look-up",), posts=1),
    Row("51b", "the list of posts is limited",
        (commit("lose_answer", 1), get("limited", "/posts$", 2)), on=("look-up",), posts=1),
    Row("52", "sixty posts later than the one looked for", (commit("lose_answer", 1),),
        on=("look-up",), posts=61),
    Row("66", "a slow network", (commit("delay", seconds=0.5),)),
    Row("70", "six hours too late after an outage", (), HELD, at=timedelta(hours=-6)),
    Row("70b", "half an hour late after an outage", (), at=timedelta(minutes=-30)),
    Row("30c", "request arrives twice in transit", (commit("dup"),), on=("key",)),
)  # fmt: skip


def run(house: House, judge: Judge) -> None:
    """Give every row its company, let one worker deliver all, and judge."""
    staged = []
    now = datetime.now(UTC)
    for row in ROWS:
        company = house.company(row.name)
        for promise in row.on:
            channel = house.channel(company, promise)
            # The sandbox meets a rule for the whole account; each account has its own.
            for rule in row.rules:
                house.switch({**rule, "handle": channel.handle})
            texts = [f"{row.number} {row.name} {promise} {n}" for n in range(row.posts)]
            house.due(company, [channel], texts, at=now + row.at, latest=row.latest)
            staged.append((row, company, promise, channel))
    with workers.at_work():
        for row, company, _promise, _channel in staged:
            if not house.wait(company, 60):
                print(f"       {row.name}: not settled in time", flush=True)
    for row, company, promise, channel in staged:
        blind = promise == "none" and row.blind
        expected = row.blind if blind and row.blind else row.expected
        judge.say(row.number, f"{row.name} [{promise}]", company, expected, channels=[channel])
    assert set(PLACES) == {"key", "container", "look-up", "none"}
    house.switch()
