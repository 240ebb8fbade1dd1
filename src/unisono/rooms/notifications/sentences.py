"""What notices say, one sentence a kind, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

from unisono.rooms.channels.sentences import said_again

SENTENCES: dict[str, str] = {
    "publication.failed": gettext_noop("“%(title)s” could not go out on %(channel)s: %(reason)s"),
    "publication.held": gettext_noop("“%(title)s” is held back on %(channel)s: %(reason)s"),
    "publication.doubtful": gettext_noop(
        "“%(title)s” may or may not be out on %(channel)s. Look there, then decide."
    ),
    "variant.late": gettext_noop(
        "“%(title)s” was approved after its time on %(channel)s. Give it another one."
    ),
    "variant.unscheduled": gettext_noop(
        "“%(title)s” is approved, but could not be scheduled on %(channel)s. Look at it."
    ),
    "occurrence.missed": gettext_noop(
        "“%(title)s” of %(day)s was not ready at its time on %(channels)s. It is not sent late."
    ),
    "occurrence.unmade": gettext_noop(
        "“%(title)s” of %(day)s was not made, since Unisono was not running. It is not sent late."
    ),
    "series.unmade": gettext_noop(
        "%(n)s posts of the series “%(title)s” were not made, since Unisono was not running. "
        "None of them is sent late."
    ),
    "series.asked": gettext_noop("%(who)s asks for your approval of %(n)s posts of “%(title)s”."),
    "approval_request.open": gettext_noop("%(who)s asks for your approval of “%(title)s”."),
    "approval_request.approved": gettext_noop("%(who)s approved “%(title)s”."),
    "approval_request.changes_asked": gettext_noop(
        "%(who)s asks for changes to “%(title)s”: %(note)s"
    ),
    "channel.needs_sign_in": gettext_noop(
        "%(channel)s must be connected again. Its posts wait until then."
    ),
    "comment.written": gettext_noop("%(who)s commented on “%(title)s”."),
}


def sentence(kind: str, params: Mapping[str, object]) -> str:
    """The notice in the language active now; a kept reason inside it is said anew too."""
    told = {name: _said(name, value) for name, value in params.items()}
    return gettext(SENTENCES[kind]) % told


def _said(name: str, value: object) -> object:
    if name == "day":
        return date_format(date.fromisoformat(str(value)))
    return said_again(value) if isinstance(value, dict) else value
