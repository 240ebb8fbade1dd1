"""Quiet inboxes: people write at a steady rate, about what they always write about, and some of
them are unhappy, as some always are."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from unisono.rooms.orchestration.listening.speech import LANGUAGES
from unisono.rooms.orchestration.listening.topics import Message

WORDS = 3_000
SAID = (3, 12)
UNHAPPY = 0.15
A_POST = 4.0
"""Messages under one post, on average: people who write under one post write about it."""

BY_WEEKDAY = (1.0, 1.0, 1.1, 1.0, 1.2, 0.7, 0.6)
SAD = {"en": "awful", "fr": "décevant", "de": "enttäuscht"}


def inbox(seed: int, *, start: datetime, days: int, a_day: float) -> list[Message]:
    """The messages of one channel, by time. Words are drawn by Zipf's law; of those under one post
    a quarter is drawn from eight words of its own."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, WORDS + 1)
    weights /= weights.sum()
    found: list[Message] = []
    for day in range(days):
        at = start + timedelta(days=day)
        for post in range(rng.poisson(a_day * BY_WEEKDAY[at.weekday()] / A_POST)):
            begun = at + timedelta(hours=float(rng.uniform(7, 20)))
            theme = rng.choice(WORDS, 8, p=weights)
            sad = float(np.clip(rng.normal(UNHAPPY, 0.05), 0.02, 0.5))
            for n in range(rng.poisson(A_POST)):
                size = int(rng.integers(*SAID))
                drawn = np.where(
                    rng.random(size) < 0.25,
                    rng.choice(theme, size),
                    rng.choice(WORDS, size, p=weights),
                )
                said = [_word(int(one)) for one in drawn]
                if rng.random() < sad:
                    said.append(SAD[str(rng.choice(LANGUAGES))])
                who = f"{seed}-{rng.integers(2000)}"
                later = begun + timedelta(hours=float(rng.exponential(8)))
                found.append(Message(f"{seed}-{day}-{post}-{n}", who, later, " ".join(said)))
    return sorted(found, key=lambda one: one.at)


def _word(number: int) -> str:
    """A word of no language: `bakedo`."""
    text = ""
    for _syllable in range(4):
        number, rest = divmod(number, 20)
        text += "bdfgklmnprstvzjhcqxw"[rest] + "aeiou"[rest % 5]
    return text
