"""Run the drills named on the command line, or all of them; `surroundings=twins` one of them."""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path


def main(wanted: list[str]) -> int:
    from tests.drill import (
        afterwards,
        answers,
        deaths,
        house,
        orders,
        poisons,
        quiet,
        round_trip,
        sign_ins,
        storms,
        surroundings,
    )
    from tests.drill.judge import Judge

    only = next((name.partition("=")[2] for name in wanted if "=" in name), "")
    wanted = [name.partition("=")[0] for name in wanted]
    parts = {
        "answers": answers.run,
        "deaths": deaths.run,
        "orders": orders.run,
        "poisons": poisons.run,
        "surroundings": partial(surroundings.run, only=only),
        "sign-ins": sign_ins.run,
        "afterwards": afterwards.run,
        "round-trip": round_trip.run,
        "lost": storms.lost_answers,
        "restart": storms.restart,
        "model": storms.model,
        "storm": storms.kills,
        "quiet": quiet.run,
    }
    unknown = set(wanted) - set(parts)
    if unknown:
        print(f"There is no drill {', '.join(sorted(unknown))}; choose of {', '.join(parts)}.")
        return 2
    with (
        tempfile.TemporaryDirectory(prefix="unisono-drill-") as folder,
        house.installed(Path(folder)) as there,
    ):
        judge = Judge(there)
        for name, part in parts.items():
            if not wanted or name in wanted:
                begun = time.monotonic()
                print(f"--- {name}", flush=True)
                part(there, judge)
                print(f"--- {name}: {time.monotonic() - begun:.0f} s", flush=True)
    for row in judge.score.failed:
        print(f"BROKEN {row}")
    print(judge.score.line())
    return 1 if judge.score.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
