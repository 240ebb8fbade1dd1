"""What a text holds: addresses, mentions, hashtags; and how long it is for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import regex

Kind = Literal["url", "mention", "tag"]
_GRAPHEME = regex.compile(r"\X")
_ENTITY = re.compile(
    r"(?P<url>(?<![\w@])https?://[^\s<>\"]+)"
    r"|(?P<mention>(?<![\w@/.])@[A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_])?(?:@[\w-]+(?:\.[\w-]+)+)?)"
    r"|(?P<tag>(?<![\w&/#])\#(?!\d+(?:\W|$))\w+)"
)
_TRAILING = ".,;:!?'\"«»‹›“”„‘’…"
_PAIRS = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Entity:
    """A part of a text with a meaning; `start` and `end` are character positions."""

    kind: Kind
    start: int
    end: int
    text: str


def entities(text: str) -> Iterator[Entity]:
    """Addresses, mentions and hashtags in order; closing punctuation belongs to the sentence."""
    for found in _ENTITY.finditer(text):
        start, shown = found.start(), found.group()
        if found["url"]:
            yield Entity("url", start, start + len(_trimmed(shown)), _trimmed(shown))
        elif found["mention"]:
            yield Entity("mention", start, found.end(), shown)
        else:
            yield Entity("tag", start, found.end(), shown)


def parts(text: str) -> list[dict[str, str]]:
    """The text cut into {text, kind} pieces in order; kind is empty for plain words."""
    pieces: list[dict[str, str]] = []
    at = 0
    for entity in entities(text):
        if entity.start > at:
            pieces.append({"text": text[at : entity.start], "kind": ""})
        pieces.append({"text": entity.text, "kind": entity.kind})
        at = entity.end
    if at < len(text):
        pieces.append({"text": text[at:], "kind": ""})
    return pieces


def graphemes(text: str) -> int:
    """Length as a person counts: an emoji family or a letter with accents is one."""
    return len(_GRAPHEME.findall(text))


def _trimmed(url: str) -> str:
    while url:
        last = url[-1]
        opened = _PAIRS.get(last)
        if last in _TRAILING or (opened and url.count(last) > url.count(opened)):
            url = url[:-1]
        else:
            break
    return url
