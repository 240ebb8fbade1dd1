"""Plans as sentences: why a post moves and how sure that is, what has no place, what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.rooms.content.models import Variant
from unisono.rooms.orchestration.models import Plan, PlanMove
from unisono.rooms.orchestration.written import language
from unisono.rooms.publishing.turns import said_time

MOST_NAMED = 3


def reason(move: PlanMove) -> str:
    """Why it moves, with the figure expected, its range, and how many posts that rests on."""
    told = [_against(one["rule"]) for one in move.reasons]
    if move.was_at is None:
        told.append(_("It is approved and has no time."))
    return " ".join([*told, _expected(move)])


def _against(rule: str) -> str:
    return {
        "gap": _("Its time is too near to another post of the channel."),
        "day": _("Its day has more posts than the channel takes."),
        "share": _("Its department has more of that month than its share."),
        "topic": _("Another post of that day is on the same topic."),
        "quiet": _("Its time lies in quiet hours."),
        "blackout": _("Nothing goes out on its channel that day."),
        "closed": _("Nothing shall go out at its time any more."),
        "order": _("It would go out before the post that it follows."),
    }.get(rule, _("A rule is against its time."))


def _expected(move: PlanMove) -> str:
    if not move.sample:
        return _("Nothing is known yet of the hours of this channel.")
    told = {
        "expected": _times(move.expected), "low": _times(move.low), "high": _times(move.high),
        "n": move.sample,
    }  # fmt: skip
    if move.was_at is None:
        return ngettext(
            "What is expected there rests on %(n)s post of this channel.",
            "What is expected there rests on %(n)s posts of this channel.",
            move.sample,
        ) % told  # fmt: skip
    if move.expected < 1:
        return ngettext(
            "It brings about %(expected)s times as much there, between %(low)s and %(high)s times,"
            " and makes room for others (%(n)s post).",
            "It brings about %(expected)s times as much there, between %(low)s and %(high)s times,"
            " and makes room for others (%(n)s posts).",
            move.sample,
        ) % told  # fmt: skip
    if move.shown:
        return ngettext(
            "It brings about %(expected)s times as much there, likely between %(low)s and %(high)s"
            " times, going by %(n)s post on this channel.",
            "It brings about %(expected)s times as much there, likely between %(low)s and %(high)s"
            " times, going by %(n)s posts on this channel.",
            move.sample,
        ) % told  # fmt: skip
    return ngettext(
        "It is believed, not shown, to bring about %(expected)s times as much there, between"
        " %(low)s and %(high)s times (%(n)s post).",
        "It is believed, not shown, to bring about %(expected)s times as much there, between"
        " %(low)s and %(high)s times (%(n)s posts).",
        move.sample,
    ) % told  # fmt: skip


def displacing(move: PlanMove, titles: Mapping[str, str]) -> str:
    """Which posts have to make room for it, where there are any; titles are of what is seen."""
    if not move.displaces:
        return ""
    known = [titles[pk] for pk in move.displaces if pk in titles]
    if len(known) == len(move.displaces) == 1:
        said = _("It takes the place of “%(title)s”, which the plan moves too: accept both.")
        return said % {"title": known[0]}
    if len(known) == len(move.displaces) <= MOST_NAMED:
        said = _("It needs room that the plan makes by moving %(titles)s: accept them together.")
        return said % {
            "titles": format_list(
                [_("“%(title)s”") % {"title": one} for one in known], locale=language()
            )
        }
    n = len(move.displaces)
    return ngettext(
        "It needs room that the plan makes by moving %(n)s other post: accept them together.",
        "It needs room that the plan makes by moving %(n)s other posts: accept them together.",
        n,
    ) % {"n": n}


def why_unplaced(why: list[dict[str, Any]], titles: Mapping[str, str], zone: str) -> str:
    """Which demands cannot hold together, in sentences; titles are of what the reader sees."""
    if not why:
        return _("There is not room for all; others are worth more.")
    said = list(dict.fromkeys(_demand(one, titles, zone) for one in why))
    return " ".join(one for one in said if one)


def _demand(one: dict[str, Any], titles: Mapping[str, str], zone: str) -> str:
    told = {"title": titles.get(one.get("variant", ""), _("Another post"))}
    if "at" in one:
        told["at"] = said_time(datetime.fromisoformat(one["at"]), zone)
        dated = {
            "embargo": _("There is an embargo until %(at)s."),
            "campaign": _("Its campaign sets a bound at %(at)s."),
            "approval": _("Nobody agreed to it yet, and a decision takes until about %(at)s."),
            "distance": _("How far posts may move sets a bound at %(at)s."),
            "order": _("The order of posts sets a bound at %(at)s."),
        }
        return dated.get(one["kind"], "") % told
    plain = {
        "locked": _("“%(title)s” stays where it is."),
        "gap": _("Posts of the channel have to lie apart."),
        "daily": _("The channel takes only so many posts a day."),
        "order": _("“%(title)s” has to follow another post."),
        "window": _("No hour in its span is open."),
        "hours": _("No hour is left in which every rule of the channel lets it go out."),
    }
    return plain.get(one["kind"], "") % told


def unplaced(plan: Plan, allowed: set[UUID] | None, zone: str) -> list[tuple[Variant, str]]:
    """What has no place and why, of the departments the reader sees (None: all)."""
    keys = {one["variant"] for one in plan.unplaced}
    keys |= {w["variant"] for one in plan.unplaced for w in one["why"] if "variant" in w}
    rows = Variant.objects.filter(pk__in=keys).select_related("post__department", "channel")
    known = {
        str(row.pk): row for row in rows if allowed is None or row.post.department_id in allowed
    }
    titles = {pk: row.post.title for pk, row in known.items()}
    return [
        (known[one["variant"]], why_unplaced(one["why"], titles, zone))
        for one in plan.unplaced
        if one["variant"] in known
    ]


def worth(plan: Plan) -> str:
    """What the plan is worth against what stands, with the range, in one sentence."""
    told = plan.figures
    if not told or not told["now"]:
        return ""
    share = {name: told[name] / told["now"] * 100 for name in ("low", "high")}
    gain = (told["then"] - told["now"]) / told["now"] * 100
    return _(
        "All of it together is expected to bring %(gain)s %% more than the times there are, likely"
        " between %(low)s and %(high)s %%."
    ) % {"gain": _number(gain), "low": _number(share["low"]), "high": _number(share["high"])}


def spare(plan: Plan) -> str:
    """How much better any other plan could be at most; empty where that is not known."""
    told = plan.figures.get("spare")
    if told is None:
        return ""
    return _(
        "Weighing what posts bring, the objectives and what moving costs, no other choice of these"
        " hours is better by more than %(spare)s %%."
    ) % {"spare": _number(told * 100)}


def note(posts: int, channel: str) -> str:
    """That too little is known of a channel."""
    if not posts:
        return _("Of %(channel)s nothing is counted yet: posts move there only for a rule.") % {
            "channel": channel
        }
    return ngettext(
        "Of %(channel)s only %(n)s post is counted: what is said of its hours is believed, not"
        " shown.",
        "Of %(channel)s only %(n)s posts are counted: what is said of its hours is believed, not"
        " shown.",
        posts,
    ) % {"channel": channel, "n": posts}  # fmt: skip


def _times(value: float) -> str:
    return format_decimal(value, format="#,##0.0", locale=language())


def _number(value: float) -> str:
    return format_decimal(round(value, 1), format="#,##0.#", locale=language())
