"""The component kit's tags. Each draws one template of `ui/`, or for what a page holds hundreds of,
one function of `small`; `docs/ui.md` shows them in use.

Keyword arguments a tag does not know become attributes: `hx_post=url` -> `hx-post="…"`.
"""

# Arguments carry the names HTML gives them: type, id, help.
# ruff: noqa: A002

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from unisono.ui import fields, navigation, small, wording
from unisono.ui.attributes import attributes
from unisono.ui.marks import initials

register = template.Library()
for _drawn in ("icon", "button", "chip", "state_chip", "avatar", "network", "department"):
    register.simple_tag(getattr(small, _drawn))
for _drawn in ("when", "note"):
    register.simple_tag(getattr(small, _drawn), takes_context=True)
register.filter("figure", wording.number)
register.filter("compact", wording.compact)
register.filter("percent", wording.percent)
register.filter("initials", initials)
register.filter("day", wording.day)
register.filter("weekday", wording.weekday)

Drawn = dict[str, object]


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField, label: str = "", help: str = "", switch: bool = False, **given: object
) -> Drawn:
    """A Django form's field with label, help and errors; `counter=300` adds a live counter."""
    return {"field": fields.from_bound(bound, label, help, switch, given)}


@register.inclusion_tag("ui/field.html")
def control(name: str, label: str, **given: object) -> Drawn:
    """The same without a Django form: value, type, options, error, help, required, counter."""
    return {"field": fields.from_values(name, label, **given)}  # type: ignore[arg-type]


@register.inclusion_tag("ui/filter.html")
def filter_select(
    name: str,
    label: str,
    options: Iterable[tuple[object, object]],
    value: object = "",
    any: str = "",
    **given: object,
) -> Drawn:
    """A chip that holds a select; it submits its form when something is chosen."""
    all_options = [("", any), *options] if any else options
    chosen = "" if value is None else str(value)
    return {
        "label": label,
        "name": name,
        "options": fields.drawn(all_options, chosen),
        "attributes": attributes({"data_submits": True, **given}),
    }


@register.inclusion_tag("ui/segments.html")
def segments(label: str, items: Sequence[dict[str, object]]) -> Drawn:
    """Links beside each other, one current: items have label, url, current, count."""
    return {"label": label, "items": items}


@register.inclusion_tag("ui/progress.html")
def progress(
    value: float, pace: float | None = None, label: str = "", tone: str = "", hue: str = ""
) -> Drawn:
    """A bar of 0–100 with a mark where the calendar says one should be."""
    reached = min(max(float(value or 0), 0), 100)
    mark = None if pace is None else min(max(float(pace), 0), 99.7)
    looks = attributes({"data_tone": tone, "data_hue": hue})
    return {
        "reached": f"{reached:.1f}",
        "rounded": round(reached),
        "pace": None if mark is None else f"{mark:.1f}",
        "pace_rounded": None if mark is None else round(mark),
        "label": label,
        "attributes": looks,
    }


@register.inclusion_tag("ui/bars.html")
def bars(values: Sequence[float], current: int | None = None, label: str = "") -> Drawn:
    """Small columns, one of them marked; `label` says what they mean."""
    top, step = max([*values, 0.001]), 100 / max(len(values), 1)
    columns = [
        {
            "x": f"{index * step + step * 0.08:.2f}",
            "width": f"{step * 0.84:.2f}",
            "y": f"{100 - max(value / top * 100, 6):.1f}",
            "height": f"{max(value / top * 100, 6):.1f}",
            "current": index == current,
        }
        for index, value in enumerate(values)
    ]
    return {"columns": columns, "label": label}


@register.inclusion_tag("ui/sparkline.html")
def sparkline(values: Sequence[float], label: str = "") -> Drawn:
    """A line through the values, oldest first."""
    top, last = max([*values, 0.001]), max(len(values) - 1, 1)
    points = [f"{i / last * 100:.2f},{32 - v / top * 30:.2f}" for i, v in enumerate(values)]
    return {"points": " ".join(points), "label": label}


@register.inclusion_tag("ui/stat.html")
def stat(label: str, value: object, note: str = "", tone: str = "", href: str = "") -> Drawn:
    """One figure of the desk."""
    shown = wording.number(value) if isinstance(value, int | float | Decimal) else value
    return {"label": label, "value": shown, "note": note, "tone": tone, "href": href}


@register.inclusion_tag("ui/check.html")
def check(level: str, label: str, text: str, detail: str = "") -> Drawn:
    """One line of the checks; levels: ok, warn, bad, info."""
    return {"level": level, "label": label, "text": text, "detail": detail}


