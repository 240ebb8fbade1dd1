"""Messages as words: what a text says once what every text says is left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr", "de")
FOLDER = Path(__file__).parent / "words"

_LINK = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|@[\w.]+")
_WORD = re.compile(r"#?[^\W\d_](?:[\w’'-]*\w)?")
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'(?=\w)")
_CLAUSE = re.compile(r"[.!?;:,\n]+")
SHORTEST = 3


@cache
def empty_words() -> frozenset[str]:
    """The words of all our languages that say nothing of what a text is about.

    A message does not tell its language, and a short one does not show it.
    """
    found: set[str] = set()
    for language in LANGUAGES:
        text = (FOLDER / f"{language}.stop").read_text(encoding="utf-8")
        found |= {plain(word) for word in text.split()}
    return frozenset(found)


def plain(text: str) -> str:
    """Lower case, composed, with one kind of apostrophe."""
    return unicodedata.normalize("NFC", text).casefold().replace("’", "'")


def clauses(text: str) -> list[list[str]]:
    """The words of each part of a sentence, links and names of accounts left out."""
    said = _LINK.sub(" ", plain(text))
    return [words for part in _CLAUSE.split(said) if (words := _WORD.findall(part))]


def terms(text: str) -> set[str]:
    """What a text speaks of: words, pairs of words that follow one another, and hashtags."""
    return {term for words in clauses(text) for term in _of(words)}


def asks(text: str) -> bool:
    """Whether it is a question; links may have a question mark of their own."""
    return "?" in _LINK.sub(" ", text)


def _of(words: list[str]) -> Iterator[str]:
    before = ""
    for word in words:
        if word.startswith("#"):
            before = ""
            if len(word) > SHORTEST:
                yield word
            continue
        bare = _ELIDED.sub("", word)
        if len(bare) < SHORTEST or bare in empty_words() or word in empty_words():
            before = ""
            continue
        yield bare
        if before:
            yield f"{before} {bare}"
        before = bare
