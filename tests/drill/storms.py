"""Bursts: a thousand deaths, a thousand lost answers, and a worker that comes back."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import deque
from typing import Any

from tests.drill import workers
from tests.drill.house import MADE_PUBLIC, PLACES, Company, House, patient
from tests.drill.judge import EITHER, PUBLISHED, Judge

KILLS, BURSTS, POSTS = 1_000, 10, 10_000
AT_ONCE = 3
LANES = 5
LOST = 1_000
HISTORIES = 80
ENOUGH = 10.0
"""Seconds in which a restarted worker goes on."""


def lost_answers(house: House, judge: Judge) -> None:
    """The network records every post and loses every answer."""
    for promise in ("key", "look-up"):
        name = f"{LOST} answers lost after the network recorded"
        company = house.company(name)
        lanes = [house.channel(company, promise) for _lane in range(20)]
        house.switch({"mode": "lose_answer", "path": MADE_PUBLIC, "count": LOST})
        house.due(company, lanes, [f"lost {promise} {n}" for n in range(LOST)])
        with workers.at_work():
            house.wait(company, 240)
        house.switch()
        judge.say("27", f"{name} [{promise}]", company, PUBLISHED)


def restart(house: House, judge: Judge) -> None:
    """`kill -9` of the only worker mid-burst, and a fresh start of the real command."""
    name = "the only worker killed mid-burst, and started again"
    company = house.company(name)
    lanes = [house.channel(company, "key") for _lane in range(20)]
    house.switch({"mode": "delay", "path": "/posts$", "count": 100_000, "seconds": 0.2})
    house.due(company, lanes, [f"restart {n}" for n in range(600)])
    first = _command()
    patient(lambda: _sent(house, lanes) >= 100, 60)
    first.kill()
    first.wait()
    judge.score.kills += 1
    before, begun = _sent(house, lanes), time.monotonic()
    second = _command()
    try:
        patient(lambda: _sent(house, lanes) > before + len(lanes), 60)
        took = time.monotonic() - begun
        house.wait(company, 120)
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait(40)
    house.switch()
    print(f"       goes on {took:.1f} s after the kill", flush=True)
    also = [] if took <= ENOUGH else [f"went on after {took:.1f} s only"]
    judge.say("8b", name, company, PUBLISHED, also=also)


def _command() -> subprocess.Popen[bytes]:
    """The worker as people start it."""
    from django.db import connections

    from tests.settings import DATA

    connections.close_all()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "unisono.config.settings",
        "UNISONO_DATA": str(DATA),
        "UNISONO_ALLOW_PRIVATE_ADDRESSES": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "unisono", "worker"], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _sent(house: House, lanes: list[Any]) -> int:
    return sum(sum(house.truth(lane).values()) for lane in lanes)


def model(house: House, judge: Judge) -> None:
    """The ledger against its model: many random histories, each to its end."""
    command = [sys.executable, "-m", "pytest", "-q", "tests/rooms/test_ledger_model.py"]
    environment = os.environ | {"UNISONO_MODEL_EXAMPLES": str(HISTORIES)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    problems = done.stdout.splitlines()[-3:] if done.returncode else []
    judge.note("M", f"{HISTORIES} random histories of the ledger's model", 0, problems)


def kills(house: House, judge: Judge) -> None:
    """Bursts in a row, and workers killed at random instants all along."""
    dice = random.Random(20261123)
    company = house.company("a thousand deaths")
    lanes = {p: [house.channel(company, p) for _lane in range(LANES)] for p in PLACES}
    house.switch(*_weather())
    for burst in range(BURSTS):
        _burst(house, company, lanes, burst)
        _kill(dice, KILLS // BURSTS)
        left = house.unsettled(company)
        print(f"       burst {burst + 1}: {(burst + 1) * KILLS // BURSTS} kills so far, "
              f"{left} posts still to go", flush=True)  # fmt: skip
    judge.score.kills += KILLS
    house.switch()
    begun = time.monotonic()
    with workers.at_work():
        house.wait(company, 900)
    print(f"       settled {time.monotonic() - begun:.0f} s after the last kill", flush=True)
    for promise, channels in lanes.items():
        name = f"{KILLS} workers killed over {POSTS} posts [{promise}]"
        judge.say("8", name, company, _expected(promise), channels=channels)


def _expected(promise: str) -> Any:
    return EITHER if promise == "none" else PUBLISHED


def _weather() -> list[dict[str, Any]]:
    """A network in bad shape: slow always, and now and then worse."""
    path, many = MADE_PUBLIC, 10_000_000
    bad = (("lose_answer", 0.03), ("error", 0.02), ("lose_request", 0.02), ("limited", 0.01))
    rules: list[dict[str, Any]] = [
        {"mode": mode, "path": path, "count": many, "share": share} for mode, share in bad
    ]
    return [*rules, {"mode": "delay", "path": path, "count": many, "seconds": 0.1}]


def _burst(house: House, company: Company, lanes: dict[str, list[Any]], burst: int) -> None:
    for promise, channels in lanes.items():
        count = POSTS // BURSTS // len(lanes)
        house.due(company, channels, [f"storm {burst} {promise} {n}" for n in range(count)])


def _kill(dice: random.Random, count: int) -> None:
    """Keep some workers going, and kill them one after the other."""
    alive: deque[tuple[float, int]] = deque()
    killed = 0
    while killed < count:
        while len(alive) < AT_ONCE:
            alive.append((time.monotonic() + dice.uniform(0.2, 1.6), workers.start()))
        alive = deque(sorted(alive))
        at, pid = alive.popleft()
        time.sleep(max(0.0, at - time.monotonic()))
        workers.bury(pid)
        killed += 1
    for _at, pid in alive:
        workers.bury(pid)
