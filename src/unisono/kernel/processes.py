"""Processes: names that no other bears, and how they settle once they are loaded.

A name is borne by no other: not on another machine, nor after a restart of this one, nor when a
number is given out again, as a container gives its first numbers at every start.
"""

from __future__ import annotations

import gc
import os
import platform
from hashlib import sha256
from pathlib import Path

_LABEL = 40
_STATE, _STARTED = 0, 19
"""Places among the fields that follow a process's name, see proc_pid_stat(5)."""


_COLLECT_AFTER = (20_000, 20, 50)
"""New objects between looks for what refers to itself, and how seldom older ones are looked at."""


def settle() -> None:
    """Call this once all code is loaded: the collector leaves that alone, and seldom looks at all.

    A page or a claim makes thousands of rows that go by themselves; as Python comes, looking
    through all that was ever loaded for each few hundred of them took a quarter of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def own_name(label: str | None = None) -> str:
    """`label:number:mark` of this process, at most 80 characters; the label is the host's name."""
    number = os.getpid()
    return f"{(label or platform.node())[:_LABEL]}:{number}:{_mark(number)}"


def is_dead(name: str) -> bool:
    """Whether the process of this name ran on this machine and has surely ended.

    Of other machines nothing can be said, nor of this one before it was started again.
    """
    _label, number, mark = ("", "", *name.rsplit(":", 2))[-3:]
    here = number.isdigit() and mark.startswith(f"{_machine()}-")
    return here and _mark(int(number)) != mark


def _mark(number: int) -> str:
    """The machine, and when the process began in ticks since its start; empty: there is none."""
    try:
        told = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = told.rpartition(")")[2].split()
    return "" if fields[_STATE] in "ZX" else f"{_machine()}-{int(fields[_STARTED]):x}"


def _machine() -> str:
    """This machine, or container, since its start."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        boot = ""
    return sha256(f"{platform.node()} {boot}".encode()).hexdigest()[:8]
