"""Which addresses Unisono may open a connection to, and how a refusal is said.

`ipaddress.is_global` alone is not enough: Python 3.11 calls several ranges global that lead back
inside (NAT64, 6to4, Teredo, IPv4-compatible, old site-local), and multicast besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from yarl import URL

_NEVER_PUBLIC_6 = tuple(
    ip_network(text)
    for text in (
        "::/96",  # IPv4-compatible, unspecified, loopback
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local use
        "100::/64",  # discard
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local, deprecated
    )
)
_NEVER_PUBLIC_4 = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; some clouds answer metadata here
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarking
        "240.0.0.0/4",
    )
)
_PRIVATE_4 = tuple(
    ip_network(text)
    for text in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
_PRIVATE_6 = (ip_network("::1/128"), ip_network("fc00::/7"))


def gettext_noop(text: str) -> str:
    """Mark `text` for translation; whoever shows it translates it."""
    return text


class EgressError(Exception):
    """A request without a usable answer. `template` % `params` is a sentence for a person."""

    def __init__(self, code: str, template: str, **params: object) -> None:
        super().__init__(template % params)
        self.code = code
        self.template = template
        self.params = params


class Unreached(EgressError):
    """Proved: not one byte of the request left for the server."""


class Interrupted(EgressError):
    """The request left, in part or whole; what became of it is not known."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be reached.

    `allow_private`: private and loopback addresses, plain http and any port as well.
    `allowed`: exact (host, port) pairs that are always allowed, over http too; meant for the
    bundled pretend network and for one named server inside an operator's own network.
    """

    allow_private: bool = False
    allowed: frozenset[tuple[str, int]] = frozenset()
    ports: frozenset[int] = frozenset({443})

    def names(self, host: str, port: int) -> bool:
        return (host, port) in self.allowed

    def accepts(self, address: str) -> bool:
        return is_public(address) or (self.allow_private and is_private(address))


def is_public(text: str) -> bool:
    """Whether the address literal is on the public internet. Anything unparsable is not."""
    address = _parsed(text)
    if address is None or address.is_multicast or not address.is_global:
        return False
    never = _NEVER_PUBLIC_4 if isinstance(address, IPv4Address) else _NEVER_PUBLIC_6
    return not any(address in network for network in never)


def is_private(text: str) -> bool:
    """Whether the literal is an ordinary private or loopback address (RFC 1918, 4193, 6598).

    Link-local addresses are neither public nor private here: cloud metadata services live there,
    and no server of a self-hoster does.
    """
    address = _parsed(text)
    if address is None:
        return False
    ranges = _PRIVATE_4 if isinstance(address, IPv4Address) else _PRIVATE_6
    return any(address in network for network in ranges)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one where an IPv6 literal only wraps it (`::ffff:a.b.c.d`)."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        return address.ipv4_mapped or address
    return address


def checked_url(text: str, rules: Rules) -> URL:
    """The parsed address, if its form may be requested at all; raises `Unreached`."""
    refused = Unreached("bad-url", gettext_noop("“%(url)s” is not a web address."), url=text[:200])
    if any(char <= " " or char == "\\" or char == "\x7f" for char in text):
        raise refused
    try:
        url = URL(text)
        port, host = url.port, url.host
    except ValueError:
        raise refused from None
    if url.scheme not in ("http", "https") or not host or not port:
        raise refused
    if url.user is not None or url.password is not None:
        raise Unreached("bad-url", gettext_noop("The address must not hold a name or password."))
    if rules.names(host, port):
        return url
    _check_reach(url, host, port, rules)
    return url


def _check_reach(url: URL, host: str, port: int, rules: Rules) -> None:
    if url.scheme != "https" and not rules.allow_private:
        raise Unreached("bad-url", gettext_noop("The address must begin with https://."))
    if port not in rules.ports and not rules.allow_private:
        raise Unreached("bad-url", gettext_noop("Port %(port)s is not open to Unisono."), port=port)
    if (":" in host or host.replace(".", "").isdigit()) and not rules.accepts(host):
        raise address_refused(host)


def address_refused(host: str) -> Unreached:
    return Unreached(
        "address-refused",
        gettext_noop("%(host)s is not on the public internet, so Unisono does not talk to it."),
        host=host,
    )
