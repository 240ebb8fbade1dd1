"""How the inner loops are compiled: by numba, kept on disk, and without the interpreter's lock.

The first run on a machine compiles (about a minute); later ones load what was kept. numba looks for
changes only in the file of a function, not in those of the functions it calls, so what is kept lies
in a folder named after all sources with compiled functions together.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])

HERE = Path(__file__).parent


def _digest() -> str:
    seen = hashlib.sha256(numba.__version__.encode())
    for path in sorted(HERE.glob("*.py")):
        text = path.read_bytes()
        if b"compiled import" in text:
            seen.update(text)
    return seen.hexdigest()[:16]


def _folder() -> Path:
    """Beside the sources where that can be written, else where the system keeps what is cheap."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return Path(os.environ["NUMBA_CACHE_DIR"])
    homes = (HERE / "__pycache__", Path.home() / ".cache" / "unisono", Path(tempfile.gettempdir()))
    for home in homes:
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(home, os.W_OK):
            return home / f"solver-{_digest()}"
    return Path(tempfile.mkdtemp(prefix="unisono-solver-"))


KEPT = _folder()
"""Where what is compiled is kept."""

numba.config.CACHE_DIR = str(KEPT)  # type: ignore[attr-defined]


def compiled(function: F) -> F:
    """The function as machine code. It takes arrays and named tuples of arrays only."""
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def inlined(function: F) -> F:
    """The same for a step of an inner loop: it becomes part of whoever calls it. A call would copy
    all the arrays' descriptions, which takes longer than the step itself."""
    return cast(F, numba.njit(nogil=True, error_model="numpy", forceinline=True)(function))
