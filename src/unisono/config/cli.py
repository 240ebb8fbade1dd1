"""The command line: `unisono …`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from unisono import __version__
from unisono.config import commands, environment

Action = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse and run; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["django"]:
        # Django's own commands have options of their own, which argparse would take for ours.
        return commands.django(given[1:])
    try:
        options = build_parser().parse_args(given)
    except environment.BadSetting as error:
        print(error, file=sys.stderr)
        return 1
    action: Action = options.action
    return commands.told_plainly(action, options)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, with a sentence of help for every word of it."""
    parser = argparse.ArgumentParser(
        prog="unisono",
        description="Unisono plans, approves and publishes an organization's social media.",
        epilog="Every setting is an environment variable; docs/operations.md lists them.",
    )
    parser.add_argument("--version", action="version", version=f"Unisono {__version__}")
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_processes(actions)
    _add_upkeep(actions)
    _add_content(actions)
    _add_plan(actions)
    return parser


def _add(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    action: Action,
    sentence: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=sentence, description=sentence)
    parser.set_defaults(action=action)
    return parser


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        default=os.environ.get("UNISONO_HOST", "127.0.0.1"),
        help="The address to listen on; 0.0.0.0 listens on all of them.",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=environment.port("UNISONO_PORT", environment.DEFAULT_PORT),
        help="The port to listen on.",
    )


def _add_processes(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    up = _add(actions, "up", commands.up, "Start everything: database, worker and web server.")
    _add_address(up)
    up.add_argument(
        "--sandbox", action="store_true", help="Start the bundled pretend network as well."
    )
    demo = _add(
        actions, "demo", commands.demo, "Start everything with the demonstration company in it."
    )
    _add_address(demo)
    demo.add_argument(
        "--load",
        action="store_true",
        help="Only load the demonstration company into a database that is up.",
    )
    web = _add(actions, "web", commands.web, "Run one web server process.")
    _add_address(web)
    worker = _add(
        actions, "worker", commands.worker, "Run one worker process; any number may run at a time."
    )
    jobs = _add(actions, "jobs", commands.jobs, "Run jobs alone; each worker starts this itself.")
    for part in (worker, jobs):
        part.add_argument("--name", help="A name for messages; host and process number otherwise.")


def _add_upkeep(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    migrate = _add(
        actions, "migrate", commands.migrate, "Bring the tables up to date, after a backup."
    )
    migrate.add_argument("--no-backup", action="store_true", help="Do without the backup before.")
    backup = _add(
        actions,
        "backup",
        commands.backup,
        "Write database, keys and media to one file. Keep it safe.",
    )
    backup.add_argument("file", nargs="?", metavar="FILE", help="Where to; a dated name otherwise.")
    restore = _add(
        actions, "restore", commands.restore, "Put a backup in the place of what is there now."
    )
    restore.add_argument("file", metavar="FILE", help="The backup.")
    doctor = _add(
        actions, "doctor", commands.doctor, "Look for what is wrong, and say how to mend it."
    )
    _add_address(doctor)
    doctor.add_argument("--json", action="store_true", help="Answer in JSON, for programs.")
    sentence = "Run one of Django's own commands, for developers."
    actions.add_parser("django", help=sentence, description=sentence)


def _add_content(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    tokens = actions.add_parser(
        "api-token",
        help="Look after keys for programs.",
        description="Look after keys for programs.",
    ).add_subparsers(metavar="COMMAND", required=True)
    create = _add(tokens, "create", commands.create_token, "Make a key and print it, this once.")
    create.add_argument("--email", required=True, help="The member whose rights it has.")
    create.add_argument("--name", default="command line", help="What it is for.")
    create.add_argument(
        "--scope",
        action="append",
        default=[],
        help="What it may do; may be given several times. Everything its owner may, otherwise.",
    )
    load = _add(actions, "import", commands.load, "Turn an editorial calendar into posts.")
    load.add_argument("file", metavar="FILE", help="A .csv, .xlsx or .ics file.")
    load.add_argument("--email", required=True, help="The member who imports.")
    load.add_argument(
        "--department",
        default="",
        help="The department of rows that name none; the first otherwise.",
    )
    load.add_argument(
        "--dry-run", action="store_true", help="Only say what would happen, row by row."
    )


def _add_plan(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    plans = actions.add_parser(
        "plan",
        help="Work out which content goes out where and when.",
        description="Work out which content goes out where and when.",
    ).add_subparsers(metavar="COMMAND", required=True)
    solve = _add(plans, "solve", commands.solve_plan, "Find the best plan for an instance.")
    solve.add_argument("file", metavar="FILE", help="The instance, in JSON.")
    solve.add_argument(
        "--seconds", type=float, default=10.0, help="How long it may take in all; 10 otherwise."
    )
    solve.add_argument(
        "--work",
        type=float,
        metavar="SECONDS",
        help="Do what is usually done in so many seconds, however long it takes: the same plan on"
        " every machine.",
    )
    solve.add_argument("--seed", type=int, default=1, help="Another number, another plan.")
    solve.add_argument(
        "--prove",
        action="store_true",
        help="Go on until it is proved that hardly any plan is better (300 seconds at most).",
    )
    solve.add_argument(
        "--out",
        metavar="FILE",
        help="Where the plan is written; the instance's name with .plan.json otherwise.",
    )
    solve.add_argument(
        "--explain", action="store_true", help="Say why each content is where it is."
    )


if __name__ == "__main__":
    raise SystemExit(main())
