"""What a proposal will say, before it is offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from unisono.kernel.clock import to_wall
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.orchestration.evidence import Evidence
from unisono.rooms.orchestration.models import Signal
from unisono.rooms.people.actors import Actor


@dataclass(frozen=True)
class Suggestion:
    """What a proposal will say; `at` in `zone` where the act has a time."""

    kind: str
    key: str
    post: Post | None
    department: UUID
    evidence: Evidence
    ends_at: datetime
    variant: Variant | None = None
    channel: UUID | None = None
    at: datetime | None = None
    zone: str = ""
    campaign: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def wall(self) -> str:
        return f"{to_wall(self.at, self.zone):%Y-%m-%dT%H:%M}" if self.at else ""


Proposer = Callable[[Signal, Actor, datetime], Suggestion | None]