@register.inclusion_tag("ui/stepper.html")
def stepper(steps: Sequence[dict[str, object]], label: str = "") -> Drawn:
    """Steps with label, detail and state: done, current, waiting, refused."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("ui/dropzone.html")
def dropzone(
    name: str,
    label: str,
    help: str = "",
    accept: str = "",
    multiple: bool = False,
    compact: bool = False,
    **given: object,
) -> Drawn:
    """A place to drop files on, which is also an ordinary file input."""
    looks = {"name": name, "accept": accept, "multiple": multiple, "aria_label": label, **given}
    return {"label": label, "help": help, "compact": compact, "attributes": attributes(looks)}


@register.inclusion_tag("ui/pagination.html")
def pagination(previous: str = "", next: str = "", note: str = "", target: str = "") -> Drawn:
    """Links to the page before and after; with a target they are swapped in by htmx."""
    return {"previous": previous, "next": next, "note": note, "target": target}


@register.inclusion_tag("ui/skeleton.html")
def skeleton(lines: int = 3) -> Drawn:
    return {"lines": range(lines)}


@register.inclusion_tag("ui/problem.html")
def problem(title: str, text: str = "", retry: str = "") -> Drawn:
    """What is shown where something could not be: a sentence, and a way to try again."""
    return {"title": title, "text": text, "retry": retry}


@register.simple_block_tag(end_name="endcard")
def card(content: str, title: str = "", hint: str = "", **given: object) -> SafeString:
    """A card with an optional heading; `class_="stack"` adds a class."""
    extra = {"class": f"card {given.pop('class_', '')}".strip()}
    values = {"title": title, "hint": hint, "attributes": attributes({**extra, **given})}
    return render_to_string("ui/card.html", {**values, "content": content})


@register.simple_block_tag(end_name="endempty")
def empty(content: str, title: str, text: str = "", icon: str = "inbox") -> SafeString:
    """Nothing here yet: why, and the button that changes it."""
    values = {"title": title, "text": text, "icon": icon, "content": SafeString(content.strip())}
    return render_to_string("ui/empty.html", values)


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, tone: str = "info", icon: str = "info") -> SafeString:
    """A sentence across the page."""
    return render_to_string("ui/notice.html", {"tone": tone, "icon": icon, "content": content})


@register.simple_block_tag(end_name="enddialog")
def dialog(
    content: str, id: str, title: str, width: str = "", open_now: bool = False
) -> SafeString:
    """A modal dialog; a button with data_opens="id" shows it."""
    values = {"id": id, "title": title, "width": width, "open_now": open_now, "content": content}
    return render_to_string("ui/dialog.html", values)


@register.simple_block_tag(end_name="endmenu")
def menu(
    content: str, label: str, icon: str = "more", side: str = "", show_label: bool = False
) -> SafeString:
    """A menu behind a button; its content are `.menu-item` links and buttons."""
    values = {"label": label, "icon": icon, "side": side, "show_label": show_label}
    return render_to_string("ui/menu.html", {**values, "content": content})


@register.simple_block_tag(end_name="endpreview")
def preview(content: str, name: str, meta: str = "", image: str = "") -> SafeString:
    """A post as its readers see it: `.preview-text`, `.preview-media`, `.preview-foot`."""
    values = {"name": name, "meta": meta, "image": image, "content": content}
    return render_to_string("ui/preview.html", values)


@register.inclusion_tag("ui/side.html", takes_context=True)
def side(context: Context) -> Drawn:
    """The side navigation and the phone's bar, from `shell` (see `docs/ui.md`)."""
    shell = context.get("shell") or {}
    request = context.get("request")
    nav = str(context.get("nav") or "")
    found = list(navigation.links(request, shell.get("counts", {}), nav))
    return {
        "shell": shell,
        "request": request,
        "user": context.get("user"),
        "csrf_token": context.get("csrf_token"),
        "links": [link for link in found if not link.place.at_foot],
        "foot": [link for link in found if link.place.at_foot],
        "phone": [link for link in found if link.place.on_phone],
        "theme": theme(context),
        "languages": languages(),
        "language": get_language(),
        "path": request.get_full_path() if request else "/",
    }


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """light, dark or system, as the reader's cookie says, else as the member has chosen."""
    request = context.get("request")
    member = getattr(getattr(request, "actor", None), "member", None)
    chosen = request.COOKIES.get("theme", "") or getattr(member, "theme", "") if request else ""
    return chosen if chosen in ("light", "dark") else "system"


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Codes and own names of the languages on offer."""
    codes = [code for code, _ in settings.LANGUAGES]
    return [(code, get_language_info(code)["name_local"].capitalize()) for code in codes]


@register.simple_tag
def address(name: str) -> str:
    """The URL of a name, or nothing while nothing answers to it."""
    return navigation.address(name) or ""
