"""Where the rooms are joined: which functions answer which event."""

from __future__ import annotations

from unisono.kernel import events

REACTIONS: dict[str, list[events.Reaction]] = {}


def connect() -> None:
    """Called once, when Django has loaded every app."""
    events.wire(REACTIONS)
