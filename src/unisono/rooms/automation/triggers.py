"""What a rule can wait for: the kind of event, and the facts it offers to conditions."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from unisono.rooms.orchestration.models import Noticed

TEXTS = ("title", "text", "author")
POST = ("department", "campaign", "objective", "channel", "network", *TEXTS)
TIME = ("weekday", "hour")


@dataclass(frozen=True)
class Trigger:
    """`yields` names what its acts can be done to. A signal has a kind of its own."""

    kind: str
    label: str | Promise
    facts: tuple[str, ...]
    yields: frozenset[str]
    signal: str = ""


def _of_post(kind: str, label: Promise | str, *more: str) -> Trigger:
    return Trigger(kind, label, (*POST, *TIME), frozenset({"post", *more}))


def _signal(kind: str, label: Promise | str) -> Trigger:
    facts = ("department", "campaign", "channel", "network", "title", "text", "count", *TIME)
    return Trigger("signal.open", label, facts, frozenset({"signal"}), kind)


TRIGGERS: dict[str, Trigger] = {
    "post.written": _of_post("post.written", _("A post was begun")),
    "approval_request.open": _of_post("approval_request.open", _("Approval was asked for")),
    "approval_request.approved": _of_post("approval_request.approved", _("A post was approved")),
    "approval_request.changes_asked": _of_post(
        "approval_request.changes_asked", _("Changes to a post were asked for")
    ),
    "publication.published": _of_post("publication.published", _("A post went out"), "channel"),
    "publication.failed": _of_post(
        "publication.failed", _("A post could not go out"), "channel"
    ),
    "publication.held": _of_post("publication.held", _("A post was held back"), "channel"),
    "message.received": Trigger(
        "message.received",
        _("Somebody wrote under a post"),
        ("department", "campaign", "channel", "network", *TEXTS, *TIME),
        frozenset({"message", "conversation", "post", "channel"}),
    ),
    "request.made": Trigger(
        "request.made", _("Content was asked for"), ("department", *TEXTS, *TIME),
        frozenset({"request"}),
    ),
    "idea.captured": Trigger(
        "idea.captured", _("An idea was captured"), ("department", "campaign", *TEXTS, *TIME),
        frozenset({"idea"}),
    ),
    "campaign.changed": Trigger(
        "campaign.changed", _("A campaign was changed"), ("department", "objective", *TEXTS, *TIME),
        frozenset({"campaign"}),
    ),
    "task.overdue": Trigger(
        "task.overdue", _("A task is overdue"), ("department", "campaign", *TEXTS, *TIME),
        frozenset({"task"}),
    ),
    "channel.needs_sign_in": Trigger(
        "channel.needs_sign_in", _("A channel needs somebody to sign in"),
        ("department", "channel", "network", *TIME), frozenset({"channel"}),
    ),
    **{
        f"signal.{kind}": _signal(str(kind), Noticed(kind).label) for kind in Noticed.values
    },
}  # fmt: skip
