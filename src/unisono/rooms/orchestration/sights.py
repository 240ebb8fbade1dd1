"""What a watcher says it sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from unisono.rooms.people.actors import Actor


@dataclass(frozen=True)
class Sight:
    """One thing seen: `subject` is the type and id of what it is about."""

    kind: str
    key: str
    department: UUID | None
    subject: tuple[str, UUID]
    data: dict[str, Any] = field(default_factory=dict)


Watcher = Callable[[Actor, datetime], Iterator[Sight]]
