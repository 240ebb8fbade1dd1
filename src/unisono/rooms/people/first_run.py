"""The first organization of an installation, and the code that lets only its operator found it."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Conflict
from unisono.kernel.secrets import Secret
from unisono.rooms.people import actions as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.queries import nobody_yet

_LOCK = 0x756E6F


def found_first(
    *,
    name: str,
    zone: str,
    language: str,
    admin_email: str,
    admin_name: str,
    password: Secret,
    departments: Sequence[tuple[str, str]] = (),
    now: datetime,
) -> Actor:
    """Found the first organization; of two people at once only one succeeds.

    Returns its admin. Raises Conflict when there is an organization already.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if not nobody_yet():
            raise Conflict(_("This Unisono is set up already. Ask its admin for an invitation."))
        return people.found_organization(
            name=name,
            zone=zone,
            language=language,
            admin_email=admin_email,
            admin_name=admin_name,
            password=password,
            departments=departments,
            now=now,
        )


def setup_code(folder: Path) -> str:
    """The code that opens the set-up page from elsewhere, made when it is first asked for."""
    path = folder / "setup_code"
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    fresh = path.with_name(f"setup_code.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}\n")
    # Two processes may ask at once: the first link wins, and both read the same file.
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def is_setup_code(folder: Path, typed: str) -> bool:
    """Whether this is the code, however its letters and dashes were typed."""
    known, said = (text.lower().replace("-", "") for text in (setup_code(folder), typed.strip()))
    return hmac.compare_digest(known.encode(), said.encode())


def forget_setup_code(folder: Path) -> None:
    """The code has served."""
    (folder / "setup_code").unlink(missing_ok=True)
