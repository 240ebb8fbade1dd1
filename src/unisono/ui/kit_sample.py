"""Invented content for the kit page."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone


@dataclass(frozen=True)
class Network:
    label: str
    mark: str
    colour: str


AGORA = Network("Agora", "A", "#0a66c2")
CHIRP = Network("Chirp", "C", "#1676d2")
ATELIER = Network("Atelier", "At", "#c3276a")
FORUM = Network("Forum", "F", "#5b5ce0")
NETWORKS = {"agora": AGORA, "chirp": CHIRP, "atelier": ATELIER, "forum": FORUM}

SHELL = {
    "organization": "Maison Lumen",
    "member": "Léa Bonnet",
    "counts": {"ideas": 12, "approvals": (4, "warn"), "channels": (1, "bad")},
    "departments": [
        {"name": "Marketing", "hue": "violet", "url": "#marketing"},
        {"name": "Sales", "hue": "teal", "url": "#sales"},
        {"name": "People & culture", "hue": "rose", "url": "#people"},
        {"name": "Customer service", "hue": "blue", "url": "#service"},
    ],
}
STATES = (
    "draft",
    "in_review",
    "changes_asked",
    "approved",
    "scheduled",
    "publishing",
    "published",
    "failed",
    "unknown",
    "held",
    "cancelled",
)
LENGTHS = (
    ("en", "Ask for changes", "sign in again", "Why this time?", "Hold publishing"),
    (
        "fr",
        "Demander des modifications",
        "se reconnecter",
        "Pourquoi cette heure ?",
        "Suspendre les publications",
    ),
    (
        "de",
        "Änderungen verlangen",
        "erneut anmelden",
        "Warum diese Uhrzeit?",
        "Veröffentlichungen anhalten",
    ),
)
STEPS = (
    {"label": "Editor", "detail": "Léa B. · done", "state": "done"},
    {"label": "Legal", "detail": "due today 17:00", "state": "current"},
    {"label": "Brand", "detail": "waiting", "state": "waiting"},
)
HOURS = (4, 3, 3, 3, 4, 7, 12, 22, 34, 30, 24, 21, 26, 25, 18, 15, 16, 19, 23, 26, 22, 15, 10, 6)

# Days from today, time, title, hue, state, networks.
_SCORE = (
    (-12, 9, 10, "New season, first light", "violet", "published", (AGORA, CHIRP)),
    (-9, 18, 20, "Teaser: the furnace", "violet", "published", (ATELIER,)),
    (-8, 10, 0, "Hotel offer, second quarter", "teal", "published", (AGORA,)),
    (-5, 13, 0, "A thread with the designer", "violet", "published", (CHIRP, FORUM)),
    (-4, 16, 0, "How to clean brass", "blue", "published", (CHIRP,)),
    (-2, 8, 40, "Apprentice week begins", "rose", "published", (AGORA, FORUM)),
    (-1, 14, 0, "Case study: Hôtel Parc", "teal", "failed", (AGORA,)),
    (0, 8, 50, "Apprentice week", "rose", "published", (AGORA,)),
    (0, 9, 30, "Lyon, in pictures", "violet", "published", (CHIRP, ATELIER)),
    (0, 12, 30, "Behind the glass", "violet", "scheduled", (AGORA,)),
    (0, 17, 0, "Opening hours this winter", "blue", "in_review", (CHIRP,)),
    (1, 11, 0, "Weekend light", "violet", "scheduled", (ATELIER,)),
    (1, 14, 10, "Book a visit of the showroom", "teal", "draft", (AGORA,)),
    (2, 10, 0, "A day at the furnace", "rose", "scheduled", (FORUM,)),
    (3, 19, 0, "Carousel: five lamps, five rooms", "violet", "scheduled", (ATELIER,)),
    (4, 9, 30, "We hire three artisans", "rose", "in_review", (AGORA, FORUM)),
    (5, 10, 20, "Trade fair, hall 4", "teal", "clash", (AGORA,)),
    (5, 8, 50, "The doors open in Lyon", "violet", "scheduled", (AGORA, CHIRP, ATELIER)),
    (7, 16, 0, "Recall notice, series F", "blue", "held", (CHIRP,)),
    (8, 18, 40, "Opening countdown", "violet", "draft", (ATELIER,)),
    (10, 12, 10, "Meet the glassblowers", "plum", "scheduled", (AGORA,)),
)


def notes(day: date, offset: int) -> list[dict[str, Any]]:
    """The notes of a day, oldest first."""
    found = [row for row in _SCORE if row[0] == offset]
    zone = timezone.get_current_timezone()
    return [
        {
            "at": datetime.combine(day, time(hour, minute), zone),
            "title": title,
            "hue": hue,
            "state": state,
            "networks": networks,
        }
        for _, hour, minute, title, hue, state, networks in sorted(found, key=lambda row: row[1:3])
    ]
