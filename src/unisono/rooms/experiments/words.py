"""Experiments as sentences: what one takes, where it stands, and what it shows."""

from __future__ import annotations

from math import isfinite

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.rooms.experiments.models import Experiment, ExperimentArm
from unisono.rooms.experiments.queries import FEW, Sample
from unisono.rooms.experiments.statistics.finding import Finding, Shown
from unisono.rooms.experiments.statistics.sample import LEAST
from unisono.rooms.orchestration.written import language, times

FEW_COUNTED = 5.0
"""A typical count below this is too rough to compare."""


def found(finding: Finding, arms: list[ExperimentArm], figure: str) -> str:
    """What was found, in one sentence; what may be said first, with its range and its posts."""
    turned = finding.shown is Shown.SECOND or (finding.shown is Shown.OPEN and finding.ratio < 1)
    said = finding.turned() if turned else finding
    more, less = (arms[1], arms[0]) if turned else (arms[0], arms[1])
    told = {
        "more": more.label, "less": less.label, "ratio": times(said.ratio), "low": times(said.low),
        "high": times(said.high), "n": said.first, "m": said.second, "posts": said.posts,
        "figure": counted(figure),
    }  # fmt: skip
    if finding.shown is Shown.NONE:
        return (
            _(
                "After %(posts)s posts no difference is shown: “%(more)s” may bring"
                " anything between"
                " %(low)s and %(high)s times as many %(figure)s as “%(less)s”."
            )
            % told
        )
    if finding.shown is Shown.OPEN:
        return (
            _(
                "“%(more)s” seems to bring about %(ratio)s times as many %(figure)s as"
                " “%(less)s”, but"
                " anything between %(low)s and %(high)s times is possible (%(n)s and %(m)s posts)."
                " Nothing is shown yet."
            )
            % told
        )
    return _(
        "“%(more)s” brings about %(ratio)s times as many %(figure)s as “%(less)s”, likely between"
        " %(low)s and %(high)s times (%(n)s and %(m)s posts). That is shown."
    ) % told  # fmt: skip


def standing(row: Experiment, finding: Finding | None, judged: int) -> str:
    """Where it stands, in one sentence."""
    if finding is not None:
        return found(finding, list(row.arms.all()), row.figure)
    if row.state == "planned":
        return _("It waits to be started. Nothing of its plan can be changed afterwards.")
    if row.state == "unanswered":
        said = _(
            "It ended without an answer: so many of its posts were lost that fewer than %(n)s each"
            " way could be counted. That says neither that there is a difference nor that there is"
            " none."
        )
        return said % {"n": LEAST}
    if row.state == "stopped" and not judged:
        return _("It was stopped before a post was counted.")
    if not judged:
        return _("Too early to tell: no post is counted yet.")
    if row.state == "stopped":
        return ngettext(
            "It was stopped after %(n)s counted post: that is too little to say anything.",
            "It was stopped after %(n)s counted posts: that is too little to say anything.",
            judged,
        ) % {"n": judged}  # fmt: skip
    return ngettext(
        "Too early to tell: %(n)s post is counted so far.",
        "Too early to tell: %(n)s posts are counted so far.",
        judged,
    ) % {"n": judged}  # fmt: skip


def progress(row: Experiment, judged: int) -> str:
    """`18 of 46 posts counted`."""
    told = {"n": number(judged), "all": number(2 * row.planned)}
    return _("%(n)s of %(all)s posts counted") % told


def takes(told: Sample) -> list[str]:
    """What an experiment would take, a sentence for each thing to know before it starts."""
    return [
        one for one in (_needs(told), _lasts(told), _fewer(told), _few(told), _rough(told)) if one
    ]


def _needs(told: Sample) -> str:
    said = {"n": number(told.needed), "uplift": number(told.uplift * 100)}
    if told.usual.assumed:
        return (
            _(
                "To show %(uplift)s percent more, about %(n)s posts each way are needed."
                " This rests on"
                " how far posts usually differ: too few of this channel are counted to say more."
            )
            % said
        )
    return ngettext(
        "To show %(uplift)s percent more, %(all)s posts each way are needed, going by how far the"
        " last %(n)s post of this channel differed.",
        "To show %(uplift)s percent more, %(all)s posts each way are needed, going by how far the"
        " last %(n)s posts of this channel differed.",
        told.usual.posts,
    ) % {**said, "all": number(told.needed), "n": number(told.usual.posts)}


def _lasts(told: Sample) -> str:
    if told.weeks == 0:
        return _("Nothing went out on this channel lately, so nobody can say how long that takes.")
    return ngettext(
        "At this channel's pace that takes %(n)s week, if every post takes part.",
        "At this channel's pace that takes %(n)s weeks, if every post takes part.",
        told.weeks,
    ) % {"n": number(told.weeks)}


def _fewer(told: Sample) -> str:
    if told.planned >= told.needed:
        return ""
    said = {"n": number(told.planned), "uplift": percent(told.planned_shows)}
    return (
        ngettext(
            "With the %(n)s post each way you chose, only a difference of %(uplift)s"
            " percent or more"
            " would show in eight cases of ten.",
            "With the %(n)s posts each way you chose, only a difference of %(uplift)s"
            " percent or more"
            " would show in eight cases of ten.",
            told.planned,
        )
        % said
    )


def _few(told: Sample) -> str:
    if told.needed <= FEW or told.planned < told.needed:
        return ""
    return _("With %(n)s posts each way, only a difference of %(uplift)s percent would show.") % {
        "n": FEW,
        "uplift": percent(told.few_show),
    }


def _rough(told: Sample) -> str:
    if told.usual.assumed or told.usual.typical >= FEW_COUNTED:
        return ""
    return _("A typical post has fewer than five of these: choose a figure that there is more of.")


def counted(figure: str) -> str:
    """What is counted, within a sentence."""
    return {
        "views": _("views"), "likes": _("likes"), "comments": _("comments"),
        "shares": _("shares"), "clicks": _("clicks"),
    }.get(figure, figure)  # fmt: skip


def percent(uplift: float) -> str:
    """`54`: an uplift of 0.54, as exact as it is worth reading."""
    if not isfinite(uplift):
        return _("several thousand")
    shown = uplift * 100
    return number(round(shown, -1) if shown >= 200 else shown)


def number(value: float) -> str:
    return format_decimal(round(value), locale=language())
