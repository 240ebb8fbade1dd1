"""What a rule can do: verbs that there are already, what each needs, and how it is undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.kernel import events
from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.automation.models import Rule
from unisono.rooms.automation.subjects import Subject
from unisono.rooms.automation.triggers import Trigger
from unisono.rooms.content import ideas
from unisono.rooms.content.models import Idea
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.engagement.ideas import from_message
from unisono.rooms.engagement.models import Conversation
from unisono.rooms.orchestration import actions as proposals
from unisono.rooms.orchestration import autopilot
from unisono.rooms.orchestration.models import Lock, Proposal
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.people.queries import holders
from unisono.rooms.publishing import holds
from unisono.rooms.publishing.models import Hold
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow import tasks
from unisono.rooms.workflow.models import ApprovalRequest, Task

MOST = 5
Made = dict[str, Any]


@dataclass(frozen=True)
class Doing:
    """One act at work: `said` is what the rule says about it."""

    rule: Rule
    subject: Subject
    said: dict[str, Any]
    by: Actor
    now: datetime

    def text(self) -> str:
        """What is to be said, with where it comes from."""
        told = {"text": self.said["text"], "rule": self.rule.name}
        return _("%(text)s (by the rule “%(rule)s”)") % told


@dataclass(frozen=True)
class Act:
    """`needs` is one of the things that a trigger yields; empty: it can always be done. `says` are
    the values that the rule gives it."""

    label: Any
    capability: Capability
    do: Callable[[Doing], Made]
    needs: str = ""
    says: tuple[str, ...] = ()
    undo: Callable[[Made, Actor, datetime], object] | None = None


def _task(doing: Doing) -> Made:
    things, due = doing.subject.things, None
    of = next((things[k] for k in ("post", "campaign", "idea", "request") if k in things), None)
    if doing.said["days"]:
        day = to_wall(doing.now, doing.by.organization.zone).date()
        due = tasks.Due(day + timedelta(days=int(doing.said["days"])))
        due = tasks.Due(due.on, zone=doing.by.organization.zone)
    member = doing.said["member"]
    made = tasks.add(
        title=doing.said["text"],
        department=doing.rule.department,
        owner=Member.objects.get_or_none(pk=member) if member else None,
        due=due,
        of=of,
        by=doing.by,
        now=doing.now,
    )
    return {"task": str(made.pk)}


def _notify(doing: Doing) -> Made:
    if doing.said["member"]:
        _must_see(doing.said["member"], doing.rule)
    to = [doing.said["member"] or str(doing.rule.owner_id)]
    events.record(
        "rule.told", doing.rule, by=doing.by, now=doing.now, to=to, text=doing.said["text"],
        title=doing.subject.title,
    )  # fmt: skip
    return {"told": to}


def _comment(doing: Doing) -> Made:
    post = doing.subject.things["post"]
    made = workflow.write_comment(post, text=doing.text(), by=doing.by, now=doing.now)
    return {"comment": str(made.pk)}


def _ask(doing: Doing) -> Made:
    post = doing.subject.things["post"]
    asked = workflow.ask_approval(post, note=doing.text(), by=doing.by, now=doing.now)
    return {"requests": [str(one.pk) for one in asked]}


def _ask_no_more(made: Made, by: Actor, now: datetime) -> None:
    for request in ApprovalRequest.objects.filter(pk__in=made["requests"], state="open"):
        workflow.withdraw_approval(request, by=by, now=now)


def _hold_channel(doing: Doing) -> Made:
    channel = doing.subject.things["channel"]
    where = doing.rule.department_id
    if where and channel.department_id != where:
        raise Conflict(_("This channel is shared: a rule of one department does not stop it."))
    return _held(doing, channel=channel)


def _hold_department(doing: Doing) -> Made:
    return _held(doing, department=doing.rule.department)


def _held(doing: Doing, **target: Any) -> Made:
    if Hold.objects.filter(lifted_at=None, **target).exists():
        raise Conflict(_("A hold is on this already."))
    made = holds.place(**target, why=doing.text(), by=doing.by, now=doing.now)
    return {"hold": str(made.pk)}


def _close(doing: Doing) -> Made:
    row = Conversation.objects.get(pk=doing.subject.things["conversation"].pk)
    engagement.close(row, by=doing.by, now=doing.now)
    return {"conversation": str(row.pk)}


def _idea(doing: Doing) -> Made:
    message = doing.subject.things.get("message")
    if message is not None:
        made = from_message(message, title=doing.said["text"], by=doing.by, now=doing.now)
    else:
        made = ideas.capture(
            title=doing.said["text"] or doing.subject.title, note=doing.subject.title,
            department=doing.rule.department, by=doing.by, now=doing.now,
        )  # fmt: skip
    return {"idea": str(made.pk)}


def _lock(doing: Doing) -> Made:
    post = doing.subject.things["post"]
    if Lock.objects.filter(post=post).exists():
        raise Conflict(_("This post stays where it is already."))
    row = autopilot.lock(post, reason=doing.text(), by=doing.by, now=doing.now)
    return {"lock": str(row.pk)}


def _unlock(made: Made, by: Actor, now: datetime) -> None:
    for row in Lock.objects.filter(pk=made["lock"]).select_related("post"):
        autopilot.unlock(row.post, by=by, now=now)


def _accept(doing: Doing) -> Made:
    """As the autopilot may: only what is sure, and nothing that is locked."""
    rows = Proposal.objects.filter(
        signal=doing.subject.things["signal"],
        state="offered",
        ends_at__gt=doing.now,
        post__lock=None,
    )
    row = rows.select_related("signal", "post", "channel", "department").first()
    if row is None or not autopilot.sure(row):
        raise Conflict(_("Nothing is proposed about this that is sure enough."))
    proposals.accept(row, by=doing.by, now=doing.now)
    return {"proposal": str(row.pk)}


def _row(model: Any, key: str, verb: Callable[..., Any]) -> Callable[[Made, Actor, datetime], None]:
    def undo(made: Made, by: Actor, now: datetime) -> None:
        verb(model.objects.get(pk=made[key]), by=by, now=now)

    return undo


_C = Capability
ACTS: dict[str, Act] = {
    "task": Act(gettext_lazy("Create a task"), _C.WRITE, _task, says=("text", "member", "days"),
                undo=_row(Task, "task", tasks.drop)),
    "notify": Act(gettext_lazy("Tell somebody"), _C.SEE, _notify, says=("text", "member")),
    "comment": Act(gettext_lazy("Comment on the post"), _C.WRITE, _comment, "post", ("text",)),
    "ask": Act(gettext_lazy("Ask for approval of the post"), _C.WRITE, _ask, "post", ("text",),
               _ask_no_more),
    "lock": Act(gettext_lazy("Keep the post where it is"), _C.WRITE, _lock, "post", ("text",),
                _unlock),
    "hold_department": Act(gettext_lazy("Hold the department"), _C.HOLD, _hold_department,
                           says=("text",), undo=_row(Hold, "hold", holds.lift)),
    "hold_channel": Act(gettext_lazy("Hold the channel"), _C.HOLD, _hold_channel, "channel",
                        ("text",), _row(Hold, "hold", holds.lift)),
    "close": Act(gettext_lazy("Close the conversation"), _C.ANSWER, _close, "conversation",
                 undo=_row(Conversation, "conversation", engagement.reopen)),
    "idea": Act(gettext_lazy("Capture an idea"), _C.WRITE, _idea, says=("text",),
                undo=_row(Idea, "idea", ideas.drop)),
    "accept": Act(gettext_lazy("Accept what is proposed"), _C.WRITE, _accept, "signal",
                  undo=_row(Proposal, "proposal", proposals.undo)),
}  # fmt: skip
OPTIONAL = {"close": (), "idea": ("text",)}


def checked(raw: list[dict[str, Any]], trigger: Trigger, rule: Rule, by: Actor) -> list[Made]:
    """The acts as they are kept; raises Invalid for what this trigger or person cannot do."""
    if not 1 <= len(raw) <= MOST:
        raise Invalid(_("A rule does 1 to %(n)s things.") % {"n": MOST}, field="acts")
    return [_checked(one, trigger, rule, by) for one in raw]


def _checked(one: dict[str, Any], trigger: Trigger, rule: Rule, by: Actor) -> Made:
    act = ACTS.get(str(one.get("act", "")))
    if act is None or (act.needs and act.needs not in trigger.yields):
        raise Invalid(_("This cannot be done when that happens. Choose another."), field="acts")
    name = str(one["act"])
    if name == "hold_channel" and rule.department is not None:
        raise Invalid(_("Only a rule of the whole organization can hold a channel."), field="acts")
    by.must(act.capability, rule.department)
    said: Made = {"act": name, **{key: str(one.get(key) or "").strip() for key in act.says}}
    if "text" in said and not said["text"] and name not in OPTIONAL:
        raise Invalid(_("Write something for each act."), field="acts")
    if len(said.get("text", "")) > 160:
        raise Invalid(_("%(n)s characters at most.") % {"n": 160}, field="acts")
    if "days" in said and not (
        said["days"] == "" or (said["days"].isdecimal() and int(said["days"]) <= 365)
    ):
        raise Invalid(_("Choose 0 to %(n)s days.") % {"n": 365}, field="acts")
    if said.get("member"):
        _must_see(said["member"], rule)
    return said


def _must_see(key: str, rule: Rule) -> None:
    """What a rule says names what it met: only those hear it who see that anyway."""
    if key not in {str(one.pk) for one in holders(Capability.SEE, rule.department_id)}:
        raise Invalid(_("Choose somebody who sees this department."), field="acts")
