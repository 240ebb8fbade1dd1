"""The plan optimiser from the command line: an instance in, a plan out, without Django."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROVING_SECONDS = 300.0


@dataclass(frozen=True)
class Wanted:
    """What was asked for."""

    file: Path
    out: Path | None
    seconds: float
    work: float | None
    seed: int
    prove: bool
    explain: bool


def solve(wanted: Wanted, *, say: Callable[[str], None]) -> int:
    """Write the plan; 0, or 1 where it breaks a rule that was not broken before."""
    started = time.monotonic() - _age()
    from unisono.rooms.orchestration.solver import reading, ready, solving, writing

    if wanted.seconds <= 0 or (wanted.work is not None and wanted.work <= 0):
        raise reading.Unreadable("Seconds must be more than 0.")
    if not ready.is_ready():
        before = time.monotonic()
        # In a process of its own: compiling takes memory that planning would then keep.
        subprocess.run([sys.executable, "-m", ready.__name__], check=True)
        took = time.monotonic() - before
        say(f"Compiled the optimiser in {took:.0f} seconds, this once; they are not counted.")
        started += took
    problem = reading.read(wanted.file)
    if wanted.prove:
        from unisono.rooms.orchestration.solver import proof

        seconds = max(wanted.seconds, PROVING_SECONDS)
        outcome = proof.prove(problem, seconds=seconds, seed=wanted.seed, started=started)
    else:
        outcome = solving.solve(
            problem, seconds=wanted.seconds, seed=wanted.seed, work=wanted.work, started=started
        )
    out = wanted.out or wanted.file.with_name(f"{wanted.file.stem}.plan.json")
    try:
        writing.write(out, problem, outcome, explained=wanted.explain)
    except OSError as error:
        raise reading.Unreadable(f"{out} cannot be written: {error.strerror}.") from error
    fresh = [each for each in outcome.violations if not each.standing]
    say(
        f"Value {outcome.worth.total:.0f}, at most {outcome.bound:.0f} is possible"
        f" (gap {outcome.gap:.2%}); {outcome.worth.placed} of {problem.size} contents have a place."
    )
    if len(fresh) < len(outcome.violations):
        say(f"{len(outcome.violations) - len(fresh)} rules are broken by what is locked.")
    if fresh:
        say(f"{len(fresh)} rules are broken.")
    say(f"Written to {out} after {time.monotonic() - started:.1f} seconds.")
    return 1 if fresh else 0


def _age() -> float:
    """Seconds since this process began; a guess where the system does not say."""
    try:
        fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
        up = float(Path("/proc/uptime").read_text().split()[0])
        return max(0.0, up - int(fields[19]) / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError):
        return 0.3
