"""Proposals and signals as sentences: what, why, how much, and how sure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from babel.numbers import format_decimal, format_percent
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.rooms.orchestration.models import Act, Noticed, Proposal, Signal
from unisono.rooms.orchestration.queries import Tried
from unisono.rooms.orchestration.written import language, times
from unisono.rooms.publishing.turns import said_time


def title(proposal: Proposal, zone: str) -> str:
    """What is proposed, in one line; times in `zone`."""
    told: dict[str, Any] = {"title": proposal.post.title if proposal.post else ""}
    if proposal.channel:
        told["channel"] = proposal.channel.name
    if proposal.at:
        told["at"] = said_time(proposal.at, zone)
    if proposal.kind == Act.MOVE and proposal.was_at:
        told["was"] = said_time(proposal.was_at, zone)
        return _("“%(title)s” on %(channel)s from %(was)s to %(at)s") % told
    if proposal.kind == Act.SHIFT:
        told["owner"] = _owner(proposal)
        return (
            _("“%(title)s” into the slot that %(owner)s leaves empty: %(channel)s, %(at)s") % told
        )
    if proposal.kind == Act.VARIANT:
        return _("“%(title)s” also on %(channel)s, as a draft") % told
    if proposal.kind == Act.FILL:
        return _("“%(title)s” into the empty day on %(channel)s, %(at)s") % told
    if proposal.kind == Act.ASK:
        return _("Ask for approval of “%(title)s” now") % told
    if proposal.kind in _TITLES:
        return _TITLES[proposal.kind](proposal)
    return _("“%(title)s” once more on %(channel)s, %(at)s") % told


def _owner(proposal: Proposal) -> str:
    owner = proposal.channel.department if proposal.channel else None
    return owner.name if owner else proposal.department.name


def _hold_title(proposal: Proposal) -> str:
    data, post = proposal.data, proposal.post
    sentence = ngettext(
        "Hold what speaks of “%(term)s”: %(n)s post of the next week, “%(title)s”",
        "Hold what speaks of “%(term)s”: %(n)s posts of the next week, “%(title)s” first",
        data["posts"],
    )
    return sentence % {
        "term": data["term"], "n": data["posts"], "title": post.title if post else ""
    }  # fmt: skip


def _stop_title(proposal: Proposal) -> str:
    left = proposal.data["left"]
    sentence = ngettext(
        "Hold what is left of “%(name)s”: %(n)s post",
        "Hold what is left of “%(name)s”: %(n)s posts",
        left,
    )
    return sentence % {"name": proposal.campaign, "n": left}


def _extend_title(proposal: Proposal) -> str:
    until = _day(proposal.data["until"])
    return _("Extend “%(name)s” to %(until)s") % {"name": proposal.campaign, "until": until}


def _answer_title(proposal: Proposal) -> str:
    return _("Draft an answer to what many ask: “%(term)s”") % {"term": proposal.data["term"]}


_TITLES: dict[str, Callable[[Proposal], str]] = {
    Act.HOLD: _hold_title,
    Act.STOP: _stop_title,
    Act.EXTEND: _extend_title,
    Act.ANSWER: _answer_title,
}


def reason(proposal: Proposal) -> str:
    """Why, with the figure expected, its range, and how many cases that was learnt from."""
    as_written = times if proposal.kind in (Act.MOVE, *_TITLES) else _number
    told: dict[str, Any] = {
        "expected": as_written(proposal.expected),
        "low": as_written(proposal.low),
        "high": as_written(proposal.high),
        "n": proposal.sample,
    }
    return _REASONS[proposal.kind](proposal, told)


def _of_move(proposal: Proposal, told: dict[str, Any]) -> str:
    if proposal.only_likely:
        return _likely(proposal, told)
    gain = ngettext(
        "A post there brings about %(expected)s times what it brings at the time it has, likely"
        " between %(low)s and %(high)s times, going by %(n)s post on this channel.",
        "A post there brings about %(expected)s times what it brings at the time it has, likely"
        " between %(low)s and %(high)s times, going by %(n)s posts on this channel.",
        proposal.sample,
    )
    if proposal.signal and proposal.signal.kind == Noticed.COLLISION:
        return _("It keeps to the house rules there.") + " " + gain % told
    return gain % told


def _likely(proposal: Proposal, told: dict[str, Any]) -> str:
    gain = _(
        "It is likely better, not shown: about %(expected)s times what it brings at the time it"
        " has, and anything between %(low)s and %(high)s times is possible."
    )
    return gain % told + " " + _RESTS.get(proposal.basis, _on_posts)(proposal.sample)


def _on_activity(posts: int) -> str:
    sentence = ngettext(
        "This rests on when the followers are online, as the network tells, and on %(n)s post.",
        "This rests on when the followers are online, as the network tells, and on %(n)s posts.",
        posts,
    )
    return sentence % {"n": posts}


def _on_network(posts: int) -> str:
    sentence = ngettext(
        "This rests on what is usual on the network, and on %(n)s post of this channel.",
        "This rests on what is usual on the network, and on %(n)s posts of this channel.",
        posts,
    )
    return sentence % {"n": posts}


def _on_posts(posts: int) -> str:
    sentence = ngettext(
        "This rests on %(n)s post of this channel and on those of others like it.",
        "This rests on %(n)s posts of this channel and on those of others like it.",
        posts,
    )
    return sentence % {"n": posts}


_RESTS: dict[str, Callable[[int], str]] = {"activity": _on_activity, "network": _on_network}


def _of_fill(proposal: Proposal, told: dict[str, Any]) -> str:
    sentence = ngettext(
        "It is approved and has no time. A post on this channel brought %(expected)s views,"
        " eight of ten between %(low)s and %(high)s (%(n)s post in half a year).",
        "It is approved and has no time. A post on this channel brought %(expected)s views,"
        " eight of ten between %(low)s and %(high)s (%(n)s posts in half a year).",
        proposal.sample,
    )
    return sentence % told


def _of_shift(proposal: Proposal, told: dict[str, Any]) -> str:
    told |= {"department": proposal.department.name, "owner": _owner(proposal)}
    sentence = ngettext(
        "%(owner)s has nothing approved for this day, and this post of %(department)s is approved"
        " and has no time. A post on this channel brought %(expected)s views, eight of ten between"
        " %(low)s and %(high)s (%(n)s post in half a year).",
        "%(owner)s has nothing approved for this day, and this post of %(department)s is approved"
        " and has no time. A post on this channel brought %(expected)s views, eight of ten between"
        " %(low)s and %(high)s (%(n)s posts in half a year).",
        proposal.sample,
    )
    return sentence % told


def _of_variant(proposal: Proposal, told: dict[str, Any]) -> str:
    told["where"] = proposal.data["where"]
    sentence = ngettext(
        "It does far better than its like on %(where)s. A post on the other channel brought"
        " %(expected)s views, eight of ten between %(low)s and %(high)s (%(n)s post in half a"
        " year).",
        "It does far better than its like on %(where)s. A post on the other channel brought"
        " %(expected)s views, eight of ten between %(low)s and %(high)s (%(n)s posts in half a"
        " year).",
        proposal.sample,
    )
    return sentence % told


def _of_ask(proposal: Proposal, told: dict[str, Any]) -> str:
    told["department"] = proposal.department.name
    if proposal.basis == "department":
        sentence = ngettext(
            "A decision took %(department)s %(expected)s hours, eight of ten between %(low)s and"
            " %(high)s (%(n)s decision in half a year).",
            "A decision took %(department)s %(expected)s hours, eight of ten between %(low)s and"
            " %(high)s (%(n)s decisions in half a year).",
            proposal.sample,
        )
    else:
        sentence = ngettext(
            "A decision took %(expected)s hours here, eight of ten between %(low)s and %(high)s"
            " (%(n)s decision in half a year).",
            "A decision took %(expected)s hours here, eight of ten between %(low)s and %(high)s"
            " (%(n)s decisions in half a year).",
            proposal.sample,
        )
    return sentence % told


def _of_repeat(proposal: Proposal, told: dict[str, Any]) -> str:
    figure = _figure(proposal.figure)
    sentence = ngettext(
        "It does far better than its like. Once more, after four weeks, is likely to bring"
        " %(expected)s %(figure)s, between %(low)s and %(high)s (%(n)s post compared).",
        "It does far better than its like. Once more, after four weeks, is likely to bring"
        " %(expected)s %(figure)s, between %(low)s and %(high)s (%(n)s posts compared).",
        proposal.sample,
    )
    return sentence % {**told, "figure": figure}


def _of_topic(proposal: Proposal, told: dict[str, Any]) -> str:
    told |= {name: proposal.data[name] for name in ("asking", "unhappy")}
    if proposal.kind == Act.ANSWER:
        return (
            ngettext(
                "Of %(n)s person who wrote about it in two days, %(asking)s ask something. That is"
                " about %(expected)s times as many as usual, likely between %(low)s and %(high)s.",
                "Of %(n)s people who wrote about it in two days, %(asking)s ask something. That is"
                " about %(expected)s times as many as usual, likely between %(low)s and %(high)s.",
                proposal.sample,
            )
            % told
        )
    sentence = ngettext(
        "Of %(n)s person who wrote about it in two days, %(unhappy)s sound unhappy. That is about"
        " %(expected)s times as many as usual, likely between %(low)s and %(high)s.",
        "Of %(n)s people who wrote about it in two days, %(unhappy)s sound unhappy. That is about"
        " %(expected)s times as many as usual, likely between %(low)s and %(high)s.",
        proposal.sample,
    )
    return sentence % told


def _of_campaign(proposal: Proposal, told: dict[str, Any]) -> str:
    told["on"] = _day(proposal.data["on"])
    sentence = ngettext(
        "Its posts bring about %(expected)s times what their like bring, likely between %(low)s and"
        " %(high)s times (%(n)s post), and it ends on %(on)s.",
        "Its posts bring about %(expected)s times what their like bring, likely between %(low)s and"
        " %(high)s times (%(n)s posts), and it ends on %(on)s.",
        proposal.sample,
    )
    return sentence % told


_REASONS: dict[str, Callable[[Proposal, dict[str, Any]], str]] = {
    Act.MOVE: _of_move,
    Act.FILL: _of_fill,
    Act.ASK: _of_ask,
    Act.REPEAT: _of_repeat,
    Act.ANSWER: _of_topic,
    Act.HOLD: _of_topic,
    Act.EXTEND: _of_campaign,
    Act.STOP: _of_campaign,
    Act.VARIANT: _of_variant,
    Act.SHIFT: _of_shift,
}


def outcome(proposal: Proposal) -> str:
    """What came of it, once that can be told; else an empty text."""
    effect = proposal.effect
    if not effect:
        return ""
    told = {
        "count": _number(effect["count"]),
        "figure": _figure(effect["figure"]),
        "low": _number(effect["low"]),
        "high": _number(effect["high"]),
        "n": effect["posts"],
    }
    if effect["shown"] == "more":
        return (
            _(
                "It brought %(count)s %(figure)s; without the change %(low)s to %(high)s were"
                " likely (%(n)s posts compared). That is more."
            )
            % told
        )
    if effect["shown"] == "less":
        return (
            _(
                "It brought %(count)s %(figure)s; without the change %(low)s to %(high)s were"
                " likely (%(n)s posts compared). That is less."
            )
            % told
        )
    return (
        _(
            "It brought %(count)s %(figure)s; without the change %(low)s to %(high)s were"
            " likely (%(n)s posts compared). No effect is shown."
        )
        % told
    )


def trial(proposal: Proposal, count: Tried | None) -> str:
    """That it is a trial, and one of how many this month; else an empty text."""
    if not proposal.trial:
        return ""
    if count is None:
        return _("A trial, to learn.")
    return _("A trial, to learn.") + " " + tried(count)


def tried(count: Tried) -> str:
    """How many of a department's posts are trials."""
    sentence = ngettext(
        "Trials: %(trials)s of %(n)s post this month.",
        "Trials: %(trials)s of %(n)s posts this month.",
        count.posts,
    )
    return sentence % {"trials": count.trials, "n": count.posts}


