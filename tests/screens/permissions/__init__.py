"""URL × role: who gets which answer at every door of the screens.

One module a family, named as its folder in `unisono.screens`, with

    ROWS = [
        row("channels"),                                            # GET, everybody who sees: 200
        row("channel", pk="agora"),                                 # /channels/<pk>/ of cast.agora
        row("channel.department", "POST", least="admin", status=302, pk="agora", data={…}),
        row("media", pk="asset", kind="thumb"),                     # `kind` is no thing: literal
    ]

    def things(cast):                                               # optional
        return {"asset": library.add_asset(…)}                      # rows the cast lacks

Rules of a row:
- `least` is the lowest of viewer < contributor < editor < approver < manager < admin that gets
  `status`; those below get 403. The cast's roles are roles in Marketing, the admin's
  alone holds everywhere: what belongs to no department is the admin's. `but={"manager": 403}` names
  exceptions. `status` may be a tuple of codes.
- Path arguments name things of the cast (or of `things`); others are taken as they are.
- A row with a thing answers 404 to the admin of the other organization, one without answers them
  as it answers the admin; `other=` says otherwise.
- Somebody who is not signed in is sent to the entrance (302); `anonymous=` says otherwise.

`test_permissions.py` fails when a URL or one of its methods has no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module, util
from types import ModuleType
from typing import Any

from django.urls import reverse

from tests.cast import ROLES, Cast

Status = int | tuple[int, ...]
FORBIDDEN = 403


@dataclass(frozen=True)
class Row:
    """One URL and method, and the status each person gets there."""

    name: str
    method: str
    expected: Mapping[str, Status]
    arguments: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    def path(self, things: Mapping[str, Any]) -> str:
        """The URL, with the things' ids in it."""
        at = {
            name: things[value].pk if value in things else value
            for name, value in self.arguments.items()
        }
        return reverse(self.name, kwargs=at)

    def values(self, things: Mapping[str, Any]) -> dict[str, Any]:
        """The form; a value that names a thing stands for its id."""
        return {
            name: str(things[value].pk) if isinstance(value, str) and value in things else value
            for name, value in self.data.items()
        }

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def row(
    name: str,
    method: str = "GET",
    *,
    least: str = "viewer",
    status: Status = 200,
    but: Mapping[str, Status] | None = None,
    other: Status | None = None,
    anonymous: Status = 302,
    data: Mapping[str, Any] | None = None,
    **arguments: str,
) -> Row:
    """A row by the rules above."""
    lowest = ROLES.index(least)
    expected: dict[str, Status] = {
        role: status if at >= lowest else FORBIDDEN for at, role in enumerate(ROLES)
    }
    expected |= but or {}
    if other is None:
        other = 404 if arguments else expected["admin"]
    expected |= {"stranger": other, "": anonymous}
    return Row(name, method, expected, arguments, data or {})


def known(cast: Cast, more: Mapping[str, Any]) -> dict[str, Any]:
    """All things a row may name."""
    people = {f"member_{name}": member for name, member in cast.members.items()}
    return {**cast.things, **people, "marketing": cast.departments["Marketing"], **more}


def module_of(family: str) -> ModuleType | None:
    """The rows and things of a family, where it has any."""
    name = f"tests.screens.permissions.{family}"
    return import_module(name) if util.find_spec(name) else None
