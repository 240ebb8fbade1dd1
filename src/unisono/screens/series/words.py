"""A series in words: its rule, its end, and what the clocks do to a date."""

from __future__ import annotations

from datetime import date

from babel.lists import format_list
from django.utils.translation import gettext, ngettext

from unisono.rooms.content.models import Series
from unisono.rooms.content.recurrence import End, Rule, Slot
from unisono.ui import wording


def weekday_names(width: str = "wide") -> list[str]:
    """Monday to Sunday in the language active now."""
    names = wording.locale().days["stand-alone"][width]
    return [names[day] for day in range(7)]


def nth_name(nth: int) -> str:
    """“first”, as in “on the first Monday”."""
    return {
        1: gettext("first"),
        2: gettext("second"),
        3: gettext("third"),
        4: gettext("fourth"),
        -1: gettext("last"),
    }[nth]


def rule_words(rule: Rule, anchor: date) -> str:
    """“Every 2 weeks on Monday and Thursday”."""
    named: dict[str, object] = {"n": rule.interval}
    if rule.every == "day":
        return ngettext("Every day", "Every %(n)s days", rule.interval) % named
    if rule.every == "week":
        names = weekday_names()
        days = [names[day] for day in rule.weekdays or (anchor.weekday(),)]
        named |= {"days": format_list(days, locale=wording.locale())}
        return (
            ngettext("Every week on %(days)s", "Every %(n)s weeks on %(days)s", rule.interval)
            % named
        )
    if rule.every == "year":
        named |= {"day": wording.day_of_year(anchor)}
        return (
            ngettext("Every year on %(day)s", "Every %(n)s years on %(day)s", rule.interval) % named
        )
    return _monthly(rule, anchor) % (named | {"day": anchor.day})


def _monthly(rule: Rule, anchor: date) -> str:
    if not rule.nth:
        return ngettext(
            "Every month on day %(day)s", "Every %(n)s months on day %(day)s", rule.interval
        )
    weekday = weekday_names()[rule.weekdays[0] if rule.weekdays else anchor.weekday()]
    said = ngettext(
        "Every month on the %(nth)s %(weekday)s",
        "Every %(n)s months on the %(nth)s %(weekday)s",
        rule.interval,
    )
    return said.replace("%(nth)s", nth_name(rule.nth)).replace("%(weekday)s", weekday)


def words_of(series: Series) -> str:
    """The rule of a series."""
    return rule_words(series.rule, series.anchor.date())


def end_words(end: End) -> str:
    """“until 31 March 2027”, or “12 times”."""
    if end.until:
        return gettext("until %(day)s") % {"day": wording.day(end.until, long=True, year=True)}
    return ngettext("%(n)s time", "%(n)s times", end.count or 0) % {"n": end.count}


def remark(slot: Slot, shown: str) -> str:
    """What the clocks do to this date; `shown` is the time that comes of it."""
    if slot.shifted:
        return gettext("The clocks go forward and skip this time: it goes out at %(time)s.") % {
            "time": shown
        }
    if slot.ambiguous:
        return gettext("The clocks go back and this time comes twice: the first is meant.")
    return ""


def short_months(rule: Rule, anchor: date) -> str:
    """What a day that not every month has comes to; empty where every month has it."""
    if rule.every == "month" and not rule.nth and anchor.day > 28:
        return gettext("In shorter months it is the last day.")
    if rule.every == "year" and (anchor.month, anchor.day) == (2, 29):
        return gettext("In common years it is 28 February.")
    return ""
