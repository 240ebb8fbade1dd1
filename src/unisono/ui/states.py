"""What the badge of a state says, and in which tone."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Badge(NamedTuple):
    tone: str
    label: str | Promise


BADGES = {
    "captured": Badge("", _("captured")),
    "developed": Badge("ok", _("developed")),
    "dropped": Badge("", _("dropped")),
    "following": Badge("ok", _("followed")),
    "failing": Badge("bad", _("cannot be read")),
    "stopped": Badge("", _("stopped")),
    "new": Badge("brass", _("new")),
    "promised": Badge("info", _("promised")),
    "refused": Badge("", _("refused")),
    "done": Badge("ok", _("done")),
    "in_progress": Badge("info", _("in progress")),
    "draft": Badge("", _("draft")),
    "open": Badge("warn", _("in review")),
    "in_review": Badge("warn", _("in review")),
    "changes_asked": Badge("warn", _("changes asked")),
    "withdrawn": Badge("", _("withdrawn")),
    "expired": Badge("", _("expired")),
    "approved": Badge("ok", _("approved")),
    "scheduled": Badge("info", _("scheduled")),
    "publishing": Badge("info", _("going out")),
    "published": Badge("ok", _("published")),
    "failed": Badge("bad", _("failed")),
    "incomplete": Badge("bad", _("follow-up stopped")),
    "gone": Badge("bad", _("gone from its network")),
    "changed": Badge("warn", _("changed on its network")),
    "unknown": Badge("bad", _("needs you")),
    "doubtful": Badge("bad", _("needs you")),
    "held": Badge("warn", _("held")),
    "cancelled": Badge("", _("cancelled")),
    "on_course": Badge("ok", _("on course")),
    "ahead": Badge("ok", _("ahead")),
    "behind": Badge("bad", _("behind")),
    "missed": Badge("bad", _("missed")),
    "skipped": Badge("", _("skipped")),
    "reached": Badge("ok", _("reached")),
    "no_figure": Badge("", _("no figure yet")),
    "not_started": Badge("", _("not started")),
    "planned": Badge("info", _("planned")),
    "running": Badge("ok", _("running")),
    "ended": Badge("", _("ended")),
    "unanswered": Badge("warn", _("without an answer")),
    "connected": Badge("ok", _("connected")),
    "sign_in_again": Badge("bad", _("sign in again")),
    "needs_sign_in": Badge("bad", _("sign in again")),
    "disconnected": Badge("", _("disconnected")),
    "suspended": Badge("", _("suspended")),
    "paused": Badge("warn", _("paused")),
    "waiting": Badge("warn", _("waiting")),
    "on_offer": Badge("ok", _("open")),
    "closed": Badge("", _("closed")),
    "invited": Badge("warn", _("invited")),
    "active": Badge("ok", _("active")),
}


def badge(state: str) -> Badge:
    """The badge of a state; one without an entry shows its own name."""
    return BADGES.get(state, Badge("", state.replace("_", " ")))
