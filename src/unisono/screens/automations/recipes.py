"""Rules to start from: what houses like this one automate first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Recipe:
    """A rule that is filled in but for its department; `acts` texts are in the reader's words."""

    key: str
    name: str | Promise
    why: str | Promise
    icon: str
    trigger: str
    acts: tuple[dict[str, Any], ...]
    conditions: tuple[dict[str, Any], ...] = field(default=())
    every: bool = True


RECIPES = (
    Recipe(
        "failed",
        _("Somebody looks when a post could not go out"),
        _("A task for today, so that no failure lies about."),
        "alert",
        "publication.failed",
        ({"act": "task", "text": _("See why this post did not go out"), "days": "0"},),
    ),
    Recipe(
        "help",
        _("A question under a post becomes a task"),
        _("Messages that ask for help are answered by somebody, not by chance."),
        "comment",
        "message.received",
        ({"act": "task", "text": _("Answer this question"), "days": "1"},),
        tuple(
            {"fact": "text", "is": "contains", "value": word, "to": ""}
            for word in (_("help"), _("broken"), _("refund"))
        ),
        every=False,
    ),
    Recipe(
        "changes",
        _("Changes asked for do not wait"),
        _("A task to revise the post within two days."),
        "edit",
        "approval_request.changes_asked",
        ({"act": "task", "text": _("Revise this post"), "days": "2"},),
    ),
    Recipe(
        "gap",
        _("A gap in the calendar is seen"),
        _("Whoever answers for the rule is told, before the week is empty."),
        "calendar",
        "signal.gap",
        ({"act": "notify", "text": _("There is a gap in the calendar"), "member": ""},),
    ),
    Recipe(
        "weekend",
        _("Nothing new at the weekend unseen"),
        _("Posts begun on a Sunday get a word of caution."),
        "clock",
        "post.written",
        ({"act": "comment", "text": _("Begun at the weekend: please look again on Monday.")},),
        ({"fact": "weekday", "is": "is", "value": "6", "to": ""},),
    ),
)
BY_KEY = {one.key: one for one in RECIPES}
