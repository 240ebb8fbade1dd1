"""What tasks do when something happened: steps that are done by it, days that have to move."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from unisono.kernel.events import together
from unisono.kernel.models import Event
from unisono.rooms.content.models import Post, Revision, Variant
from unisono.rooms.people.actors import system
from unisono.rooms.plan.models import Campaign
from unisono.rooms.workflow import campaigns, tasks, workplans
from unisono.rooms.workflow.models import ApprovalRequest, Closes, Task
from unisono.rooms.workflow.states import PENDING


def revision_frozen(event: Event) -> None:
    """The draft is done once every channel's text was handed in as it stands."""
    revision = Revision.objects.select_related("variant").get(pk=event.subject_id)
    post_id = revision.variant.post_id
    frozen = _variants(post_id)
    if all(row.revisions.filter(digest=row.digest).exists() for row in frozen):
        _close(post_id, Closes.FROZEN, event)


def approval_given(event: Event) -> None:
    """The review is done once every channel's text is approved as it stands."""
    request = ApprovalRequest.objects.get(pk=event.subject_id)
    if all(
        row.requests.filter(state="approved", revision__digest=row.digest).exists()
        for row in _variants(request.post_id)
    ):
        _close(request.post_id, Closes.APPROVED, event)


def post_removed(event: Event) -> None:
    """Nobody works on a post that is gone."""
    by = system(event.organization_id)
    tasks.drop_all(Task.objects.filter(post=event.subject_id), by=by, now=event.at)


def campaign_noted(event: Event) -> None:
    """The steps of its template that are no posts are tasks."""
    campaign, by = Campaign.objects.get(pk=event.subject_id), system(event.organization_id)
    campaigns.take_up(campaign, event.data["steps"], key=str(event.pk), by=by, now=event.at)


def campaign_cloned(event: Event) -> None:
    """A copy of a campaign has its tasks too."""
    made = Campaign.objects.get(pk=event.subject_id)
    shift, by = timedelta(event.data["shift"]), system(event.organization_id)
    before = Campaign.objects.get(pk=event.data["of"])
    campaigns.copy_tasks(before, made, shift=shift, by=by, now=event.at)


def absence_changed(event: Event) -> None:
    """Steps of somebody who is away, or here after all, move to days on which they work."""
    _replan(Task.objects.filter(owner=event.data["member"]), event)


@together
def task_assigned(events: list[Event]) -> None:
    """Another person has other working days."""
    _replan(Task.objects.filter(pk__in=[event.subject_id for event in events]), events[-1])


def _replan(rows: QuerySet[Task], event: Event) -> None:
    by = system(event.organization_id)
    planned = rows.exclude(step="").filter(state__in=PENDING)
    for post in Post.objects.filter(tasks__in=planned, removed_at=None).distinct():
        workplans.replan(post, by=by, now=event.at)


def _variants(post_id: UUID) -> list[Variant]:
    return list(Variant.objects.filter(post=post_id, dropped_at=None))


def _close(post_id: UUID, what: str, event: Event) -> None:
    close(Post.objects.get(pk=post_id), what, event)


def close(post: Post, what: str, event: Event) -> None:
    """Finish the post's pending tasks that end with this, as Unisono itself."""
    by = system(event.organization_id)
    for task in post.tasks.filter(closes=what, state__in=PENDING):
        tasks.finish(task, by=by, now=event.at)
