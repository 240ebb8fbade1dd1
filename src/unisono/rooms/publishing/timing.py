"""When a post as a whole is to go out, and how its work follows when that moves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from unisono.kernel.events import together
from unisono.kernel.models import Event
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.states import LIVE
from unisono.rooms.workflow import reactions as workflow
from unisono.rooms.workflow import workplans
from unisono.rooms.workflow.models import Closes, Task, WorkPlan
from unisono.rooms.workflow.states import PENDING
from unisono.rooms.workflow.tasks import drop_all

When = tuple[str, str, datetime]
"""A wall time, its zone, and the instant."""


def goes_out(post: Post) -> When | None:
    """The first time at which the post is to go out on any channel; None while there is none.

    What was scheduled and taken back has no time, until it is given another one.
    """
    times = [_time_of(row) for row in post.variants.filter(dropped_at=None)]
    return min((one for one in times if one), key=lambda one: one[2], default=None)


def plan_work(post: Post, *, by: Actor, now: datetime) -> list[Task]:
    """Make the tasks of a post by its department's plan, back from when it goes out."""
    return workplans.plan_work(post, goes_out=goes_out(post), by=by, now=now)


@together
def post_timed(events: list[Event]) -> None:
    """Pencilled in, scheduled, moved or taken back: the days of the work follow.

    A post without planned work gets it here where its department's plan says so; those of a
    series are made of a pattern and need none.
    """
    by, now = system(events[0].organization_id), events[-1].at
    ids = _posts_of(events)
    planned = Post.objects.filter(pk__in=ids, removed_at=None, deadline__isnull=False)
    for post in planned:
        if not _out(post):
            workplans.retime(post, goes_out=goes_out(post), by=by, now=now)
            if events[0].kind == "publication.scheduled":
                _all_scheduled(post, events[-1])
    if not WorkPlan.objects.filter(automatic=True).exists():
        return
    fresh = Post.objects.filter(
        pk__in=ids, removed_at=None, deadline=None, occurrence=None
    ).select_related("department", "written_by", "campaign__owner")
    for post in fresh:
        when = goes_out(post)
        if when and when[2] > now and workplans.plan_for(post.department_id).automatic:
            workplans.plan_work(post, goes_out=when, by=by, now=now)


@together
def post_out(events: list[Event]) -> None:
    """A post that is out on all its channels needs none of its steps any more."""
    sent = Publication.objects.filter(pk__in=[event.subject_id for event in events])
    left = Task.objects.filter(state__in=PENDING, post__in=sent.values("variant__post"))
    waiting = Publication.objects.filter(variant__post=OuterRef("post"), state__in=LIVE)
    there = Publication.objects.filter(variant=OuterRef("pk")).exclude(state="cancelled")
    pencilled = Variant.objects.filter(
        ~Exists(there), post=OuterRef("post"), dropped_at=None, planned_at__isnull=False
    )
    over = left.exclude(step="").exclude(Exists(waiting)).exclude(Exists(pencilled))
    by = system(events[0].organization_id)
    drop_all(over, by=by, now=events[-1].at)


def _all_scheduled(post: Post, event: Event) -> None:
    """The step that schedules is done when every channel has its publication."""
    waiting = post.variants.filter(dropped_at=None)
    if not waiting.exclude(publications__state__in=LIVE).exists():
        workflow.close(post, Closes.SCHEDULED, event)


def _posts_of(events: Iterable[Event]) -> set[UUID]:
    by_kind: dict[str, set[UUID]] = {"post": set(), "variant": set(), "publication": set()}
    for event in events:
        by_kind[event.subject_type].add(event.subject_id)
    through = Variant.objects.filter(pk__in=by_kind["variant"]).values_list("post", flat=True)
    sent = Publication.objects.filter(pk__in=by_kind["publication"])
    return by_kind["post"] | set(through) | set(sent.values_list("variant__post", flat=True))


def _out(post: Post) -> bool:
    """Whether the post has begun to go out: its work is history then."""
    rows = Publication.objects.filter(variant__post=post)
    return rows.filter(state__in=("publishing", "published", "unknown")).exists()


def _time_of(variant: Variant) -> When | None:
    own = variant.publications.filter(part=0)
    live = own.filter(state__in=LIVE).first()
    if live is not None:
        return live.wall, live.zone, live.due_at
    latest = own.order_by("-scheduled_at").first()
    if variant.planned_at is None or (latest and latest.state != "cancelled"):
        return None
    taken_back = latest is not None and latest.due_at == variant.planned_at
    return None if taken_back else (variant.planned_wall, variant.planned_zone, variant.planned_at)
