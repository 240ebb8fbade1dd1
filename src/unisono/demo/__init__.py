"""A believable company to look at: content of our own, loaded through the same verbs as anybody's.

Knows every room below the doors; nothing knows it but config and the demo's entrance.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from unisono.networks.verdicts import gettext_noop

PASSWORD = "unisono-demo"
"""The password of everybody in the demo."""


class Persona(NamedTuple):
    """Somebody one can be in the demo; `role` is an English sentence, for translation."""

    email: str
    name: str
    role: str
    language: str


PERSONAS: list[Persona] = [
    Persona(
        "lea@lumen.example",
        "Léa Bertrand",
        gettext_noop("Leads social media: plans, approves and schedules for every department."),
        "en",
    ),
    Persona(
        "pauline@lumen.example",
        "Pauline Mercier",
        gettext_noop("Directs marketing: sets objectives and gives the final word on the brand."),
        "fr",
    ),
    Persona(
        "jonas@lumen.example",
        "Jonas Adler",
        gettext_noop("Writes for Germany and edits the posts of Sales."),
        "de",
    ),
    Persona(
        "amelia@lumen.example",
        "Amelia Hart",
        gettext_noop("Writes for London, and asks for approval before anything goes out."),
        "en",
    ),
    Persona(
        "tom@lumen.example",
        "Tom Keller",
        gettext_noop("Hires artisans: writes for People & culture."),
        "en",
    ),
    Persona(
        "nadia@lumen.example",
        "Nadia Benali",
        gettext_noop("Leads customer service: answers conversations and approves care advice."),
        "fr",
    ),
    Persona(
        "victor@lumen.example",
        "Victor Lang",
        gettext_noop("Looks on: reads plans and figures, and changes nothing."),
        "en",
    ),
]
"""The first of them is the one a visitor of the demo is signed in as."""


def load(
    now: datetime,
    *,
    sandbox_port: int = 8410,
    say: Callable[[str], None] = print,
    soon_from: datetime | None = None,
) -> None:
    """Load the demonstration company, unless there is an organization already.

    The company's last 90 days end at `now`. `soon_from` is the instant after which the first posts
    go out within two minutes; without it, the end of the loading. Needs the sandbox network on
    `sandbox_port` of this machine. All or nothing: an interrupted loading leaves no trace here.
    """
    from unisono.demo import loading

    loading.load(now, sandbox_port=sandbox_port, say=say, soon_from=soon_from)
