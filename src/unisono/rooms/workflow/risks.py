"""Posts whose day is doubtful, and why: one look at the rows, then a pure judgement of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from babel.dates import format_date
from django.db.models import Min, Prefetch, Q
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from unisono.kernel import clock
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.workflow import backplan, workdays
from unisono.rooms.workflow.models import Absence, ApprovalRequest, Closes, Task, TaskNeed
from unisono.rooms.workflow.states import PENDING

HORIZON = timedelta(days=60)
"""How far ahead a post's day is looked at."""
UNOWNED = 2
"""Working days before a step begins from which on somebody should have taken it."""
LEAD = 1
"""Working days an approval takes where no plan says otherwise."""


@dataclass(frozen=True)
class Reason:
    """Why a day is doubtful. `code` is for programs, `sentence` for people; `task` is what to
    look at, if it is one task."""

    code: str
    sentence: str
    task: Task | None = None


@dataclass
class Facts:
    """What is known of one post. `today` and `goes_out` are local days in the post's zone."""

    post: Any
    at: datetime
    zone: str
    today: date
    works: backplan.Works
    tasks: Sequence[Task] = ()
    asked: Sequence[ApprovalRequest] = ()
    away: Mapping[UUID, list[Absence]] = field(default_factory=dict)

    @property
    def goes_out(self) -> date:
        return clock.to_wall(self.at, self.zone).date()

    @property
    def pending(self) -> list[Task]:
        return [task for task in self.tasks if task.state in PENDING]

    @cached_property
    def outcome(self) -> backplan.Outcome:
        """The pending work, planned anew as of today."""
        own = {
            str(task.pk): workdays.without(self.works, self.away.get(task.owner_id, ()))
            for task in self.pending
            if task.owner_id
        }
        return self._planned(own)

    @cached_property
    def unhindered(self) -> backplan.Outcome:
        """The same if nobody were away."""
        return self._planned({})

    def _planned(self, own: Mapping[str, backplan.Works]) -> backplan.Outcome:
        keys = {task.pk: str(task.pk) for task in self.pending}
        steps = [
            backplan.Step(
                keys[task.pk],
                task.days,
                tuple(keys[n.needed_id] for n in task.needs.all() if n.needed_id in keys),
            )
            for task in self.pending
        ]
        return backplan.backwards(steps, self.goes_out, self.today, self.works, own)


@dataclass(frozen=True)
class AtRisk:
    """A post that may not make its day, with every reason, the gravest first."""

    post: Post
    at: datetime
    zone: str
    reasons: list[Reason]


def at_risk(actor: Actor, *, now: datetime, posts: Iterable[UUID] | None = None) -> list[AtRisk]:
    """The posts the actor sees whose day within the horizon is doubtful, the soonest first.

    A constant number of questions, however many posts; `posts` asks about these alone.
    """
    found = []
    for facts in _facts(actor, now, posts):
        why = reasons(facts)
        if why:
            found.append(AtRisk(facts.post, facts.at, facts.zone, why))
    return sorted(found, key=lambda one: (one.at, one.post.title))


def reasons(facts: Facts) -> list[Reason]:
    """Why this post may not make its day; none: it can. Pure."""
    return [
        *_not_enough(facts),
        *_overdue(facts),
        *_too_late(facts),
        *_absent(facts),
        *_unanswered(facts),
        *_unowned(facts),
        *_blocked(facts),
    ]


def _not_enough(facts: Facts) -> Iterator[Reason]:
    outcome = facts.outcome
    if outcome.needs > outcome.there_are:
        yield Reason("not_enough_days", _needs(outcome))


def _needs(outcome: backplan.Outcome) -> str:
    """`It needs 6 working days, and there are 4.`"""
    if not outcome.there_are:
        return ngettext(
            "It needs %(needs)s working day, and there is none left.",
            "It needs %(needs)s working days, and there is none left.",
            outcome.needs,
        ) % {"needs": outcome.needs}
    return ngettext(
        "It needs %(needs)s working days, and there is %(n)s.",
        "It needs %(needs)s working days, and there are %(n)s.",
        outcome.there_are,
    ) % {"needs": outcome.needs, "n": outcome.there_are}


def _overdue(facts: Facts) -> Iterator[Reason]:
    for task in facts.pending:
        if task.due_on and task.due_on < facts.today:
            said = {"title": task.title, "day": _day(task.due_on)}
            if task.owner:
                said["who"] = task.owner.name
                sentence = _("“%(title)s” was due on %(day)s; %(who)s has it.") % said
            else:
                sentence = _("“%(title)s” was due on %(day)s; nobody has it.") % said
            yield Reason("overdue", sentence, task)


def _too_late(facts: Facts) -> Iterator[Reason]:
    for task in facts.pending:
        latest = facts.outcome.slots[str(task.pk)].latest
        if task.by_hand and task.due_on and task.due_on >= facts.today and task.due_on > latest:
            said = {"title": task.title, "day": _day(task.due_on), "latest": _day(latest)}
            sentence = _("“%(title)s” is set for %(day)s; %(latest)s would be in time.") % said
            yield Reason("too_late", sentence, task)


