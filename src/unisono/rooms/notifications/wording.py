"""What mails to requesters say: the same words as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

PAGE = "margin:0;padding:24px 12px;background:#f7f6f2;color:#191b22"
CARD = (
    "max-width:560px;margin:0 auto;padding:28px 30px;background:#fff;border:1px solid #e4e1d8;"
    "border-radius:12px;font:16px/1.5 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
)
QUOTE = "margin:16px 0;padding:2px 0 2px 14px;border-left:3px solid #2f3a8f;white-space:pre-line"
BUTTON = (
    "display:inline-block;padding:10px 18px;border-radius:8px;background:#2f3a8f;color:#fff;"
    "text-decoration:none;font-weight:600"
)
FOOT = "margin:24px 0 0;font-size:13px;color:#656975"


@dataclass
class Words:
    """A mail before it is written out. `links` are (label, address); `address` is the own page."""

    subject: str
    house: str
    opening: str
    lines: list[str]
    quote: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    label: str = ""
    foot: str = ""

    def text(self) -> str:
        """As plain text."""
        parts = [self.opening, *self.lines]
        if self.quote:
            parts.append("\n".join(f"> {line}" for line in self.quote.splitlines()))
        parts += [f"{label}\n{address}" for label, address in self.links]
        if self.address:
            parts.append(f"{self.label}:\n{self.address}")
        return "\n\n".join([*parts, f"{self.house}", f"-- \n{self.foot}"]) + "\n"

    def html(self) -> SafeString:
        """As a page of its own: nothing is fetched from anywhere."""
        lines = format_html_join("", "<p>{}</p>", ((line,) for line in self.lines))
        quote = SafeString("")
        if self.quote:
            quote = format_html('<blockquote style="{}">{}</blockquote>', QUOTE, self.quote)
        links = format_html_join(
            "", '<p><a href="{}" style="color:#2f3a8f">{}</a></p>',
            ((address, label) for label, address in self.links),
        )  # fmt: skip
        button = SafeString("")
        if self.address:
            button = format_html(
                '<p><a href="{}" style="{}">{}</a></p>', self.address, BUTTON, self.label
            )
        return format_html(
            '<!DOCTYPE html><html><body style="{}"><div style="{}"><p>{}</p>{}{}{}{}<p>{}</p>'
            '<p style="{}">{}</p></div></body></html>',
            PAGE, CARD, self.opening, lines, quote, links, button, self.house, FOOT, self.foot,
        )  # fmt: skip


def words(
    kind: str, facts: dict[str, Any], *, title: str, name: str, house: str, address: str
) -> Words:
    """The words of a mail of this kind; `facts` may hold `on`, `note`, `question` and `out`."""
    told = {"title": title, "house": house}
    if facts.get("on"):
        told["day"] = date_format(date.fromisoformat(facts["on"]))
    subject, line = _sentences(kind, facts, told)
    lines = [line]
    if kind == "request.made" and address:
        lines.append(_("You can follow there what becomes of it. Keep the address for yourself."))
    label = _("Answer here") if kind == "request.asked_back" else _("Follow your request")
    foot = _("You get this mail because you asked %(house)s for content.") % told
    if address:
        foot += " " + _("On the page of your request you can stop these mails.")
    return Words(
        subject=subject,
        house=house,
        opening=_("Hello %(name)s,") % {"name": name},
        lines=lines,
        quote=str(facts.get("question") or facts.get("note") or ""),
        links=[(one["channel"], one["url"]) for one in facts.get("out", ()) if one.get("url")],
        address=address,
        label=label,
        foot=foot,
    )


def _sentences(kind: str, facts: dict[str, Any], told: dict[str, str]) -> tuple[str, str]:
    if kind == "request.made":
        subject = _("Your request has arrived: %(title)s")
        line = _("Your request “%(title)s” has arrived at %(house)s and waits for an answer.")
    elif kind == "request.promised":
        subject = _("Promised for %(day)s: %(title)s")
        line = _("“%(title)s” is promised for %(day)s.")
    elif kind == "request.put_off":
        subject = _("Another day, %(day)s: %(title)s")
        line = _("“%(title)s” is now promised for another day: %(day)s.")
    elif kind == "request.refused":
        subject = _("This will not be done: %(title)s")
        line = _("“%(title)s” will not be done. The reason:")
    elif kind == "request.asked_back":
        subject = _("A question about your request: %(title)s")
        line = _("%(house)s would like to know something about “%(title)s”:")
    elif facts.get("out"):
        subject = _("It is out: %(title)s")
        line = _("What you asked for, “%(title)s”, is out.")
    else:
        subject = _("It is done: %(title)s")
        line = _("What you asked for, “%(title)s”, is done.")
    return subject % told, line % told
