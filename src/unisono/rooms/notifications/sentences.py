"""What notices say, one sentence a kind, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

from unisono.kernel.clock import zone_named
from unisono.rooms.channels.sentences import said_again

SENTENCES: dict[str, str] = {
    "publication.failed": gettext_noop("“%(title)s” could not go out on %(channel)s: %(reason)s"),
    "publication.held": gettext_noop("“%(title)s” is held back on %(channel)s: %(reason)s"),
    "publication.doubtful": gettext_noop(
        "“%(title)s” may or may not be out on %(channel)s. Look there, then decide."
    ),
    "publication.follows": gettext_noop("“%(title)s” waits on %(channel)s: %(reason)s"),
    "publication.late": gettext_noop("“%(title)s” is late on %(channel)s: %(reason)s"),
    "publication.late.several": gettext_noop(
        "%(n)s posts are late on %(channel)s, the first is “%(title)s”: %(reason)s"
    ),
    "publication.at_risk": gettext_noop(
        "“%(title)s” will not go out on %(channel)s (%(when)s) unless this is settled: %(reason)s"
    ),
    "publication.at_risk.several": gettext_noop(
        "%(n)s posts will not go out on %(channel)s unless this is settled, the first is "
        "“%(title)s” (%(when)s): %(reason)s"
    ),
    "publication.gone": gettext_noop(
        "“%(title)s” is no longer on %(channel)s. It was out, and Unisono did not remove it."
    ),
    "publication.gone.several": gettext_noop(
        "%(n)s posts are no longer on %(channel)s, the first is “%(title)s”."
    ),
    "publication.changed": gettext_noop("“%(title)s” was changed on %(channel)s since it is out."),
    "publication.changed.several": gettext_noop(
        "%(n)s posts were changed on %(channel)s since they are out, the first is “%(title)s”."
    ),
    "channel.queue_low": gettext_noop(
        "Days for which what is approved for %(channel)s lasts: %(n)s. Fill its next slots."
    ),
    "channel.queue_empty": gettext_noop(
        "Nothing that is approved is left for the next slot of %(channel)s."
    ),
    "variant.missed": gettext_noop(
        "“%(title)s” was to go out on %(channel)s, and is not approved or not scheduled."
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
    "idea.commented": gettext_noop("%(who)s commented on the idea “%(title)s”."),
    "feed.failing": gettext_noop(
        "The feed “%(feed)s” cannot be read. It is tried again, less and less often."
    ),
    "request.made": gettext_noop("%(who)s asks for “%(title)s”."),
    "request.answered": gettext_noop("%(who)s answered your question about “%(title)s”."),
    "letter.failed": gettext_noop(
        "The mail to %(who)s about “%(title)s” could not be sent. Tell them another way."
    ),
    "channel.needs_sign_in": gettext_noop(
        "%(channel)s must be connected again. Its posts wait until then."
    ),
    "channel.needs_sign_in.posts": gettext_noop(
        "%(channel)s must be connected again. Posts that wait: %(n)s,"
        " the first is “%(title)s”, due %(when)s."
    ),
    "channel.disconnected": gettext_noop(
        "%(channel)s was disconnected. Posts that cannot go out: %(n)s,"
        " the first is “%(title)s”, due %(when)s."
    ),
    "channel.expiring": gettext_noop(
        "The sign-in of %(channel)s runs out %(end)s. Connect it again before."
    ),
    "channel.expiring.posts": gettext_noop(
        "The sign-in of %(channel)s runs out %(end)s. Connect it again before."
        " Posts at risk: %(n)s, the first is “%(title)s”, due %(when)s."
    ),
    "task.assigned": gettext_noop("%(who)s gave you “%(title)s”."),
    "task.assigned.dated": gettext_noop("%(who)s gave you “%(title)s”, due on %(day)s."),
    "task.assigned.several": gettext_noop(
        "%(who)s gave you %(n)s steps of “%(of)s”, the first is “%(title)s”."
    ),
    "task.due_tomorrow": gettext_noop("“%(title)s” is due tomorrow, on %(day)s."),
    "task.overdue": gettext_noop("“%(title)s” was due on %(day)s and is not done."),
    "task.overdue.unowned": gettext_noop(
        "“%(title)s” was due on %(day)s, and nobody has taken it. Give it to somebody."
    ),
    "task.freed": gettext_noop("“%(after)s” is done: you can begin with “%(title)s”."),
    "comment.written": gettext_noop("%(who)s commented on “%(title)s”."),
    "experiment.done": gettext_noop(
        "The experiment “%(title)s” has an answer: a difference is shown. Look at how large it is."
    ),
    "experiment.none": gettext_noop(
        "The experiment “%(title)s” has all its posts, and no difference is shown."
    ),
    "experiment.unanswered": gettext_noop(
        "The experiment “%(title)s” ended without an answer: too many of its posts were lost."
    ),
    "experiment.stopped": gettext_noop("%(who)s stopped the experiment “%(title)s”: %(reason)s"),
    "rule.told": gettext_noop("%(text)s (“%(title)s”, by the rule “%(rule)s”)"),
    "rule.paused": gettext_noop(
        "The rule “%(rule)s” ran more often than you allow, and paused. Look at it."
    ),
    "rule.paused.rights": gettext_noop(
        "The rule “%(rule)s” paused: whoever answers for it may not do what it does any more."
    ),
    "rule.failed": gettext_noop(
        "The rule “%(rule)s” could not do all it should about “%(title)s”: it broke off by a fault."
    ),
    "kit.sent": gettext_noop(
        "%(who)s suggests “%(title)s” for you to share with your own account, if you like to."
    ),
}
SUBJECTS: dict[str, str] = {"kit.sent": gettext_noop("To share: %(title)s")}
"""Subjects of mails that ask for nothing urgent."""


def sentence(kind: str, params: Mapping[str, object]) -> str:
    """The notice in the language active now; what is kept of reasons and times is said anew."""
    told = {name: _said(name, value) for name, value in params.items()}
    return gettext(SENTENCES[kind]) % told


def subject(kind: str, params: Mapping[str, object]) -> str:
    """What a mail with the notice is called, on one line."""
    if kind not in SUBJECTS:
        return gettext("Unisono needs you")
    said = gettext(SUBJECTS[kind]) % {name: _said(name, value) for name, value in params.items()}
    return " ".join(said.split())


def time(instant: datetime, zone: str) -> dict[str, str]:
    """An instant as a notice keeps it, to be written later in its reader's language."""
    return {"instant": instant.isoformat(), "zone": zone}


def _said(name: str, value: object) -> object:
    if name == "day":
        return date_format(date.fromisoformat(str(value)))
    if not isinstance(value, dict):
        return value
    if "instant" not in value:
        return said_again(value)
    at = datetime.fromisoformat(value["instant"]).astimezone(zone_named(value["zone"]))
    return f"{date_format(at, 'DATETIME_FORMAT')} {at.tzname()}"