def _absent(facts: Facts) -> Iterator[Reason]:
    """Its owner is away when it is due, or is away for so long that no day in time is left."""
    for task in facts.pending:
        spans = facts.away.get(task.owner_id, []) if task.owner_id else []
        key, due = str(task.pk), task.due_on
        span = next((s for s in spans if due and s.first_on <= due <= s.last_on), None)
        if spans and not facts.outcome.slots[key].fits and facts.unhindered.slots[key].fits:
            span = span or spans[0]
        if span is None or task.owner is None:
            continue
        said = {"title": task.title, "who": task.owner.name, "day": _day(span.last_on)}
        if span.cover:
            said["cover"] = span.cover.name
            text = _("%(who)s, who has “%(title)s”, is away until %(day)s; %(cover)s stands in.")
        else:
            text = _("%(who)s, who has “%(title)s”, is away until %(day)s; nobody stands in.")
        yield Reason("absent", text % said, task)


def _unanswered(facts: Facts) -> Iterator[Reason]:
    """An open approval, when fewer days are left than answering takes."""
    if not facts.asked:
        return
    takes = next((t.days for t in facts.tasks if t.closes == Closes.APPROVED), LEAD)
    left = backplan.between(facts.today, facts.goes_out, facts.works)
    if left <= max(takes, LEAD):
        day = clock.to_wall(min(row.asked_at for row in facts.asked), facts.zone).date()
        yield Reason(
            "approval_open",
            _("Its approval, asked on %(day)s, is still open.") % {"day": _day(day)},
        )


def _unowned(facts: Facts) -> Iterator[Reason]:
    for task in facts.pending:
        first = facts.outcome.slots[str(task.pk)].first
        begun = task.due_on is not None and task.due_on < facts.today
        near = backplan.between(facts.today, first, facts.works) <= UNOWNED
        if task.owner_id is None and task.days and near and not begun:
            said = {"title": task.title}
            yield Reason("unowned", _("“%(title)s” has to begin, and nobody has it.") % said, task)


def _blocked(facts: Facts) -> Iterator[Reason]:
    """A task of another post, campaign or nothing that is done too late for this one."""
    own = {task.pk for task in facts.tasks}
    for task in facts.pending:
        first = facts.outcome.slots[str(task.pk)].first
        for need in task.needs.all():
            other = need.needed
            if other.pk in own or other.state not in PENDING:
                continue
            if other.due_on is None or other.due_on >= first or other.due_on < facts.today:
                said = {"title": task.title, "other": other.title}
                sentence = _("“%(title)s” waits for “%(other)s”, which comes too late.") % said
                if other.due_on is None:
                    sentence = _("“%(title)s” waits for “%(other)s”, which has no date.") % said
                yield Reason("blocked", sentence, task)


def _facts(actor: Actor, now: datetime, only: Iterable[UUID] | None) -> Iterator[Facts]:
    """One for each post that has pending work or an open approval, and a time ahead."""
    rows = Post.objects.filter(seen(actor, "department"), removed_at=None)
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    pencilled = Variant.objects.filter(dropped_at=None, planned_at__gt=now)
    asked = ApprovalRequest.objects.filter(state="open")
    waiting = asked.filter(
        variant__in=pencilled.filter(planned_at__lt=now + HORIZON), post__in=rows
    ).values("post")
    planned = Q(deadline__at__gt=now, deadline__at__lt=now + HORIZON)
    needs = TaskNeed.objects.select_related("needed")
    tasks = Task.objects.exclude(state="dropped").select_related("owner")
    found = list(
        rows.filter(planned | Q(pk__in=waiting))
        .select_related("department", "deadline", "campaign")
        .prefetch_related(
            Prefetch("tasks", tasks.prefetch_related(Prefetch("needs", needs))),
            Prefetch("requests", asked, to_attr="open_requests"),
        )
    )
    yield from _told(actor, found, now)


def _told(actor: Actor, found: list[Any], now: datetime) -> Iterator[Facts]:
    undated = [post.pk for post in found if not getattr(_deadline(post), "at", None)]
    first = Variant.objects.filter(post__in=undated, dropped_at=None, planned_at__gt=now)
    times = dict(first.values_list("post").annotate(at=Min("planned_at")))
    today = clock.to_wall(now, actor.organization.zone).date()
    owners = {task.owner_id for post in found for task in post.tasks.all()}
    away = workdays.away(owners, today)
    countries: dict[Any, backplan.Works] = {}
    for post in found:
        where = post.department_id
        if where not in countries:
            country = workdays.country_of(where, actor.organization)
            countries[where] = workdays.works_in(country)
        deadline = _deadline(post)
        at = deadline.at if deadline and deadline.at else times.get(post.pk)
        if at is None:
            continue
        zone = (deadline.zone if deadline and deadline.at else "") or actor.organization.zone
        yield Facts(
            post=post,
            at=at,
            zone=zone,
            today=clock.to_wall(now, zone).date(),
            works=countries[where],
            tasks=list(post.tasks.all()),
            asked=post.open_requests,
            away=away,
        )


def _deadline(post: Post) -> Any:
    return getattr(post, "deadline", None)


def _day(day: date) -> str:
    """`Wed 11 Mar`, in the language active now."""
    language = (get_language() or "en").partition("-")[0]
    return format_date(day, "EEE d. MMM" if language == "de" else "EEE d MMM", locale=language)
