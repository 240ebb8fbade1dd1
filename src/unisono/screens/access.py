"""Who may knock at which door. Every URL of the screens is declared here through its family.

The verb behind a door asks again; this table keeps a door without a declaration shut, and drives
the permission test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from unisono.rooms.people.capabilities import Capability

Public = Literal["public"]
SignedIn = Literal["signed in"]
Need = Capability | Public | SignedIn

PUBLIC: Public = "public"
SIGNED_IN: SignedIn = "signed in"


@dataclass(frozen=True)
class Access:
    """What each method of one URL needs; methods that are not named are not answered."""

    methods: Mapping[str, Need] = field(default_factory=dict)


def needs(**methods: Need) -> Access:
    """`needs(GET=Capability.SEE, POST=Capability.WRITE)`"""
    return Access(methods)


SEE = needs(GET=Capability.SEE)