def edited(proposal: Proposal, zone: str) -> str:
    """Which time was proposed where another was accepted, in `zone`; else an empty text."""
    was = proposal.data.get("edited")
    if not was or not was["at"]:
        return ""
    at = said_time(datetime.fromisoformat(was["at"]), zone)
    return _("Accepted with another time. Proposed was %(at)s.") % {"at": at}


def decided(proposal: Proposal) -> str:
    """What was made of it, in a word or two."""
    return {
        "accepted": _("Accepted"),
        "declined": _("Put aside"),
        "expired": _("Ran out"),
        "undone": _("Undone"),
    }.get(proposal.state, "")


def noticed(signal: Signal, zone: str) -> str:
    """What was noticed, in one sentence; times in `zone`."""
    told = dict(signal.data)
    if "at" in told:
        told["at"] = said_time(datetime.fromisoformat(told["at"]), zone)
    for name in ("day", "on"):
        if name in told:
            told[name] = _day(told[name])
    for name in ("share", "usual", "low", "high") if "share" in told else ():
        told[name] = format_percent(told[name], format="#,##0%", locale=language())
    for name in ("count", "expected", "low", "high", "ratio", "value", "pace", "a_week"):
        if name in told and not isinstance(told[name], str):
            told[name] = _number(told[name])
    if "figure" in told:
        told["figure"] = _figure(told["figure"])
    return _SENTENCES[signal.kind]() % told


