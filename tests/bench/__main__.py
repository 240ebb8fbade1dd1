"""Run the benches that are named; without a name those that take a minute."""

from __future__ import annotations

import sys
from importlib import import_module

BENCHES = ("pages", "publish")
QUICK = ("pages",)


def main() -> int:
    wanted = sys.argv[1:] or QUICK
    unknown = set(wanted) - set(BENCHES)
    if unknown:
        print(f"There is no bench named {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    return max(import_module(f"tests.bench.{name}").main() for name in wanted)


if __name__ == "__main__":
    raise SystemExit(main())
