"""What every page of the settings shows around its own content."""

from __future__ import annotations

from typing import Any

from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import ActorRequest


def framed(request: ActorRequest, place: str, **context: Any) -> dict[str, Any]:
    """The context of a page: which place it is, and which others there are for this actor."""
    may = {
        "settings": request.actor.can(Capability.SETTINGS),
        "people": request.actor.can(Capability.PEOPLE),
    }
    return {"place": place, "may": may, "nav": "settings", **context}
