"""What is added to links so that web analytics knows where a visit came from. Pure.

A pattern has up to five parameters with placeholders. A link keeps what it has: its host, port,
path, order of parameters and fragment, to the letter; ours stand at the end of its query. Tagging
twice is tagging once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, unquote_plus

from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid
from unisono.networks.text import entities

PARAMETERS = ("source", "medium", "campaign", "content", "term")
PLACEHOLDERS = ("campaign", "channel", "network", "department", "post", "id")
LONGEST = 120
HOSTS_MAX = 50
_PLACE = re.compile(r"\{(\w+)\}")
_AUTHORITY = re.compile(r"https?://([^/?#\\]+)", re.I)
_HOST = re.compile(r"[^\s/?#@:\[\]]+(\.[^\s/?#@:\[\]]+)+|localhost")


@dataclass(frozen=True)
class Pattern:
    """The parameters without their `utm_`, empty ones left out of links.

    Links to `hosts` and what lies below them are never touched; those that carry a `utm_` parameter
    only where the pattern says `replace`.
    """

    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    hosts: tuple[str, ...] = ()
    replace: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Pattern:
        """The pattern as a campaign keeps it."""
        return cls(**{**kept, "hosts": tuple(kept.get("hosts", ()))})

    @property
    def kept(self) -> dict[str, Any]:
        """What a campaign keeps; nothing where no parameter is said."""
        return {**asdict(self), "hosts": list(self.hosts)} if self.says else {}

    @property
    def says(self) -> bool:
        """Whether there is anything to add to a link."""
        return any(getattr(self, name) for name in PARAMETERS)


def checked(pattern: Pattern) -> Pattern:
    """The pattern without blanks around its words; raises Invalid where it cannot be meant."""
    values = {name: getattr(pattern, name).strip() for name in PARAMETERS}
    for name, value in values.items():
        _check_value(name, value)
    if any(values.values()) and not values["source"]:
        raise Invalid(
            _("Give a source as well: web analytics ignores links without one."), field="utm_source"
        )
    hosts = tuple(dict.fromkeys(filter(None, (_typed_host(host) for host in pattern.hosts))))
    if len(hosts) > HOSTS_MAX:
        raise Invalid(
            _("Leave out %(most)d hosts at most.") % {"most": HOSTS_MAX}, field="utm_hosts"
        )
    return Pattern(**values, hosts=hosts, replace=pattern.replace)


def slug(words: str) -> str:
    """Words as they stand in an address: lower case, joined by hyphens, without accents."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", plain)).strip("-")[:60].strip("-")


def tagged(text: str, pattern: Pattern, values: Mapping[str, str]) -> str:
    """The text with the parameters on each of its links; `values` fill the placeholders."""
    if not pattern.says or "://" not in text:
        return text
    pieces, at = [], 0
    for found in entities(text):
        if found.kind == "url":
            pieces += [text[at : found.start], tagged_link(found.text, pattern, values)]
            at = found.end
    return "".join([*pieces, text[at:]])


def tagged_link(link: str, pattern: Pattern, values: Mapping[str, str]) -> str:
    """One link with the parameters; what is no web address, or is to be left alone, as it is."""
    ours = _filled(pattern, values)
    authority = _AUTHORITY.match(link)
    if not ours or authority is None or _excluded(authority[1], pattern.hosts):
        return link
    address, hash_, fragment = link.partition("#")
    path, _mark, query = address.partition("?")
    given = query.split("&") if query else []
    if not pattern.replace and any(_name(pair).startswith("utm_") for pair in given):
        return link
    kept = "&".join(pair for pair in given if _name(pair) not in ours).rstrip("&")
    added = "&".join(f"{name}={value}" for name, value in ours.items())
    return f"{path}?{kept}{'&' if kept else ''}{added}{hash_}{fragment}"


def _filled(pattern: Pattern, values: Mapping[str, str]) -> dict[str, str]:
    """The parameters by their full names, ready to stand in an address."""
    found = {}
    for name in PARAMETERS:
        said = _PLACE.sub(lambda place: values.get(place[1], ""), getattr(pattern, name))
        if said:
            # A full stop at the end of a link would be read as the sentence's.
            found[f"utm_{name}"] = re.sub(r"\.(?=\.*$)", "%2E", quote(said, safe=""))
    return found


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0]).casefold()


def _excluded(authority: str, hosts: tuple[str, ...]) -> bool:
    host = _plain(re.sub(r":\d*$", "", authority.rpartition("@")[2]))
    return any(host == _plain(one) or host.endswith(f".{_plain(one)}") for one in hosts)


def _plain(host: str) -> str:
    """A host as two spellings of it agree on."""
    host = host.casefold().rstrip(".")
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _typed_host(typed: str) -> str:
    """A host as people write it, or the address they copied it from."""
    typed = typed.strip().casefold()
    if not typed:
        return ""
    found = _AUTHORITY.match(typed)
    host = re.sub(r":\d*$", "", (found[1] if found else typed).rpartition("@")[2]).strip("./")
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise Invalid(
            _("“%(host)s” is not a host, such as shop.example.") % {"host": typed[:80]},
            field="utm_hosts",
        )
    return host


def _check_value(name: str, value: str) -> None:
    field = f"utm_{name}"
    if len(value) > LONGEST:
        raise Invalid(
            _("This is too long: %(most)d characters at most.") % {"most": LONGEST}, field=field
        )
    unknown = [place for place in _PLACE.findall(value) if place not in PLACEHOLDERS]
    if unknown or re.search(r"[{}]", _PLACE.sub("", value)):
        raise Invalid(
            _("These stand for something: %(known)s. Other words have no braces.")
            % {"known": ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)},
            field=field,
        )
    if not value.isprintable():
        raise Invalid(_("Write it in one line."), field=field)
