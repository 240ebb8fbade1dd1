"""What is said of a measure in a sentence: what was expected by today, and how far off it is."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from unisono.rooms.metrics.coverage import Coverage
from unisono.rooms.metrics.queries import Progress
from unisono.ui import wording


def pace(progress: Progress) -> str:
    """A sentence about the pace of a measure."""
    if progress.lower_is_better and progress.known:
        return _at_most(progress)
    figures = {
        "expected": wording.number(round(progress.pace)),
        "off": wording.number(abs(progress.difference)),
        "short": wording.number(max(progress.target - progress.value, 0)),
    }
    sentences = {
        "no_figure": _("There is no figure yet."),
        "not_started": _("It has not begun."),
        "reached": _("The target is reached."),
        "missed": _("The period is over, %(short)s short of the target.") % figures,
        "ahead": _("%(expected)s were expected by today: it is %(off)s ahead.") % figures,
        "behind": _("%(expected)s were expected by today: it is %(off)s behind.") % figures,
        "on_course": _("%(expected)s were expected by today: it is on course.") % figures,
    }
    return sentences[progress.standing]


def coverage(found: Coverage) -> str:
    """A sentence about the posts a figure still needs, and what that rests on."""
    unit = found.progress.measure.counts
    figures = {
        "lacks": wording.number(found.lacks),
        "counts": unit,
        "needed": wording.number(found.needed or 0),
        "average": wording.number(round(found.average or 0, 1)),
        "sample": wording.number(found.sample),
    }
    if not found.lacks:
        return _("The target is reached.")
    if found.average is None:
        return (
            _("%(lacks)s %(counts)s are missing. Only %(sample)s posts were measured: too few "
              "to say how many more it takes.")
            % figures
        )  # fmt: skip
    if found.needed is None:
        return (
            _("%(lacks)s %(counts)s are missing, and the %(sample)s posts measured brought none.")
            % figures
        )
    return _NEEDED[found.whose] % figures


_NEEDED = {
    "own": _lazy(
        "%(lacks)s %(counts)s are missing. At %(average)s a post, the average of %(sample)s posts "
        "of this objective, that takes %(needed)s posts."
    ),
    "department": _lazy(
        "%(lacks)s %(counts)s are missing. At %(average)s a post, the average of %(sample)s posts "
        "of the department, that takes %(needed)s posts."
    ),
    "organization": _lazy(
        "%(lacks)s %(counts)s are missing. At %(average)s a post, the average of %(sample)s posts "
        "of the organization, that takes %(needed)s posts."
    ),
}


def _at_most(progress: Progress) -> str:
    figures = {
        "value": wording.number(progress.value),
        "target": wording.number(progress.target),
    }
    if progress.value <= progress.target:
        return (
            _("Half of all people wait %(value)s minutes or less; %(target)s are allowed.")
            % figures
        )
    return (
        _("Half of all people wait longer than %(value)s minutes; %(target)s are allowed.")
        % figures
    )
