"""What pages cost: a first visit to the demonstration company, and a plan of 50,000 posts.

Each is measured in a process of its own, since a process can install but one house. The last line
holds the figures of both.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

PARTS = ("visit", "agenda")


def main() -> int:
    found: dict[str, Any] = {}
    failed = 0
    for part in PARTS:
        code, figures = _measured(part)
        failed = max(failed, code)
        found |= figures
    print(json.dumps(found))
    return failed


def _measured(part: str) -> tuple[int, dict[str, Any]]:
    """The exit code of one part and the figures of its last line; its words are shown."""
    command = [sys.executable, "-m", f"tests.bench.{part}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last = ""
        for line in process.stdout:
            if last:
                print(last, flush=True)
            last = line.rstrip()
    figures = json.loads(last) if last.startswith("{") else {}
    return process.returncode or (0 if figures else 1), figures


if __name__ == "__main__":
    raise SystemExit(main())
