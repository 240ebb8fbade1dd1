"""Tasks: the verbs, what waits for what, planned work that follows its post, and who is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.cast import NOW, Cast
from unisono.kernel import events
from unisono.kernel.models import Event
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed, NotFound
from unisono.kernel.states import WrongState
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.notifications import actions as notices
from unisono.rooms.notifications import work as told
from unisono.rooms.notifications.models import Notice
from unisono.rooms.notifications.queries import wanted
from unisono.rooms.notifications.sentences import sentence
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import timing
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import (
    absences,
    load,
    queries,
    reactions,
    reminders,
    risks,
    tasks,
    workplans,
)
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow.models import Task, WorkPlan
from unisono.rooms.workflow.tasks import Due
from unisono.rooms.workflow.workplans import StepLine

PARIS = "Europe/Paris"
TODAY = NOW.date()


def last(kind: str) -> Event:
    found = Event.objects.filter(kind=kind).order_by("-pk").first()
    assert found, kind
    return found


def task(cast: Cast, title: str, *, by: str = "editor", owner: str = "", **more: object) -> Task:
    more.setdefault("department", cast.departments["Marketing"])
    owned = cast.members[owner] if owner else None
    return tasks.add(title=title, owner=owned, **more, by=cast.actor(by), now=NOW)  # type: ignore[arg-type]


def pencil(cast: Cast, post: Post, wall: datetime | None) -> None:
    """Pencil the post in, and let the work follow as the worker would."""
    publishing.move_post(post, wall=wall, zone=PARIS, by=cast.actor("manager"), now=NOW)
    timing.post_timed([last("variant.planned")])


def planned(cast: Cast, wall: datetime | None = datetime(2026, 3, 18, 9)) -> dict[str, Task]:
    publishing.move_post(cast.post, wall=wall, zone=PARIS, by=cast.actor("manager"), now=NOW)
    timing.plan_work(cast.post, by=cast.actor("editor"), now=NOW)
    return steps(cast.post)


def steps(post: Post) -> dict[str, Task]:
    return {row.step: row for row in Task.objects.filter(post=post).exclude(step="")}


# --- the verbs ---


def test_a_task_from_beginning_to_end_and_back(cast: Cast) -> None:
    editor, contributor = cast.actor("editor"), cast.actor("contributor")
    due = Due(date(2026, 3, 6), "17:00")
    row = task(cast, "  Call   the mayor ", owner="contributor", due=due, of=cast.campaign)
    assert (row.title, row.department, row.of) == (
        "Call the mayor", cast.departments["Marketing"], cast.campaign,
    )  # fmt: skip
    assert (row.due_at, row.zone) == (datetime(2026, 3, 6, 16, tzinfo=UTC), PARIS)
    tasks.start(row, by=contributor, now=NOW)
    tasks.finish(row, by=contributor, now=NOW)
    assert row.done_at == NOW
    with pytest.raises(WrongState):
        tasks.start(row, by=editor, now=NOW)
    with pytest.raises(Conflict):
        tasks.assign(row, owner=cast.members["editor"], by=editor, now=NOW)
    tasks.reopen(row, by=editor, now=NOW)
    tasks.edit(row, title="Call her", note="At noon.", due=None, days=2, by=editor, now=NOW)
    tasks.drop(row, by=editor, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.due_at, row.days, row.done_at) == ("dropped", None, 2, None)
    kinds = Event.objects.filter(subject_id=row.pk).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [
        "task.added", "task.assigned", "task.in_progress", "task.done", "task.open",
        "task.changed", "task.dropped",
    ]  # fmt: skip


def test_what_cannot_be_used_is_refused(cast: Cast) -> None:
    editor = cast.actor("editor")
    row = task(cast, "Call")
    for wrong in (
        {"title": " "},
        {"title": "x" * 161},
        {"days": 61},
        {"due": Due(date(2026, 3, 6), "25:00")},
        {"due": Due(date(2026, 3, 6), zone="Mars/Olympus")},
        {"due": Due(date(2199, 3, 6))},
    ):
        with pytest.raises(Invalid):
            tasks.edit(
                row,
                **{"title": "Call", "note": "", "due": None, "days": 1, **wrong},  # type: ignore[arg-type]
                by=editor,
                now=NOW,
            )
    with pytest.raises(Invalid):
        tasks.assign(row, owner=cast.members["sales_editor"], by=editor, now=NOW)


def test_who_may(cast: Cast) -> None:
    row = task(cast, "Look at it", owner="viewer")
    other = task(cast, "Write it")
    viewer, sales = cast.actor("viewer"), cast.actor("sales_editor")
    tasks.finish(row, by=viewer, now=NOW)
    with pytest.raises(NotAllowed):
        tasks.finish(other, by=viewer, now=NOW)
    with pytest.raises(NotAllowed):
        tasks.drop(row, by=viewer, now=NOW)
    with pytest.raises(NotAllowed):
        task(cast, "Mine", by="sales_editor")
    with pytest.raises(NotFound):
        queries.task(sales, other.pk)
    everyone = tasks.add(title="Order cake", by=sales, now=NOW)
    assert queries.task(viewer, everyone.pk) == everyone


def test_who_starts_what_nobody_has_takes_it(cast: Cast) -> None:
    row = task(cast, "Retouch")
    tasks.start(row, by=cast.actor("contributor"), now=NOW)
    assert row.owner == cast.members["contributor"]
    tasks.assign(row, owner=None, by=cast.actor("editor"), now=NOW)
    assert row.owner is None


def test_two_tasks_never_wait_for_each_other(cast: Cast) -> None:
    editor = cast.actor("editor")
    first, second, third = (task(cast, name, owner="viewer") for name in ("One", "Two", "Three"))
    tasks.depend(second, on=first, by=editor, now=NOW)
    tasks.depend(third, on=second, by=editor, now=NOW)
    tasks.depend(third, on=second, by=editor, now=NOW)
    with pytest.raises(Invalid, match="“Three” waits for “One” already"):
        tasks.depend(first, on=third, by=editor, now=NOW)
    with pytest.raises(Invalid, match="itself"):
        tasks.depend(first, on=first, by=editor, now=NOW)
    assert queries.tasks(editor).get(pk=second.pk).blocked
    tasks.finish(first, by=editor, now=NOW)
    assert [e.subject_id for e in Event.objects.filter(kind="task.freed")] == [second.pk]
    told.task_freed(last("task.freed"))
    notice = Notice.objects.get(kind="task.freed")
    assert sentence(notice.kind, notice.params) == "“One” is done: you can begin with “Two”."
    tasks.undepend(third, on=second, by=editor, now=NOW)
    tasks.depend(first, on=third, by=editor, now=NOW)


# --- planned work ---


def test_the_work_of_a_post_is_planned_back_from_its_day(cast: Cast) -> None:
    found = planned(cast)
    assert {key: (row.due_on, row.owner and row.owner.name) for key, row in found.items()} == {
        "draft": (date(2026, 3, 16), "Ada Admin"),
        "picture": (date(2026, 3, 16), None),
        "review": (date(2026, 3, 17), "Approver"),
        "schedule": (date(2026, 3, 17), "Approver"),
    }
    assert found["draft"].starts_on == date(2026, 3, 13)
    told.task_assigned(list(Event.objects.filter(kind="task.assigned")))
    assert {(n.member.name, n.kind, n.params.get("n")) for n in Notice.objects.all()} == {
        ("Ada Admin", "task.assigned.dated", None),
        ("Approver", "task.assigned.several", 2),
    }
    tasks.depend(found["draft"], on=found["picture"], by=cast.actor("editor"), now=NOW)
    assert timing.plan_work(cast.post, by=cast.actor("editor"), now=NOW)
    assert Task.objects.filter(post=cast.post).count() == 4, "planning twice plans once"


def test_it_follows_its_post_but_not_what_is_done_or_set_by_hand(cast: Cast) -> None:
    editor, found = cast.actor("editor"), planned(cast)
    tasks.finish(found["draft"], by=editor, now=NOW)
    tasks.edit(
        found["picture"], title="Picture", note="", due=Due(date(2026, 3, 16)), days=2,
        by=editor, now=NOW,
    )  # fmt: skip
    tasks.edit(
        found["picture"], title="Picture", note="", due=Due(date(2026, 3, 13)), days=2,
        by=editor, now=NOW,
    )  # fmt: skip
    pencil(cast, cast.post, datetime(2026, 3, 12, 9))
    moved = steps(cast.post)
    assert moved["draft"].due_on == date(2026, 3, 16), "done: it stays"
    assert moved["review"].due_on == date(2026, 3, 11)
    assert moved["picture"].due_on == date(2026, 3, 13), "a person said so"
    assert moved["picture"].too_late and not moved["review"].too_late
    pencil(cast, cast.post, None)
    bare = steps(cast.post)
    assert bare["review"].due_at is None and bare["picture"].due_on == date(2026, 3, 13)
    assert not bare["picture"].too_late


def test_a_publication_taken_back_leaves_the_work_undated(cast: Cast) -> None:
    planned(cast)
    for row in workflow.ask_approval(cast.post, by=cast.actor("admin"), now=NOW):
        workflow.approve(row, by=cast.actor("approver"), now=NOW)
    reactions.revision_frozen(last("revision.frozen"))
    reactions.approval_given(last("approval_request.approved"))
    sent = publishing.schedule_post(cast.post, by=cast.actor("manager"), now=NOW)
    timing.post_timed([last("publication.scheduled")])
    done = {key: row.state for key, row in steps(cast.post).items()}
    assert done == {"draft": "done", "picture": "open", "review": "done", "schedule": "done"}
    publishing.retime(
        sent[0], wall=datetime(2026, 3, 25, 9), zone=PARIS, by=cast.actor("manager"), now=NOW
    )
    for publication in sent:
        publishing.cancel(publication, by=cast.actor("manager"), now=NOW)
    timing.post_timed([last("publication.cancelled")])
    assert steps(cast.post)["picture"].due_at is None
    pencil(cast, cast.post, datetime(2026, 3, 27, 9))
    assert steps(cast.post)["picture"].due_on == date(2026, 3, 26)


def test_a_plan_that_does_not_fit_says_so(cast: Cast) -> None:
    found = planned(cast, datetime(2026, 3, 6, 9))
    assert min(row.due_on for row in found.values() if row.due_on) >= TODAY
    (risk,) = risks.at_risk(cast.actor("viewer"), now=NOW)
    assert risk.reasons[0].sentence == "It needs 3 working days, and there are 2."


def test_a_department_has_its_own_plan_country_and_automatic(cast: Cast) -> None:
    manager, marketing = cast.actor("manager"), cast.departments["Marketing"]
    lines = [
        StepLine("Write", 3, "writer", key="write"),
        StepLine("Translate", 1, "member", cast.members["contributor"], after=("write",)),
    ]
    workplans.set_plan(
        department=marketing, steps=lines, country="DE", automatic=True, by=manager, now=NOW
    )
    with pytest.raises(NotAllowed):
        workplans.set_plan(department=None, steps=lines, by=manager, now=NOW)
    circle = [StepLine("A", after=("b",), key="a"), StepLine("B", after=("a",), key="b")]
    for wrong in ([], [StepLine(" ")], circle, [StepLine("A", owner_rule="member")]):
        with pytest.raises(Invalid):
            workplans.set_plan(department=marketing, steps=wrong, by=manager, now=NOW)
    # The Thursday of Corpus Christi is worked in Germany as a whole, Whit Monday is not.
    pencil(cast, cast.post, datetime(2026, 5, 27, 9))
    found = {row.title: row for row in Task.objects.filter(post=cast.post)}
    assert found["Translate"].due_on == date(2026, 5, 26)
    assert (found["Write"].starts_on, found["Write"].due_on) == (
        date(2026, 5, 20), date(2026, 5, 22),
    )  # fmt: skip
    workplans.forget_plan(marketing, by=manager, now=NOW)
    assert (
        not WorkPlan.objects.exists() and workplans.plan_for(marketing.pk).steps[0].key == "draft"
    )


def test_a_plan_never_closes_a_circle_with_what_people_joined(cast: Cast) -> None:
    manager, marketing = cast.actor("manager"), cast.departments["Marketing"]

    def plan(*lines: StepLine) -> dict[str, Task]:
        workplans.set_plan(department=marketing, steps=lines, by=manager, now=NOW)
        return planned(cast)

    found = plan(StepLine("A", key="a"), StepLine("B", key="b"))
    tasks.depend(found["a"], on=found["b"], by=manager, now=NOW)
    lines = [StepLine("A", key="a"), StepLine("C", key="c", after=("a",))]
    found = plan(*lines, StepLine("B", key="b", after=("c",)))
    due = [found[key].due_on for key in ("b", "a", "c")]
    assert due == [date(2026, 3, 13), date(2026, 3, 16), date(2026, 3, 17)]


def test_what_is_out_needs_no_steps(cast: Cast) -> None:
    planned(cast)
    for row in workflow.ask_approval(cast.post, by=cast.actor("admin"), now=NOW):
        workflow.approve(row, by=cast.actor("approver"), now=NOW)
    first, second = publishing.schedule_post(cast.post, by=cast.actor("manager"), now=NOW)
    for row in (first, second):
        Publication.objects.filter(pk=row.pk).update(state="published")
        events.record("publication.published", row, by=cast.actor("admin"), now=NOW)
        timing.post_out([last("publication.published")])
        states = {one.state for one in steps(cast.post).values()}
        assert states == ({"open"} if row == first else {"dropped"})


def test_a_post_that_is_removed_takes_its_work_along(cast: Cast) -> None:
    planned(cast)
    content.remove_post(cast.post, by=cast.actor("editor"), now=NOW)
    reactions.post_removed(last("post.removed"))
    assert {row.state for row in steps(cast.post).values()} == {"dropped"}


# --- absences, load, risks ---


def test_absences_move_the_work_and_are_told_as_a_risk(cast: Cast) -> None:
    approver = cast.members["approver"]
    planned(cast)
    absences.note_absence(
        approver, first_on=date(2026, 3, 9), last_on=date(2026, 3, 20),
        cover=cast.members["manager"], by=cast.actor("approver"), now=NOW,
    )  # fmt: skip
    reactions.absence_changed(last("absence.noted"))
    assert steps(cast.post)["review"].due_on == date(2026, 3, 6)
    assert steps(cast.post)["draft"].due_on == date(2026, 3, 5)
    tasks.edit(
        steps(cast.post)["review"], title="Review", note="", due=Due(date(2026, 3, 17)), days=1,
        by=cast.actor("editor"), now=NOW,
    )  # fmt: skip
    (risk,) = risks.at_risk(cast.actor("viewer"), now=NOW)
    away = next(reason for reason in risk.reasons if reason.code == "absent")
    assert away.sentence.startswith("Approver, who has “Review”, is away until")
    assert away.sentence.endswith("Manager stands in.")
    with pytest.raises(NotAllowed):
        absences.note_absence(
            cast.members["editor"], first_on=TODAY, last_on=TODAY,
            by=cast.actor("contributor"), now=NOW,
        )  # fmt: skip
    with pytest.raises(Invalid):
        absences.note_absence(
            approver, first_on=TODAY, last_on=TODAY - timedelta(1),
            by=cast.actor("manager"), now=NOW,
        )  # fmt: skip


def test_every_reason_of_a_risk(cast: Cast) -> None:
    editor, found = cast.actor("editor"), planned(cast, datetime(2026, 3, 11, 9))
    elsewhere = task(cast, "Permit", due=Due(date(2026, 3, 10)))
    tasks.depend(found["draft"], on=elsewhere, by=editor, now=NOW)
    workflow.ask_approval(cast.post, by=cast.actor("admin"), now=NOW)
    tasks.edit(
        found["review"], title="Review", note="", due=Due(date(2026, 3, 12)), days=1,
        by=editor, now=NOW,
    )  # fmt: skip
    later = NOW + timedelta(days=6)
    codes = {reason.code for risk in risks.at_risk(editor, now=later) for reason in risk.reasons}
    assert codes == {"not_enough_days", "overdue", "too_late", "approval_open", "blocked"}
    before = {reason.code for risk in risks.at_risk(editor, now=NOW) for reason in risk.reasons}
    assert "unowned" in before
    assert risks.at_risk(cast.actor("sales_editor"), now=later) == []
    for row in steps(cast.post).values():
        tasks.finish(row, by=editor, now=NOW)
    assert [r.code for one in risks.at_risk(editor, now=NOW) for r in one.reasons] == []


def test_the_load_of_each_person_by_week(cast: Cast) -> None:
    task(cast, "Long", owner="editor", days=4, due=Due(date(2026, 3, 10)))
    task(cast, "Someday", owner="editor")
    absences.note_absence(
        cast.members["editor"], first_on=date(2026, 3, 9), last_on=date(2026, 3, 13),
        by=cast.actor("editor"), now=NOW,
    )  # fmt: skip
    loads = load.workload(cast.actor("viewer"), now=NOW)
    mine = next(one for one in loads if one.member.name == "Editor")
    assert [(w.tasks, w.work, w.there) for w in mine.weeks[:3]] == [(0, 3, 3), (1, 0, 0), (0, 1, 5)]
    assert (mine.undated, mine.over) == (1, False)


# --- who is told ---


def test_due_tomorrow_and_overdue_are_told_once_each(cast: Cast) -> None:
    row = task(cast, "Call", owner="contributor", due=Due(date(2026, 3, 5)))
    told.task_assigned([last("task.assigned")])
    task(cast, "Nobody's", due=Due(date(2026, 3, 4)))
    assert reminders.remind(now=NOW) == 1 and reminders.remind(now=NOW) == 0
    told.task_due(last("task.due_tomorrow"))
    absences.note_absence(
        cast.members["contributor"], first_on=TODAY, last_on=date(2026, 3, 9),
        cover=cast.members["editor"], by=cast.actor("contributor"), now=NOW,
    )  # fmt: skip
    late = NOW + timedelta(days=2)
    assert reminders.remind(now=late) == 2 and reminders.remind(now=late) == 0
    for event in Event.objects.filter(kind="task.overdue"):
        told.task_due(event)
    heard = set(Notice.objects.values_list("kind", "member__name"))
    assert heard == {
        ("task.assigned.dated", "Contributor"),
        ("task.due_tomorrow", "Contributor"),
        ("task.overdue", "Contributor"),
        ("task.overdue", "Editor"),
        ("task.overdue.unowned", "Manager"),
        ("task.overdue.unowned", "Ada Admin"),
    }
    tasks.edit(
        row, title="Call", note="", due=Due(date(2026, 3, 7)), days=1,
        by=cast.actor("editor"), now=late,
    )  # fmt: skip
    assert reminders.remind(now=late) == 1, "another date is told anew"


def test_a_member_does_without_some_notices(cast: Cast) -> None:
    contributor = cast.actor("contributor")
    notices.choose_notices(["task.overdue"], by=contributor, now=NOW)
    assert wanted(contributor) == ["task.overdue"]
    task(cast, "Call", owner="contributor", due=Due(date(2026, 3, 5)))
    told.task_assigned([last("task.assigned")])
    assert not Notice.objects.exists()
    with pytest.raises(Invalid):
        notices.choose_notices(["publication.failed"], by=contributor, now=NOW)


def test_nothing_of_the_other_house(cast: Cast) -> None:
    task(cast, "Ours")
    assert not Variant.objects.filter(post__title="Secret of the other house").exists()
    assert [row.title for row in queries.tasks(cast.actor("viewer"))] == ["Ours"]
