"""The pages of the settings, as far as the actor may open them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


def tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """Segments: label, url, current."""
    pages = [
        ("settings", _("Profile"), True),
        ("settings.security", _("Sign-in safety"), True),
        ("settings.notices", _("Notices"), True),
        ("settings.tokens", _("API tokens"), True),
        (
            "settings.organization",
            _("Organization"),
            actor.can(Capability.SETTINGS),
        ),
        ("settings.work", _("Work plan"), actor.can_anywhere(Capability.PLAN)),
        ("settings.departments", _("Departments"), actor.can_anywhere(Capability.PEOPLE)),
    ]
    return [
        {"label": label, "url": reverse(name), "current": name == current}
        for name, label, may in pages
        if may
    ]
