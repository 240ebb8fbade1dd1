"""Rows about posts that end the process that handles them, and about pictures out of reach."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.drill import moments, workers
from tests.drill.house import PLACES, Company, House
from tests.drill.judge import ASKED_NOT_OUT, FAILED, HELD, PUBLISHED, Expected, Judge
from tests.drill.workers import Moment

POISON = "poison"
HARMLESS = 6
MOST_DEATHS = 12


def run(house: House, judge: Judge) -> None:
    _while_sending(house, judge)
    _while_preparing(house, judge)
    _while_made_ready(house, judge)
    _pictures_out_of_reach(house, judge)


def _is_poison(row: Any) -> bool:
    return POISON in row.words


def _is_harmless(row: Any) -> bool:
    return POISON not in row.words


def _attended(house: House, judge: Judge, company: Company, moment: Moment) -> int:
    """Work as a supervisor keeps it: who dies is started again. How many died."""
    deaths = 0
    pid = workers.start(moment)
    end = time.monotonic() + 60
    while house.unsettled(company) and time.monotonic() < end and deaths < MOST_DEATHS:
        if workers.ended(pid, 0.2) is not None:
            deaths += 1
            pid = workers.start(moment)
    workers.bury(pid)
    judge.score.kills += deaths
    return deaths


def _while_sending(house: House, judge: Judge) -> None:
    """Each time it is sent: twice, then it is left; where nobody can look, once."""
    name = "a post kills whoever sends it"
    for promise in PLACES:
        company = house.company(f"{name} {promise}")
        channels = [house.channel(company, promise) for _lane in range(2)]
        texts = [f"{promise} {n}" for n in range(HARMLESS)]
        house.due(company, channels, [*texts[:2], f"{POISON} {promise}", *texts[2:]])
        deaths = _attended(house, judge, company, moments.poisoned("commit", POISON))
        blind = promise == "none"
        also = [] if deaths == (1 if blind else 2) else [f"{deaths} workers died"]
        judge.say("68", f"{name} [{promise}]", company, ASKED_NOT_OUT if blind else FAILED,
                  which=_is_poison, also=also)  # fmt: skip
        expected = Expected(("published", "asked"), None) if blind else PUBLISHED
        judge.say("68b", f"the others go on [{promise}]", company, expected, which=_is_harmless)


def _while_preparing(house: House, judge: Judge) -> None:
    """As the kernel ends a process that takes too much memory."""
    name = "the memory ends with the preparing of a post"
    company = house.company(name)
    channels = [house.channel(company, promise) for promise in PLACES]
    house.pictured(company, channels[:1], f"{POISON} to prepare")
    house.due(company, channels, [f"prepared {n}" for n in range(2 * len(channels))])
    deaths = _attended(house, judge, company, moments.poisoned("prepare", POISON))
    also = [] if deaths == 2 else [f"{deaths} workers died"]
    judge.say("12", name, company, HELD, which=_is_poison, also=also)
    judge.say("12b", "the others go on", company, Expected(("published", "asked"), None),
              which=_is_harmless)  # fmt: skip


def _while_made_ready(house: House, judge: Judge) -> None:
    """The upload ahead of time is cut off by death; at its time the post goes out once."""
    name = "killed while a post is made ready, its picture uploaded"
    company = house.company(name)
    channels = [house.channel(company, promise) for promise in PLACES]
    due = datetime.now(UTC) + timedelta(seconds=4)
    house.pictured(company, channels, name, at=due)

    def doomed() -> None:
        moments.after_upload()
        _make_ready()

    how = workers.ended(workers.forked(doomed))
    judge.score.kills += 1
    workers.ended(workers.forked(_make_ready))
    with workers.at_work():
        house.wait(company)
    also = [] if how else ["it did not die"]
    judge.say("4b", name, company, PUBLISHED, also=also)


def _make_ready() -> None:
    from unisono.rooms.publishing import preflight

    preflight.run(now=datetime.now(UTC))


def _pictures_out_of_reach(house: House, judge: Judge) -> None:
    """The disk with the library is away: told ahead, not sent without, and out when it is back."""
    from unisono.kernel import jobs, tenancy
    from unisono.rooms.notifications.models import Notice

    name = "the disk with the pictures is away"
    company = house.company(name)
    channels = [house.channel(company, promise) for promise in PLACES]
    house.pictured(company, channels, name, at=datetime.now(UTC) + timedelta(seconds=3))
    with _media_away(), workers.at_work():
        workers.ended(workers.forked(_make_ready))
        while jobs.run_pending():
            pass
        with tenancy.within(company.pk):
            told = Notice.objects.filter(kind__startswith="publication.at_risk").exists()
        time.sleep(5)
        early = sum(sum(house.truth(channel).values()) for channel in channels)
    with workers.at_work():
        house.wait(company)
    also = [] if told else ["nobody was told ahead"]
    judge.say("65", name, company, PUBLISHED, also=[*also, *["sent without"] * bool(early)])


@contextmanager
def _media_away() -> Any:
    from django.conf import settings

    there = Path(settings.MEDIA_ROOT)
    away = there.with_name("media-away")
    there.rename(away)
    there.mkdir()
    try:
        yield
    finally:
        there.rmdir()
        away.rename(there)
