"""The places of the product, in the order of the side navigation."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """One entry: `name` is the URL name, the icon and the key of `shell.counts`."""

    name: str
    label: str | Promise
    on_phone: bool = False
    at_foot: bool = False


PLACES = (
    Place("desk", _("Desk"), on_phone=True),
    Place("work", _("My work")),
    Place("proposals", _("Proposals")),
    Place("strategy", _("Strategy")),
    Place("ideas", _("Ideas")),
    Place("requests", _("Requests")),
    Place("campaigns", _("Campaigns")),
    Place("calendar", _("Calendar"), on_phone=True),
    Place("timeline", _("Timeline")),
    Place("approvals", _("Approvals"), on_phone=True),
    Place("conversations", _("Inbox")),
    Place("automations", _("Automations")),
    Place("library", _("Library")),
    Place("channels", _("Channels")),
    Place("people", _("People")),
    Place("import", _("Import")),
    Place("settings", _("Settings"), at_foot=True),
)


_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Link:
    """A place as one page shows it."""

    place: Place
    url: str
    current: bool
    count: int
    tone: str


def address(name: str) -> str | None:
    """The URL of a place, or None while nothing answers to its name."""
    return _address(name, get_script_prefix(), settings.ROOT_URLCONF)


@lru_cache(maxsize=256)
def _address(name: str, prefix: str, urls: str) -> str | None:
    for candidate in (name, f"screens:{name}"):
        try:
            return reverse(candidate)
        except NoReverseMatch:
            continue
    return None


def row_url(name: str, pk: UUID) -> str:
    """The URL of one row's page. The route is looked up once, not for each of hundreds of rows."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{pk}{after}"


@lru_cache(maxsize=256)
def _around(name: str, prefix: str) -> tuple[str, str]:
    before, _pk, after = reverse(name, args=[_NOBODY]).partition(str(_NOBODY))
    return before, after


def links(
    request: HttpRequest | None, counts: dict[str, object], current: str = ""
) -> Iterator[Link]:
    """Links of all reachable places.

    `counts` maps a place to a number or a pair (number, tone); `current` names the place a
    page belongs to when its address does not say so.
    """
    path = request.path if request else ""
    for place in PLACES:
        url = address(place.name)
        if url is None:
            continue
        here = place.name == current if current else is_at(path, url)
        number, tone = numbered(counts.get(place.name, 0))
        yield Link(place, url, here, number, tone)


def is_at(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def numbered(value: object) -> tuple[int, str]:
    if isinstance(value, tuple):
        return int(value[0]), str(value[1])
    return (value, "") if isinstance(value, int) else (0, "")
