"""Names of processes that no other bears: not on another machine, nor after a restart of this one,
nor when a number is given out again, as a container gives its first numbers at every start."""

from __future__ import annotations

import os
import platform
from hashlib import sha256
from pathlib import Path

_LABEL = 40
_STATE, _STARTED = 0, 19
"""Places among the fields that follow a process's name, see proc_pid_stat(5)."""


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
