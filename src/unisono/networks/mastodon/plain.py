"""Mastodon's HTML as plain text, and the fingerprint by which a post is found again."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.text += "\n"
        elif tag == "p" and self.text:
            self.text += "\n\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def plain(html: str) -> str:
    """The text of a status as a person reads it; addresses are whole again."""
    reader = _Plain()
    reader.feed(html)
    reader.close()
    return reader.text.strip()


def fingerprint(text: str) -> str:
    """Equal for what was sent and what the server shows of it.

    Servers collapse white space, and drop the server's name of a mention.
    """
    bare = re.sub(r"(@[A-Za-z0-9_]+)@[\w.-]+\w", r"\1", unicodedata.normalize("NFC", text))
    return re.sub(r"\s+", " ", bare).strip()