_SENTENCES: dict[str, Callable[[], str]] = {
    Noticed.ABOVE: lambda: _(
        "“%(title)s” on %(channel)s has %(count)s %(figure)s after %(hours)s hours; eight of ten of"
        " its like have %(low)s to %(high)s by then (%(posts)s posts compared)."
    ),
    Noticed.BELOW: lambda: _(
        "“%(title)s” on %(channel)s has only %(count)s %(figure)s after %(hours)s hours; eight of"
        " ten of its like have %(low)s to %(high)s by then (%(posts)s posts compared)."
    ),
    Noticed.BEHIND: lambda: _("“%(name)s” is at %(value)s, and should be at %(pace)s by now."),
    Noticed.GAP: lambda: _("Nothing is planned on %(channel)s on %(day)s, which has slots."),
    Noticed.COLLISION: lambda: _("“%(title)s” on %(channel)s, %(at)s, breaks a house rule."),
    Noticed.LATE: lambda: _("“%(title)s” is to go out %(at)s, and nobody was asked to approve it."),
    Noticed.SIGN_IN: lambda: _("%(channel)s sends nothing until somebody signs in again."),
    Noticed.KEY_DATE: lambda: _("%(name)s is on %(on)s, and nothing is prepared for it."),
    Noticed.TIME: lambda: _(
        "“%(title)s” would bring about %(ratio)s times as much on %(channel)s at %(at)s, likely"
        " between %(low)s and %(high)s times (%(posts)s posts)."
    ),
    Noticed.LIKELY: lambda: _(
        "“%(title)s” is likely to bring more on %(channel)s at %(at)s: about %(ratio)s times as"
        " much, between %(low)s and %(high)s times. This is not shown yet (%(posts)s posts)."
    ),
    Noticed.TOPIC: lambda: _(
        "“%(term)s” grows: %(people)s people wrote about it in two days, about %(ratio)s times as"
        " many as usual, likely between %(low)s and %(high)s times."
    ),
    Noticed.MOOD: lambda: _(
        "On %(channel)s, %(unhappy)s of %(people)s people who wrote in three days sound unhappy:"
        " about %(share)s, likely between %(low)s and %(high)s. Usual is %(usual)s (%(before)s"
        " voices). Words are counted, so read some of them and judge."
    ),
    Noticed.WORN: lambda: _(
        "On %(channel)s, a post that follows others closely brings about %(share)s of what it would"
        " bring alone, likely between %(low)s and %(high)s (%(posts)s posts, %(a_week)s a week)."
    ),
    Noticed.WAITING: lambda: _(
        "“%(title)s” is to go out %(at)s and waits for approval. A decision takes %(expected)s"
        " hours, eight of ten between %(low)s and %(high)s (%(posts)s decisions): it may come too"
        " late."
    ),
    Noticed.THRIVING: lambda: _(
        "The posts of “%(name)s” bring about %(ratio)s times what their like bring, likely between"
        " %(low)s and %(high)s times (%(posts)s posts). It ends on %(on)s."
    ),
    Noticed.FADING: lambda: _(
        "The posts of “%(name)s” bring only about %(ratio)s times what their like bring, likely"
        " between %(low)s and %(high)s times (%(posts)s posts). It ends on %(on)s."
    ),
}


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "D j M")


def _figure(name: str) -> str:
    return {"views": _("views"), "likes": _("likes")}.get(name, name)


def _number(value: float) -> str:
    """`1.8`, `12`, `1,240`: as exact as it is worth reading, in the language active now."""
    shown = round(value, 1) if abs(value) < 10 else round(value)
    return format_decimal(shown, locale=language())
