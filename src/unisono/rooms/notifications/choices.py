"""Which notices a member may do without. What needs a person is always told."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHOICES: dict[str, str | Promise] = {
    "task.assigned": _("Somebody gives me a task"),
    "task.due_tomorrow": _("A task of mine is due tomorrow"),
    "task.overdue": _("A task is overdue"),
    "task.freed": _("What my task waited for is done"),
    "kit.sent": _("A share kit is suggested to me"),
}
"""The kinds that can be switched off; one covers those whose name goes on behind it."""


def choice_of(kind: str) -> str:
    """The choice a kind of notice falls under: `task.assigned.dated` under `task.assigned`; empty
    for what is always told."""
    return next((name for name in CHOICES if kind == name or kind.startswith(f"{name}.")), "")
