"""Which networks there are. Adapters are stateless, one object each for the whole process."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from unisono.networks.contract import Adapter, Confirms, Connects, Measures, Publishes, Reads
from unisono.networks.surveys import Surveys

NAMES: tuple[str, ...] = ("sandbox", "mastodon", "bluesky")


class UnknownNetwork(LookupError):
    """No network of this name is installed; the message is a sentence for a person."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no network called “{name}”.")
        self.name = name


@cache
def adapter(name: str) -> Adapter:
    """The adapter of the network `name`; raises `UnknownNetwork`."""
    if name not in NAMES:
        raise UnknownNetwork(name)
    made: Adapter = import_module(f"unisono.networks.{name}.adapter").ADAPTER
    return made


def all() -> tuple[Adapter, ...]:  # noqa: A001 - reads as `registry.all()`
    """Every network, in the order people are offered them."""
    return tuple(adapter(name) for name in NAMES)


class NotOffered(LookupError):
    """The network does not have the capability; ask `adapter(name).offers(...)` first."""


@cache
def connector(name: str) -> Connects:
    """The adapter as one that connects accounts; raises `NotOffered`."""
    found = adapter(name)
    if found.offers(Connects) and isinstance(found, Connects):
        return found
    raise NotOffered(f"{found.label} accounts cannot be connected here.")


@cache
def publisher(name: str) -> Publishes:
    """The adapter as one that publishes; raises `NotOffered`."""
    found = adapter(name)
    if found.offers(Publishes) and isinstance(found, Publishes):
        return found
    raise NotOffered(f"Nothing can be published on {found.label} from here.")


@cache
def confirmer(name: str) -> Confirms:
    """The adapter as one that reads our posts back; raises `NotOffered`."""
    found = adapter(name)
    if found.offers(Confirms) and isinstance(found, Confirms):
        return found
    raise NotOffered(f"What is published on {found.label} cannot be read back.")


@cache
def measurer(name: str) -> Measures:
    """The adapter as one that reads figures; raises `NotOffered`."""
    found = adapter(name)
    if found.offers(Measures) and isinstance(found, Measures):
        return found
    raise NotOffered(f"{found.label} gives no figures.")


@cache
def reader(name: str) -> Reads:
    """The adapter as one that reads answers; raises `NotOffered`."""
    found = adapter(name)
    if found.offers(Reads) and isinstance(found, Reads):
        return found
    raise NotOffered(f"{found.label} gives no answers to read.")


@cache
def surveyor(name: str) -> Surveys:
    """The adapter as one that tells when followers are online; raises `NotOffered`."""
    found = adapter(name)
    if found.offers(Surveys) and isinstance(found, Surveys):
        return found
    raise NotOffered(f"{found.label} does not tell when followers are online.")
