"""What the timeline holds hundreds of, written without a template for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from html import escape
from urllib.parse import urlencode
from uuid import UUID

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext

from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing.agenda import Item
from unisono.screens.calendar.grid import waits_for
from unisono.screens.timeline import ghosts
from unisono.screens.timeline.layout import Laid, LaidGroup, LaidLane, More
from unisono.screens.timeline.shelf import Card
from unisono.screens.timeline.window import MINUTES, Tick, Window
from unisono.ui import small, wording
from unisono.ui.attributes import attributes, safe
from unisono.ui.navigation import row_url
from unisono.ui.states import badge

register = template.Library()


@register.simple_tag
def window_name(around: Window) -> str:
    """`March 2026`; a year is its number, a quarter and a week say their first and last month."""
    if around.zoom == "year":
        return str(around.first.year)
    if around.zoom == "day":
        return wording.day(around.first, year=True)
    first = capfirst(date_format(around.first, "F Y"))
    if (around.first.year, around.first.month) == (around.last.year, around.last.month):
        return first
    last = date_format(around.last, "M Y")
    if around.first.year == around.last.year:
        return f"{capfirst(date_format(around.first, 'M'))} – {last}"
    return f"{capfirst(date_format(around.first, 'M Y'))} – {last}"


@register.simple_tag
def ruler_ticks(ticks: Sequence[Tick]) -> SafeString:
    """The names on the ruler."""
    drawn = "".join(
        f'<span class="timeline-tick" data-x="{tick.x}" data-w="{tick.width}"'
        f"{' data-today' if tick.today else ''}{' data-weekend' if tick.weekend else ''}>"
        f"{escape(tick.label)}</span>"
        for tick in ticks
    )
    return SafeString(drawn)


@register.simple_tag
def grid_lines(around: Window, ticks: Sequence[Tick], weekends: Sequence[int]) -> SafeString:
    """Behind the lanes: where days begin and which are a weekend, in minutes of the window."""
    shade = "".join(
        f'<rect class="timeline-weekend" x="{x}" width="1440" height="1"></rect>' for x in weekends
    )
    today = "".join(
        f'<rect class="timeline-today" x="{tick.x}" width="{tick.width}" height="1"></rect>'
        for tick in ticks
        if tick.today
    )
    lines = "".join(f'<line x1="{t.x}" x2="{t.x}" y1="0" y2="1"></line>' for t in ticks if t.x)
    return SafeString(
        f'<svg class="timeline-grid" aria-hidden="true" viewBox="0 0 {around.minutes} 1"'
        f' preserveAspectRatio="none">{shade}{today}{lines}</svg>'
    )


@register.simple_tag(takes_context=True)
def timeline_lane(
    context: Context, group: LaidGroup, laid: LaidLane, around: Window, query: str, by: str
) -> SafeString:
    """One lane: its channel, and the notes or the densities that lie on it."""
    channel = laid.lane.channel
    actor = context["request"].actor
    writable = actor.departments_with(Capability.WRITE)
    if around.counted:
        inside = _densities(laid, query, by)
    else:
        where = urlencode({"by": by, "group": str(group.group.key), "lane": str(channel.pk)})
        rest = f"{where}&{query}" if query else where
        inside = _notes(laid.notes, around, writable, context["clashing"]) + "".join(
            _more(one, laid.rows - 1, rest) for one in laid.more
        )
        inside += ghosts.drawn(laid)
    name, of = safe(channel.name), safe(group.group.name)
    return SafeString(
        f'<div class="timeline-row timeline-lane" role="group" aria-label="{of}, {name}"'
        f' data-channel="{channel.pk}" data-name="{name}" data-rows="{laid.rows}"'
        f' data-size="{laid.size}"><span class="timeline-label">{small.network(channel.face)}'
        f'<span class="cut" title="{name}">{name}</span></span>'
        f'<div class="timeline-track">{inside}</div></div>'
    )


def _notes(
    notes: Sequence[Laid],
    around: Window,
    writable: Collection[UUID] | None,
    clashing: Mapping[UUID, str],
) -> str:
    language = get_language() or "en"
    days = [(day.isoformat(), _day(day, language)) for day in around.days]
    repeats = str(small.icon("repeat", "small", gettext("One of a series")))
    drawn = []
    for item, x, row, before in notes:
        iso, day = days[x // MINUTES]
        clock = f"{x % MINUTES // 60:02d}:{x % 60:02d}"
        moves = item.movable and (writable is None or item.department.pk in writable)
        drawn.append(
            f'<a class="note" href="{_href(item)}" data-hue="{item.department.hue or "slate"}"'
            f' data-state="{item.state}" data-x="{x}" data-row="{row}"'
            f' data-wall="{iso}T{clock}"'
            f' data-variant="{item.variant_id}"{" data-moves" if moves else ""}'
            f"{' data-before' if before else ''}>"
            f'<span class="note-time"><span class="timeline-day">{day}</span> {clock}</span>'
            f'<span class="note-title">{escape(item.title)}</span>'
            f"{repeats if item.series_id else ''}"
            f"{_marks(item, clashing)}"
            f'<span class="visually-hidden">{_state(item.state, language)}</span></a>'
        )
    return "".join(drawn)


def _marks(item: Item, clashing: Mapping[UUID, str]) -> str:
    """What it waits for besides its time, and which house rules it breaks."""
    waits, trouble = waits_for(item), clashing.get(item.variant_id)
    return (small.waiting(waits) if waits else "") + (small.warning(trouble) if trouble else "")


def _href(item: Item) -> str:
    """The receipt once it has something to tell; else the composer."""
    if item.publication_id and item.state != "scheduled":
        return row_url("publication", item.publication_id)
    return row_url("post", item.post_id)


@lru_cache(maxsize=512)
def _day(on: date, _language: str) -> str:
    return escape(wording.day(on))


@lru_cache(maxsize=128)
def _state(state: str, _language: str) -> str:
    return str(safe(badge(state).label))


def _more(one: More, row: int, where: str) -> str:
    day = one.day.isoformat()
    looks = attributes({"data_tone": "bad" if one.needing else ""})
    spoken = ngettext("%(n)s more on %(day)s", "%(n)s more on %(day)s", one.number) % {
        "n": one.number, "day": wording.day(one.day),
    }  # fmt: skip
    return (
        f'<a class="timeline-more" href="{reverse("timeline")}?zoom=day&amp;day={day}"'
        f' hx-get="{reverse("timeline.day")}?day={day}&amp;{escape(where)}"'
        f' hx-target="#timeline-more"'
        f' hx-swap="innerHTML" data-x="{one.x}" data-w="1440" data-row="{row}"'
        f' aria-label="{escape(spoken)}"{looks}>+{one.number}</a>'
    )


def _densities(laid: LaidLane, query: str, by: str) -> str:
    """Links to the fortnight of a week, as dense as it is full."""
    rest = urlencode({"by": by, "zoom": "fortnight"}) + (f"&{query}" if query else "")
    url = f"{reverse('timeline')}?{escape(rest)}"
    drawn = []
    for one, x, width, grade in laid.densities:
        spoken = ngettext("%(n)s post from %(day)s", "%(n)s posts from %(day)s", one.number) % {
            "n": one.number, "day": wording.day(one.first),
        }  # fmt: skip
        drawn.append(
            f'<a class="timeline-density" href="{url}&amp;day={one.first.isoformat()}" data-x="{x}"'
            f' data-w="{width}" data-grade="{grade}"{" data-needing" if one.needing else ""}'
            f' title="{escape(spoken)}" aria-label="{escape(spoken)}">{one.number}</a>'
        )
    return "".join(drawn)


@register.simple_tag
def shelf_card(card: Card) -> SafeString:
    """A draft or an idea on the shelf."""
    url = row_url("post" if card.kind == "post" else "idea", card.pk)
    looks = attributes(
        {"data_hue": card.hue or "slate", f"data_{card.kind}": str(card.pk),
         "data_group": card.group, "data_moves": card.movable}
    )  # fmt: skip
    squares = "".join(small.network(face) for face in card.faces[:3])
    shown = f'<span class="networks">{squares}</span>' if squares else ""
    return SafeString(
        f'<a class="timeline-card note" data-state="draft" href="{url}"{looks}>'
        f'<span class="note-title">{safe(card.title)}</span>{shown}</a>'
    )
