"""RSS and Atom as entries; pure. What is not plainly a feed is refused.

The parser expands no entity of the document's own and loads nothing from elsewhere: a feed is a
stranger's text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

ENTRIES_MAX = 50
SUMMARY_MAX = 2_000
DEPTH_MAX = 40


class NotAFeed(ValueError):
    """This is no RSS or Atom, or one that is built to do harm."""


@dataclass(frozen=True)
class Entry:
    """`guid` is what the feed names it by, else its link, else its title."""

    guid: str
    title: str
    link: str
    summary: str
    published_at: datetime | None


@dataclass(frozen=True)
class Reading:
    title: str
    entries: list[Entry]


def read(body: bytes) -> Reading:
    """The feed's title and its first entries; raises NotAFeed."""
    root = _tree(body)
    kind = _local(root.tag)
    if kind == "feed":
        found = [_atom(one) for one in _children(root, "entry")]
        return Reading(_text(root, "title"), _told(found))
    channel = next(iter(_children(root, "channel")), None)
    if kind not in ("rss", "RDF") or channel is None:
        raise NotAFeed
    items = [*_children(channel, "item"), *_children(root, "item")]
    return Reading(_text(channel, "title"), _told([_rss(one) for one in items]))


def _tree(body: bytes) -> Element:
    builder, depth = TreeBuilder(), 0

    def opened(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX:
            raise NotAFeed
        builder.start(tag, attributes)

    def closed(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def declared(*_anything: object) -> None:
        raise NotAFeed

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = declared
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(body, True)
        root = builder.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError):
        raise NotAFeed from None
    return root


def _rss(item: Element) -> Entry:
    link = _web(_text(item, "link"))
    guid = _text(item, "guid") or link or _text(item, "title")
    summary = _text(item, "description") or _text(item, "encoded")
    return _entry(guid, _text(item, "title"), link, summary,
                  _text(item, "pubDate") or _text(item, "date"))  # fmt: skip


def _atom(item: Element) -> Entry:
    links = _children(item, "link")
    shown = [one for one in links if one.get("rel", "alternate") == "alternate"] or links
    link = _web(shown[0].get("href", "")) if shown else ""
    guid = _text(item, "id") or link or _text(item, "title")
    summary = _text(item, "summary") or _text(item, "content")
    return _entry(guid, _text(item, "title"), link, summary,
                  _text(item, "published") or _text(item, "updated"))  # fmt: skip


def _entry(guid: str, title: str, link: str, summary: str, at: str) -> Entry:
    words = plain(summary)[:SUMMARY_MAX]
    return Entry(guid, (plain(title) or words or link)[:160], link, words, _instant(at))


def _told(found: list[Entry]) -> list[Entry]:
    """What can be named, each once."""
    kept = {entry.guid: entry for entry in reversed(found) if entry.guid and entry.title}
    return list(reversed(kept.values()))[:ENTRIES_MAX]


def plain(markup: str) -> str:
    """Words without markup."""
    bare = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>", " ", markup[:100_000])
    bare = html.unescape(re.sub(r"<[^<>]*>", " ", bare))
    return " ".join(re.sub(r"<[^<>]*>", " ", bare).replace("\x00", "").split())


def _web(link: str) -> str:
    """An address that may be shown as a link; nothing for any other."""
    link = link.strip()
    return link if link.lower().startswith(("http://", "https://")) and len(link) <= 500 else ""


def _instant(said: str) -> datetime | None:
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = parse(said.strip())
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _children(of: Element, name: str) -> list[Element]:
    return [one for one in of if _local(one.tag) == name]


def _text(of: Element, name: str) -> str:
    for one in _children(of, name):
        said = "".join(one.itertext()).strip()
        if said:
            return said
    return ""
