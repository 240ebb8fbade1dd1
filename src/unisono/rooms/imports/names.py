"""Finding the things a file names: departments, channels, campaigns, objectives and images."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from uuid import UUID

from unisono.networks import registry
from unisono.rooms.channels import queries as channels
from unisono.rooms.channels.models import Channel
from unisono.rooms.imports.columns import normal
from unisono.rooms.library import queries as library
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan import queries as plan


@dataclass(frozen=True)
class Found:
    """The thing of a name: `id`, or None with the names that come near or are meant alike."""

    id: UUID | None
    near: tuple[str, ...] = ()
    several: bool = False


@dataclass
class Directory:
    """Names of one kind of thing. A name that stands for several things finds none of them."""

    labels: dict[UUID, str] = field(default_factory=dict)
    keys: dict[str, list[UUID]] = field(default_factory=dict)

    def add(self, pk: UUID, label: str, *others: str) -> None:
        self.labels[pk] = label
        for name in dict.fromkeys(normal(text) for text in (label, *others)):
            if name:
                self.keys.setdefault(name, []).append(pk)

    def find(self, text: str) -> Found:
        known = self.keys.get(normal(text), [])
        if len(known) == 1:
            return Found(known[0])
        if known:
            return Found(None, tuple(self.labels[pk] for pk in known[:4]), several=True)
        near = get_close_matches(normal(text), self.keys, n=1, cutoff=0.6)
        return Found(None, tuple(self.labels[self.keys[name][0]] for name in near))


@dataclass
class Names:
    """All that a row may name, as one actor sees it."""

    departments: Directory = field(default_factory=Directory)
    channels: Directory = field(default_factory=Directory)
    campaigns: Directory = field(default_factory=Directory)
    objectives: Directory = field(default_factory=Directory)
    images: Directory = field(default_factory=Directory)
    accounts: dict[UUID, Channel] = field(default_factory=dict)

    def too_long(self, channel: UUID, text: str) -> tuple[int, int] | None:
        """(length, limit) as the channel's network counts, when the text does not fit."""
        row = self.accounts.get(channel)
        if row is None:
            return None
        adapter, account = registry.adapter(row.network), row.account
        limit = adapter.limits(account).text_max
        # No network counts more signs than there are characters.
        if len(text) <= limit:
            return None
        length = adapter.length(text, account)
        return (length, limit) if length > limit else None


def names_for(actor: Actor) -> Names:
    """What the actor may write into and sees."""
    found = Names()
    for department in _writable(actor):
        found.departments.add(department.pk, department.name)
    for channel in channels.usable(actor):
        label = registry.adapter(channel.network).label
        found.accounts[channel.pk] = channel
        found.channels.add(
            channel.pk,
            channel.name,
            channel.handle,
            f"{label} {channel.name}",
            f"{label} {channel.handle}",
            f"{channel.name} {label}",
            label,
        )
    for campaign in plan.campaigns(actor):
        found.campaigns.add(campaign.pk, campaign.name)
    for objective in plan.objectives(actor):
        found.objectives.add(objective.pk, objective.name)
    for asset in library.assets(actor):
        found.images.add(asset.pk, asset.name, asset.name.rsplit(".", 1)[0])
    return found


def _writable(actor: Actor) -> Iterable[Department]:
    allowed = actor.departments_with(Capability.WRITE)
    rows = Department.objects.all()
    return rows if allowed is None else rows.filter(pk__in=allowed)
