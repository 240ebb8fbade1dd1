"""Rules: what is met is acted on once, within rights and limits, and never in a circle."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from unisono.kernel import events, jobs
from unisono.kernel.models import Event
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed, NotFound
from unisono.rooms.automation import actions, acts, conditions, queries, replay, running
from unisono.rooms.automation.models import Rule, RuleRun, RuleStep
from unisono.rooms.content import actions as content
from unisono.rooms.content import ideas
from unisono.rooms.content.models import Post
from unisono.rooms.notifications.models import Notice
from unisono.rooms.people.actors import system
from unisono.rooms.people.models import MemberRole
from unisono.rooms.publishing.models import Hold
from unisono.rooms.workflow.models import ApprovalRequest, Comment, Task

TASK = {"act": "task", "text": "Look at it", "days": "2"}
COMMENT = {"act": "comment", "text": "Seen."}


def rule_of(cast: Cast, *, on: bool = True, **more: Any) -> Rule:
    said = {
        "name": "Look", "department": cast.departments["Marketing"], "trigger": "post.written",
        "acts": [TASK], **more,
    }  # fmt: skip
    made = actions.make(**said, by=cast.actor("manager"), now=NOW)
    return actions.switch_on(made, by=cast.actor("manager"), now=NOW) if on else made


def write(
    cast: Cast, title: str = "Doors", department: str = "Marketing", now: datetime = NOW
) -> Post:
    by = cast.actor("admin")
    where = cast.departments[department]
    return content.write_post(
        title=title, text=f"{title} open.", department=where, channels=[cast.agora], by=by, now=now
    )


CONDITIONS = [
    ({"fact": "title", "is": "contains", "value": "doors"}, True),
    ({"fact": "title", "is": "contains", "value": "door"}, False),
    ({"fact": "title", "is": "contains_not", "value": "doors"}, False),
    ({"fact": "title", "is": "is", "value": "DOORS"}, True),
    ({"fact": "weekday", "is": "is", "value": "2"}, True),
    ({"fact": "weekday", "is": "is_not", "value": "2"}, False),
    ({"fact": "hour", "is": "between", "value": "9", "to": "11"}, True),
    ({"fact": "hour", "is": "between", "value": "22", "to": "6"}, False),
    ({"fact": "network", "is": "is", "value": "sandbox"}, False),
    ({"fact": "author", "is": "is", "value": "Ada Admin"}, True),
]


@pytest.mark.parametrize(("condition", "fits"), CONDITIONS)
def test_a_rule_acts_where_its_conditions_hold(
    cast: Cast, condition: dict[str, str], fits: bool
) -> None:
    rule_of(cast, conditions=[condition])
    post = write(cast)
    jobs.run_pending(NOW)
    assert Task.objects.filter(post=post, title="Look at it").exists() is fits
    assert RuleRun.objects.exists() is fits


def test_numbers_compare() -> None:
    more = {"fact": "count", "is": "more", "value": "5"}
    less = {"fact": "count", "is": "less", "value": "5"}
    assert conditions.hold([more], {"count": 6.0}, every=True)
    assert not conditions.hold([more, less], {"count": 6.0}, every=True)
    assert conditions.hold([more, less], {"count": 6.0}, every=False)
    assert not conditions.hold([more], {}, every=True), "what is not told does not hold"


IMPOSSIBLE = [
    {"acts": []},
    {"acts": [{"act": "close"}]},
    {"acts": [{"act": "task", "text": ""}]},
    {"acts": [{"act": "hold_channel", "text": "No."}]},
    {"trigger": "post.imagined"},
    {"an_hour": 0},
    {"conditions": [{"fact": "count", "is": "more", "value": "5"}]},
    {"conditions": [{"fact": "hour", "is": "between", "value": "9", "to": "9"}]},
    {"conditions": [{"fact": "title", "is": "more", "value": "9"}]},
    {"conditions": [{"fact": "network", "is": "is", "value": n} for n in ("a", "b")]},
    {"conditions": [{"fact": "network", "is": how, "value": "a"} for how in ("is", "is_not")]},
]


def test_only_who_sees_the_department_is_told(cast: Cast) -> None:
    stranger = str(cast.members["sales_editor"].pk)
    with pytest.raises(Invalid, match="sees this department"):
        rule_of(cast, acts=[{"act": "notify", "text": "Look", "member": stranger}])
    viewer = cast.members["viewer"]
    rule_of(cast, acts=[{"act": "notify", "text": "Look", "member": str(viewer.pk)}])
    MemberRole.objects.filter(member=viewer).delete()
    write(cast)
    jobs.run_pending(NOW)
    assert RuleStep.objects.get().state == "refused", "not any more, either"


@pytest.mark.parametrize("wrong", IMPOSSIBLE)
def test_an_impossible_rule_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        rule_of(cast, on=False, **wrong)


def test_rules_are_made_by_those_who_plan(cast: Cast) -> None:
    said = {"name": "Look", "trigger": "post.written", "acts": [TASK]}
    marketing = cast.departments["Marketing"]
    with pytest.raises(NotAllowed):
        actions.make(**said, department=marketing, by=cast.actor("editor"), now=NOW)
    with pytest.raises(NotAllowed):
        actions.make(**said, department=None, by=cast.actor("manager"), now=NOW)
    assert actions.make(**said, department=None, by=cast.actor("admin"), now=NOW).state == "off"


def test_without_rules_nothing_is_asked_and_nothing_rung_for(cast: Cast) -> None:
    robot = system(cast.lumen)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        running.hear([Event(kind="post.written", data={})], robot)
    assert len(asked) == 0
    rule_of(cast, on=False)
    write(cast)
    jobs.run_pending(NOW)
    assert not RuleRun.objects.exists(), "a rule is off until it is switched on"


def test_a_rule_runs_once_an_event_and_each_act_once(cast: Cast) -> None:
    rule_of(cast, acts=[TASK, COMMENT])
    write(cast)
    event = Event.objects.filter(kind="post.written").latest("pk")
    robot = system(cast.lumen)
    (run,) = running.match([event], by=robot, now=NOW)
    assert running.match([event], by=robot, now=NOW) == []
    first, _second = run.steps.all()
    running.act(first.pk, now=NOW)
    # A worker was lost here; the job comes again, and so does the one of the event.
    for _again in range(2):
        running.carry_out(organization=str(cast.lumen.pk), run=str(run.pk))
    jobs.run_pending(NOW)
    assert Task.objects.filter(title="Look at it").count() == 1
    assert Comment.objects.count() == 1
    assert "by the rule “Look”" in Comment.objects.get().text
    assert Event.objects.filter(kind="rule.ran").count() == 1


def test_a_rule_keeps_to_its_department(cast: Cast) -> None:
    rule_of(cast)
    write(cast, department="Sales")
    jobs.run_pending(NOW)
    assert not RuleRun.objects.exists()


def test_too_many_runs_pause_a_rule_and_its_owner_is_told(cast: Cast) -> None:
    rule = rule_of(cast, an_hour=2)
    for n in range(4):
        write(cast, f"Doors {n}")
    jobs.run_pending(NOW)
    rule.refresh_from_db()
    assert (RuleRun.objects.count(), rule.state, rule.why) == (2, "paused", "limit")
    told = Notice.objects.get(kind="rule.paused")
    assert told.member == cast.members["manager"]
    assert system(cast.lumen.pk).organization.awaited == []


def test_no_circle(cast: Cast) -> None:
    """An idea makes an idea makes an idea, by two rules that answer each other."""
    for name in ("First", "Second"):
        rule_of(cast, name=name, trigger="idea.captured", acts=[{"act": "idea", "text": name}])
    ideas.capture(
        title="One", department=cast.departments["Marketing"], by=cast.actor("admin"), now=NOW
    )
    jobs.run_pending(NOW)
    # Each answers the person, and the other once: 2 + 2 runs, and no rule itself.
    assert RuleRun.objects.count() == 4
    chains = [events.causes(one) for one in Event.objects.filter(kind="idea.captured")]
    assert max(map(len, chains)) == 2
    assert all(len(set(chain)) == len(chain) for chain in chains)


def test_what_the_owner_may_no_more_the_rule_does_no_more(cast: Cast) -> None:
    rule = rule_of(cast)
    MemberRole.objects.filter(member=cast.members["manager"]).update(role="viewer")
    write(cast)
    jobs.run_pending(NOW)
    step = RuleStep.objects.get()
    rule.refresh_from_db()
    assert (step.state, rule.state, rule.why) == ("refused", "paused", "rights")
    assert "may not" in step.trouble and not Task.objects.filter(title="Look at it").exists()
    told = Notice.objects.filter(kind="rule.paused.rights").values_list("member", flat=True)
    assert cast.members["admin"].pk in told


def test_a_rule_never_holds_the_right_to_approve(cast: Cast) -> None:
    pilot = running.pilot(rule_of(cast), system(cast.lumen))
    assert pilot is not None
    marketing = cast.departments["Marketing"]
    assert not any(pilot.can(one, marketing) for one in ("approve", "override", "plan"))
    assert not pilot.can_anywhere("approve") and not pilot.can("see", cast.departments["Sales"])


def test_what_a_dry_run_says_is_what_happens(cast: Cast) -> None:
    condition = {"fact": "title", "is": "contains", "value": "doors"}
    rule = rule_of(cast, on=False, conditions=[condition], an_hour=2, a_day=2)
    for title in ("Doors", "Windows", "More doors", "Doors again"):
        write(cast, title)
    before = Event.objects.count()
    met = replay.would(rule, actor=cast.actor("viewer"), now=NOW + timedelta(minutes=1))
    assert Event.objects.count() == before and not RuleRun.objects.exists()
    mine = [one for one in met if one.title != cast.post.title]
    assert len(mine) >= 3 and met[-1].beyond
    actions.switch_on(rule, by=cast.actor("manager"), now=NOW)
    found = list(Event.objects.filter(kind="post.written").order_by("at", "pk"))
    running.match(found, by=system(cast.lumen), now=NOW)
    assert {run.event for run in RuleRun.objects.all()} == {m.event for m in met if not m.beyond}


def test_what_an_act_did_can_be_taken_back(cast: Cast) -> None:
    rule_of(cast, acts=[TASK, COMMENT, {"act": "lock", "text": "Stay."}])
    write(cast)
    jobs.run_pending(NOW)
    task, comment, lock = RuleStep.objects.order_by("position")
    assert [one.state for one in (task, comment, lock)] == ["done"] * 3
    actions.undo(task, by=cast.actor("manager"), now=NOW)
    assert Task.objects.get(title="Look at it").state == "dropped"
    with pytest.raises(Conflict):
        actions.undo(task, by=cast.actor("manager"), now=NOW)
    with pytest.raises(Conflict):
        actions.undo(comment, by=cast.actor("manager"), now=NOW)
    with pytest.raises(NotAllowed):
        actions.undo(lock, by=cast.actor("viewer"), now=NOW)
    actions.undo(lock, by=cast.actor("manager"), now=NOW)


def test_what_happened_elsewhere_is_not_told(cast: Cast) -> None:
    """A rule of the whole organization is seen by all; what it met only by those who see that."""
    said = {"name": "All", "department": None, "trigger": "post.written", "acts": [TASK]}
    rule = actions.make(**said, by=cast.actor("admin"), now=NOW)
    actions.switch_on(rule, by=cast.actor("admin"), now=NOW)
    write(cast, "Doors")
    write(cast, "Prices", department="Sales")
    jobs.run_pending(NOW)

    def told(who: str) -> tuple[set[str], set[str]]:
        actor, later = cast.actor(who), NOW + timedelta(minutes=1)
        trial = replay.would(rule, actor=actor, now=later)
        return {run.title for run in queries.runs(actor, rule)}, {one.title for one in trial}

    assert "Prices" in told("admin")[0] & told("admin")[1]
    log, trial = told("manager")
    assert log == {"Doors"} and "Prices" not in trial and "Doors" in trial
    step = RuleStep.objects.get(run__title="Prices")
    with pytest.raises(NotFound):
        queries.step(cast.actor("manager"), step.pk)


def test_an_act_that_breaks_off_is_given_up_and_its_owner_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(doing: acts.Doing) -> dict[str, Any]:
        raise RuntimeError("The disk is full.")

    monkeypatch.setitem(acts.ACTS, "task", replace(acts.ACTS["task"], do=broken))
    rule_of(cast, acts=[TASK, COMMENT])
    write(cast)
    event = Event.objects.filter(kind="post.written").latest("pk")
    (run,) = running.match([event], by=system(cast.lumen), now=NOW)
    told = {"organization": str(cast.lumen.pk), "run": str(run.pk)}
    for _again in range(running.TRIES - 1):
        with pytest.raises(RuntimeError):
            running.carry_out(**told)
    assert {one.state for one in run.steps.all()} == {"waiting"}
    running.carry_out(**told)
    first, second = run.steps.all()
    assert (first.state, second.state) == ("failed", "done") and "fault" in first.trouble
    jobs.run_pending(NOW)
    assert Notice.objects.get(kind="rule.failed").member == cast.members["manager"]


def test_a_rule_asks_for_approval_and_holds_and_both_can_be_taken_back(cast: Cast) -> None:
    done = [{"act": "ask", "text": "Please read"}, {"act": "hold_department", "text": "Wait."}]
    rule_of(cast, acts=done)
    post = write(cast)
    jobs.run_pending(NOW)
    asked, held = RuleStep.objects.order_by("position")
    assert (asked.state, held.state) == ("done", "done"), (asked.trouble, held.trouble)
    request = ApprovalRequest.objects.get(post=post, state="open")
    assert Hold.objects.get(department=post.department, lifted_at=None).why.startswith("Wait.")
    for step in (asked, held):
        actions.undo(step, by=cast.actor("manager"), now=NOW)
    request.refresh_from_db()
    assert request.state != "open" and not Hold.objects.filter(lifted_at=None).exists()


def test_the_log_is_forgotten_after_a_while(cast: Cast) -> None:
    rule_of(cast, acts=[{"act": "notify", "text": "Look"}])
    write(cast)
    jobs.run_pending(NOW)
    assert Notice.objects.filter(kind="rule.told", member=cast.members["manager"]).count() == 1
    actions.forget_runs(before=RuleRun.objects.get().begun_at + timedelta(seconds=1))
    assert not RuleStep.objects.exists()
