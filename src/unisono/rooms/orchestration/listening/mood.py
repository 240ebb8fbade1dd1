"""How a message sounds: unhappy, pleased or neither, by the words it uses.

A small and honest measure: it knows some hundred words a language, turns what follows a negation,
and calls everything else neutral. It misreads irony. So it is never shown alone: whoever reads of
a turn also reads some of the messages, and judges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from unisono.rooms.orchestration.listening.speech import FOLDER, LANGUAGES, clauses, plain

REACH = 3
"""A negation turns so many of the words that follow it in its part of the sentence."""


@dataclass
class Lexicon:
    """The value of words, −1 or 1, and the words that turn them."""

    values: dict[str, int] = field(default_factory=dict)
    turns: set[str] = field(default_factory=set)


@cache
def lexicon(language: str) -> Lexicon:
    """The words of one language, as its file has them."""
    found = Lexicon()
    for line in (FOLDER / f"{language}.mood").read_text(encoding="utf-8").splitlines():
        sign, *words = line.split()
        if sign in "+-":
            found.values |= {plain(word): 1 if sign == "+" else -1 for word in words}
        elif sign == "!":
            found.turns |= {plain(word) for word in words}
    return found


def score(text: str) -> int:
    """Below 0 unhappy, above 0 pleased, 0 neither or unknown.

    Each language reads the text; the one that knows most of its words is heard.
    """
    parts = clauses(text)
    return max((_read(parts, lexicon(one)) for one in LANGUAGES), key=lambda each: each[0])[1]


def unhappy(text: str) -> bool:
    """Whether a message sounds unhappy."""
    return score(text) < 0


def _read(parts: list[list[str]], known: Lexicon) -> tuple[int, int]:
    """How many words are known, and what they come to."""
    hits = total = 0
    for words in parts:
        turned = 0
        # "ce n'est pas beau", "ne … jamais": two words of one negation turn once.
        for word in (piece for each in words for piece in _pieces(each)):
            if word in known.turns:
                hits, turned = hits + 1, REACH
            elif value := known.values.get(word, 0):
                hits += 1
                total += -value if turned else value
                turned = max(0, turned - 1)
            else:
                turned = max(0, turned - 1)
    return hits, total


def _pieces(word: str) -> list[str]:
    """`n'est` as `n` and `est`; `isn't` stays whole."""
    head, apostrophe, tail = word.lstrip("#").partition("'")
    return [head, tail] if apostrophe and len(head) <= 2 else [word.lstrip("#")]
