"""The small parts a page holds hundreds of: they write their HTML without a template.

Opening a template for each would cost a full calendar more than all its queries.
"""

# Arguments carry the names HTML gives them: type, id.
# ruff: noqa: A002

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache

from django.template import Context
from django.templatetags.static import static
from django.utils.safestring import SafeString

from unisono.ui import wording
from unisono.ui.attributes import attributes, safe
from unisono.ui.marks import Mark, initials, mark_of
from unisono.ui.states import badge


def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """A picture of the sprite; without a label it is decoration."""
    return _icon(_sprite(), name, size, str(label))


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str, size: str, label: str) -> SafeString:
    spoken = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    looks = attributes({"data_size": size, **spoken})
    return SafeString(f'<svg class="icon"{looks}><use href="{sprite}#{safe(name)}"></use></svg>')


@cache
def _sprite() -> str:
    return static("icons.svg")


def button(
    label: str = "",
    kind: str = "",
    icon: str = "",
    href: str = "",
    type: str = "button",
    size: str = "",
    only_icon: bool = False,
    **given: object,
) -> SafeString:
    """A button, or a link that looks like one. Kinds: primary, quiet, danger, brass."""
    named = {"aria_label": label, "title": label} if only_icon else {}
    looks = {"data_kind": kind, "data_size": size, "data_square": only_icon}
    drawn = attributes({"href": href, "type": "" if href else type, **looks, **named, **given})
    tag, picture = ("a" if href else "button"), (_icon(_sprite(), icon, "", "") if icon else "")
    shown = "" if only_icon else safe(label)
    return SafeString(f'<{tag} class="button"{drawn}>{picture}{shown}</{tag}>')


def chip(
    label: object, tone: str = "", hue: str = "", icon: str = "", size: str = "", href: str = ""
) -> SafeString:
    """A small label. Tones: ok, warn, bad, info, brass, accent; or a department's hue."""
    looks = attributes({"data_tone": tone, "data_hue": hue, "data_size": size, "href": href})
    tag, drawn = ("a" if href else "span"), (_icon(_sprite(), icon, "small", "") if icon else "")
    return SafeString(f'<{tag} class="chip"{looks}>{drawn}{safe(label)}</{tag}>')


def state_chip(state: str, detail: str = "", size: str = "") -> SafeString:
    """The badge of a state, for example `scheduled`, with an optional "on 2 of 3"."""
    tone, label = badge(state)
    return chip(f"{label} {detail}".strip(), tone=tone, size=size)


def avatar(name: str, hue: str = "", image: str = "", size: str = "") -> SafeString:
    """A picture or the initials; the name stands beside it, so it is hidden from readers."""
    looks = {"data_hue": hue, "data_size": size}
    if image:
        pictured = attributes({"src": image, "width": 36, "height": 36, **looks})
        return SafeString(f'<img class="avatar" alt=""{pictured}>')
    letters = safe(initials(name))
    return SafeString(
        f'<span class="avatar" aria-hidden="true"{attributes(looks)}>{letters}</span>'
    )


def network(network: object, size: str = "", label: str = "") -> SafeString:
    """The square of a network: an adapter, or a network's name."""
    mark = mark_of(network)
    return _square(mark, size, str(label or mark.label))


@lru_cache(maxsize=1024)
def _square(mark: Mark, size: str, label: str) -> SafeString:
    looks, named = attributes({"data_size": size}), safe(label)
    return SafeString(
        f'<svg class="network" viewBox="0 0 18 18" role="img" aria-label="{named}"{looks}>'
        f"<title>{named}</title>"
        f'<rect width="18" height="18" rx="5" fill="{safe(mark.colour)}"></rect>'
        f'<text x="9" y="12.6">{safe(mark.letters)}</text></svg>'
    )


def department(name: str, hue: str = "") -> SafeString:
    """A dot in the department's hue, and its name."""
    return SafeString(
        f'<span class="department"><span class="dot" data-hue="{safe(hue)}"></span>'
        f"{safe(name)}</span>"
    )


def when(context: Context, instant: datetime | None, form: str = "full") -> SafeString:
    """An instant in the reader's zone; forms: full, short, day, long, time, relative."""
    if instant is None:
        return SafeString("")
    zone = wording.zone_of(getattr(context.get("request"), "actor", None))
    told, full = wording.moment(instant, zone, form), wording.moment(instant, zone, "full")
    return SafeString(
        f'<time class="when" datetime="{wording.utc(instant)}" title="{safe(full)}">'
        f"{safe(told)}</time>"
    )


def note(
    context: Context,
    title: str,
    at: datetime | None = None,
    hue: str = "slate",
    state: str = "scheduled",
    networks: Sequence[object] = (),
    href: str = "",
    move_url: str = "",
    id: str = "",
    mark: str = "",
    waits: str = "",
    collides: str = "",
) -> SafeString:
    """A post on the calendar; `move_url` makes it movable by pointer and by the M key.

    `mark` says in a word that it is one of a series, `waits` for what it waits, `collides` which
    house rule it breaks.
    """
    zone = wording.zone_of(getattr(context.get("request"), "actor", None))
    local = at.astimezone(zone) if at else None
    clock = wording.clock(local) if local else ""
    looks = {
        "id": id,
        "href": href,
        "tabindex": "" if href else "0",
        "data_hue": hue or "slate",
        "data_state": state,
        "data_move_url": move_url,
        "data_time": clock,
        "data_collides": bool(collides),
        "title": collides,
        "aria_describedby": "note-help" if move_url else "",
    }
    tag = "a" if href else "div"
    shown = f'<span class="note-time">{clock}</span>' if clock else ""
    return SafeString(
        f'<{tag} class="note"{attributes(looks)}>{shown}'
        f'<span class="note-title">{safe(title)}</span>'
        f"{_icon(_sprite(), 'repeat', 'small', mark) if mark else ''}"
        f"{waiting(waits) if waits else ''}"
        f"{warning(collides) if collides else ''}"
        f'<span class="visually-hidden">{safe(badge(state).label)}</span>'
        f"{_squares(networks)}</{tag}>"
    )


def waiting(words: str) -> str:
    """The mark of what waits for more than its time; `words` say for what."""
    return f'<span title="{safe(words)}">{_icon(_sprite(), "order", "small", words)}</span>'


def warning(text: str) -> SafeString:
    """The mark of what breaks a house rule; `text` is read out."""
    return SafeString(
        f'<span class="note-collides">{_icon(_sprite(), "alert", "small", text)}</span>'
    )


def _squares(networks: Sequence[object]) -> str:
    """Up to three squares, and how many more there are."""
    if not networks:
        return ""
    drawn = "".join(network(one) for one in networks[:3])
    more = f"+{len(networks) - 3}" if len(networks) > 3 else ""
    return f'<span class="networks">{drawn}{more}</span>'
