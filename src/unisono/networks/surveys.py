"""A further capability: when the followers of an account are online, hour by hour of the week."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from unisono.networks.contract import Account, Credentials

if TYPE_CHECKING:
    from unisono.kernel.egress import Egress

HOURS = 168


@dataclass(frozen=True, slots=True)
class Online:
    """Relative numbers of followers online by hour of the week, 168 from Monday 00:00 on the wall
    of `zone` (an IANA name). Raises ValueError for what is no such week, KeyError for what is no
    zone."""

    zone: str
    numbers: tuple[float, ...]

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)
        if len(self.numbers) != HOURS:
            raise ValueError("a week has 168 hours")
        if not all(isfinite(each) and each >= 0 for each in self.numbers) or not any(self.numbers):
            raise ValueError("numbers of people are finite, none below zero, and not all zero")


@runtime_checkable
class Surveys(Protocol):
    """The network tells when the followers of an account are online."""

    async def online(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> Online | None:
        """The usual week of late; None where it does not say for this account. Raises
        `VerdictRaised`."""
        ...
