"""A plan as JSON: what is where, what it is worth, and what it breaks."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from unisono.rooms.orchestration.solver.checker import Violation
from unisono.rooms.orchestration.solver.explain import Explanation, explain
from unisono.rooms.orchestration.solver.model import Problem, moved
from unisono.rooms.orchestration.solver.solving import Outcome

FORMAT, VERSION = "unisono-plan", 1


def described(problem: Problem, outcome: Outcome) -> dict[str, Any]:
    """The plan for JSON. `assignment` has the number of each content's option as the instance gave
    them, or -1; `placements` say the same in words."""
    numbers = np.append(problem.options.number, -1)[outcome.assignment]
    parts = outcome.worth
    return {
        "format": FORMAT,
        "version": VERSION,
        "value": round(parts.total),
        "bound": math.ceil(outcome.bound - 1e-6),
        "gap": round(outcome.gap, 6),
        "seconds": round(outcome.seconds, 2),
        "seed": outcome.seed,
        "repeatable": outcome.whole,
        "parts": {
            "gain": round(parts.gain, 1),
            "fatigue": round(parts.fatigue, 1),
            "unplaced": round(parts.unplaced, 1),
            "quota": round(parts.quota, 1),
            "placed": parts.placed,
            "targets_met": parts.targets_met,
        },
        "moved": np.flatnonzero(moved(problem, outcome.assignment)).tolist(),
        "violations": [_violation(each) for each in outcome.violations],
        "assignment": numbers.tolist(),
        "placements": [_placement(problem, outcome, each) for each in range(problem.size)],
    }


def write(path: Path, problem: Problem, outcome: Outcome, *, explained: bool = False) -> None:
    """Write the plan; a file of that name is only replaced once all of it is written."""
    told = described(problem, outcome)
    if explained:
        told["explanations"] = _explanations(problem, outcome)
    text = json.dumps(told, ensure_ascii=False)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


def _placement(problem: Problem, outcome: Outcome, content: int) -> dict[str, Any]:
    option = int(outcome.assignment[content])
    told: dict[str, Any] = {"content": content}
    if problem.content_names:
        told["name"] = problem.content_names[content]
    if option < 0:
        return told | {"option": -1, "channel": None, "hour": None}
    channel = int(problem.options.channel[option])
    told |= {
        "option": int(problem.options.number[option]),
        "channel": channel,
        "hour": int(problem.options.hour[option]),
        "value": int(problem.options.value[option]),
    }
    if problem.channel_names:
        told["channel_name"] = problem.channel_names[channel]
    return told


def _violation(found: Violation) -> dict[str, Any]:
    told: dict[str, Any] = {"rule": found.rule.value, "contents": list(found.contents)}
    if found.channel >= 0:
        told["channel"] = found.channel
    if found.standing:
        told["standing"] = True
    return told


def _explanations(problem: Problem, outcome: Outcome) -> list[dict[str, Any]]:
    told = explain(problem, outcome.assignment)
    return [_explanation(problem, each) for each in told]


def _explanation(problem: Problem, told: Explanation) -> dict[str, Any]:
    number = problem.options.number
    return {
        "content": told.content,
        "earns": round(told.earns, 1),
        "next": _option(problem, told.next_option),
        "next_cost": round(told.next_cost, 1),
        "better": [
            {
                "option": int(number[each.option]),
                "more": round(each.more, 1),
                "reasons": [
                    {
                        "rule": reason.rule.value,
                        "others": list(reason.others),
                        "limit": reason.limit,
                    }
                    for reason in each.reasons
                ],
            }
            for each in told.better
        ],
    }


def _option(problem: Problem, option: int) -> dict[str, int] | None:
    if option < 0:
        return None
    return {
        "option": int(problem.options.number[option]),
        "channel": int(problem.options.channel[option]),
        "hour": int(problem.options.hour[option]),
    }
