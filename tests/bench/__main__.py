"""Run the benches that are named; without a name those that take a few minutes."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

BENCHES = ("learn", "loop", "optimiser", "pages", "publish")
QUICK = ("pages",)


def main() -> int:
    wanted = sys.argv[1:] or QUICK
    unknown = set(wanted) - set(BENCHES)
    if unknown:
        print(f"There is no bench named {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    if len(wanted) == 1:
        return int(import_module(f"tests.bench.{wanted[0]}").main())
    # Each installs a house of its own, which a process can do but once.
    alone = [sys.executable, "-m", "tests.bench"]
    return max(subprocess.run([*alone, name], check=False).returncode for name in wanted)


if __name__ == "__main__":
    raise SystemExit(main())
