"""Rows about workers: killed, frozen or stopped at every moment, with all promises at once."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.drill import moments, workers
from tests.drill.house import LEASE, MADE_PUBLIC, PLACES, Company, House, patient
from tests.drill.judge import EITHER, PUBLISHED, Judge
from tests.drill.workers import Moment

POSTS = 6
LANES = len(PLACES)

DEATHS: tuple[tuple[str, str, Moment], ...] = (
    ("1", "killed before the claim is committed", moments.claiming),
    ("2", "killed armed, before connecting", moments.before_connecting(LANES)),
    ("3", "killed with half of the request sent", moments.half_sent(LANES)),
    ("4", "killed with the answer unread", moments.answer_unread(LANES)),
    ("5", "killed with the answer read, not written", moments.before_writing()),
    ("6", "killed with the outcome written", moments.after_writing),
)


def run(house: House, judge: Judge) -> None:
    for number, name, moment in DEATHS:
        _death(house, judge, number, name, moment)
    _death_of_a_look(house, judge)
    _freeze(house, judge, "10", "frozen before sending, woken after the lease",
            moments.freezing_before_sending(LANES))  # fmt: skip
    _freeze(house, judge, "11", "frozen with the answer in hand, woken after the lease",
            moments.freezing_before_writing)  # fmt: skip
    _told_to_stop(house, judge)
    _many_workers(house, judge)
    _wrong_clocks(house, judge)


def staged(house: House, name: str, posts: int = POSTS) -> tuple[Company, dict[str, Any]]:
    """A company with a channel of each promise, and posts that are due on each."""
    company = house.company(name)
    channels = {promise: house.channel(company, promise) for promise in PLACES}
    for promise, channel in channels.items():
        house.due(company, [channel], [f"{name} {promise} {n}" for n in range(posts)])
    return company, channels


def judged(
    judge: Judge, number: str, name: str, company: Company, channels: dict[str, Any], *also: str
) -> None:
    for promise, channel in channels.items():
        expected = EITHER if promise == "none" else PUBLISHED
        judge.say(
            number, f"{name} [{promise}]", company, expected, channels=[channel], also=list(also)
        )


def _death(house: House, judge: Judge, number: str, name: str, moment: Moment) -> None:
    company, channels = staged(house, name)
    doomed = workers.start(moment)
    how = workers.ended(doomed, 15)
    judge.score.kills += 1
    also = [] if how is not None and os.WIFSIGNALED(how) else ["it did not die"]
    if how is None:
        workers.bury(doomed)
    with workers.at_work():
        house.wait(company)
    judged(judge, number, name, company, channels, *also)


def _death_of_a_look(house: House, judge: Judge) -> None:
    name = "killed between a look and its writing"
    company, channels = staged(house, name, 2)
    house.switch({"mode": "lose_answer", "path": MADE_PUBLIC, "count": 8})
    doomed = workers.start(moments.before_writing(looking=True))
    how = workers.ended(doomed, 15)
    judge.score.kills += 1
    if how is None:
        workers.bury(doomed)
    with workers.at_work():
        house.wait(company)
    house.switch()
    also = [] if how is not None else ["it did not die"]
    judged(judge, "7", name, company, channels, *also)


def _freeze(house: House, judge: Judge, number: str, name: str, moment: Moment) -> None:
    """Frozen, it must be ended by the kernel before it can send a byte when it wakes."""
    company, channels = staged(house, name)
    frozen = workers.start(moment)
    os.waitpid(frozen, os.WUNTRACED)
    with workers.at_work():
        time.sleep(2 * LEASE)
        house.wait(company)
        os.kill(frozen, signal.SIGCONT)
        how = workers.ended(frozen, 5)
        also = ["it woke up"] if how is None or os.WTERMSIG(how) != signal.SIGALRM else []
        if how is None:
            workers.bury(frozen)
        time.sleep(0.5)
        house.wait(company)
    judged(judge, number, name, company, channels, *also)


def _told_to_stop(house: House, judge: Judge) -> None:
    """A deployment: what is under way ends well, nothing new begins, and it ends in time."""
    name = "told to stop with posts under way"
    company, channels = staged(house, name)
    house.switch({"mode": "mute", "path": MADE_PUBLIC, "count": 8, "seconds": 1.0})
    worker = workers.start()
    patient(lambda: any(house.truth(channel) for channel in channels.values()))
    workers.kill(worker, signal.SIGTERM)
    begun = time.monotonic()
    how = workers.ended(worker, 30)
    took = time.monotonic() - begun
    house.switch()
    also = [] if how == 0 else [f"ended with {how} after {took:.0f} s"]
    if how is None:
        workers.bury(worker)
    with workers.at_work():
        house.wait(company)
    # Stopped in order, nothing is left in doubt: also where nothing can be looked up.
    for promise, channel in channels.items():
        judge.say("9", f"{name} [{promise}]", company, PUBLISHED, channels=[channel], also=also)


def _many_workers(house: House, judge: Judge) -> None:
    name = "four workers, the same posts"
    company, channels = staged(house, name, 60)
    with workers.at_work(4):
        house.wait(company)
    for promise, channel in channels.items():
        judge.say("14", f"{name} [{promise}]", company, PUBLISHED, channels=[channel])


def _wrong_clocks(house: House, judge: Judge) -> None:
    for number, hours in (("60", 1), ("60b", -1)):
        name = f"the database's clock jumps by {hours:+} h with answers lost"
        company, channels = staged(house, name)
        started = time.monotonic()
        house.switch({"mode": "late", "path": MADE_PUBLIC, "count": 16, "seconds": 1.5})
        jump = timedelta(hours=hours)

        def offset(started: float = started, jump: timedelta = jump) -> timedelta:
            return jump if time.monotonic() - started > 1.2 else timedelta()

        with workers.at_work(1, moments.wrong_database_clock(offset)):
            house.wait(company)
        house.switch()
        judged(judge, number, name, company, channels)
    name = "the worker's clock is a day wrong, and the network asks it to wait"
    company, channels = staged(house, name)
    house.switch({"mode": "limited", "path": MADE_PUBLIC, "count": 8, "seconds": 1})
    begun = datetime.now(UTC)
    with workers.at_work(1, moments.wrong_machine_clock(timedelta(days=1))):
        house.wait(company, 20)
    house.switch()
    late = datetime.now(UTC) - begun > timedelta(seconds=15)
    judged(judge, "61", name, company, channels, *["it waited too long"] * late)
