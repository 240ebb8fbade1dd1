from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from unisono.kernel import processes

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

SAY = "from unisono.kernel import processes as p; print(p.own_name('second'), flush=True); input()"


def test_a_process_is_dead_once_it_was_killed() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", SAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    name = child.stdout.readline().strip()
    assert name.startswith(f"second:{child.pid}:")
    assert not processes.is_dead(name)
    child.kill()
    child.wait()
    assert processes.is_dead(name)


def test_a_number_given_out_again_is_not_the_one_before() -> None:
    label, number, mark = processes.own_name().rsplit(":", 2)
    machine, _start = mark.split("-")
    assert not processes.is_dead(f"{label}:{number}:{mark}")
    assert processes.is_dead(f"{label}:{number}:{machine}-1")


@pytest.mark.parametrize("name", ["", "second", "host:12", "host:1:0123abcd-1", "a:b:c"])
def test_of_others_nothing_is_said(name: str) -> None:
    assert not processes.is_dead(name)


def test_a_name_fits_where_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(processes.own_name("h" * 90)) <= 80


def test_what_is_loaded_is_not_collected_again() -> None:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    try:
        processes.settle()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() > (700, 10, 10)
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
