"""Getting Django ready inside our own programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import django


def django_ready() -> None:
    """Load the settings and every app."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisono.config.settings")
    django.setup()


OWNERS_COMMANDS = frozenset({"migrate", "flush", "sqlflush", "dbshell", "createcachetable"})


def run_django(arguments: Sequence[str]) -> int:
    """One of Django's own commands, for developers; those that alter tables act as the owner."""
    from contextlib import nullcontext

    from django.core.management import execute_from_command_line

    django_ready()
    from unisono.kernel import database

    owner = bool(arguments) and arguments[0] in OWNERS_COMMANDS
    with database.as_owner() if owner else nullcontext():
        execute_from_command_line([f"{sys.argv[0]} django", *arguments])
    return 0
