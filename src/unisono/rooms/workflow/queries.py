"""Questions about agreement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from unisono.kernel.clock import day_bounds, to_wall
from unisono.kernel.refusals import NotFound
from unisono.rooms.content.models import Post, Revision, Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.people.queries import members
from unisono.rooms.workflow.models import Absence, ApprovalRequest, Comment, Task, TaskNeed
from unisono.rooms.workflow.states import PENDING

AWAKE = ~Q(campaign__archived_at__isnull=False, state__in=PENDING)
"""Of tasks: what is still to be done in an archived campaign rests until it is back."""


def needs_approval(post: Post) -> bool:
    """Whether the post's department wants its posts agreed to."""
    return post.department.approval_required


def cleared(revision: Revision) -> bool:
    """Whether this revision may go out: agreed to, or of a department that wants no agreement."""
    rows = Revision.objects.filter(pk=revision.pk).annotate(**asked_and_agreed("pk", "variant_id"))
    return rows.filter(Q(asked=False) | Q(agreed__isnull=False)).exists()


def asked_and_agreed(revision: str, variant: str) -> dict[str, Subquery]:
    """Two columns for rows whose revision and variant lie at these paths: may go out what is not
    `asked` for, or `agreed` to.

    For rows that are asked about by the hundred while a post waits: each part is found by its key,
    whatever the planner knows of the tables. A join may as well begin with a department, and walk
    through all it has ever published.
    """
    asked = Variant.objects.filter(pk=OuterRef(variant)).order_by()
    agreed = ApprovalRequest.objects.filter(revision=OuterRef(revision), state="approved")
    return {
        "asked": Subquery(asked.values("post__department__approval_required")),
        "agreed": Subquery(agreed.order_by().values("pk")[:1]),
    }


def approved_revision(variant_id: UUID) -> Revision | None:
    """The latest revision of the variant that has been agreed to."""
    return (
        Revision.objects.filter(variant=variant_id, requests__state="approved")
        .order_by("-number")
        .first()
    )


def requests(actor: Actor, states: Iterable[str] = ("open",)) -> QuerySet[ApprovalRequest]:
    """Approval requests of the departments the actor sees, most urgent first."""
    return ApprovalRequest.objects.filter(
        seen(actor, "department"), state__in=tuple(states)
    ).select_related("revision", "variant__channel", "post__campaign", "department", "asked_by")


def request(actor: Actor, pk: UUID) -> ApprovalRequest:
    """One approval request; raises NotFound."""
    found = (
        ApprovalRequest.objects.filter(seen(actor, "department"), pk=pk)
        .select_related("revision", "variant__channel", "post", "department", "asked_by")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such approval request."))
    return found


def waiting_for(actor: Actor) -> QuerySet[ApprovalRequest]:
    """The open requests the actor may decide."""
    allowed = actor.departments_with(Capability.APPROVE)
    rows = requests(actor)
    return rows if allowed is None else rows.filter(department__in=allowed)


def comments(actor: Actor, post: Post) -> QuerySet[Comment]:
    """What colleagues said about a post, oldest first."""
    return Comment.objects.filter(seen(actor, "post__department"), post=post).select_related("by")


def tasks(
    actor: Actor, states: Iterable[str] = PENDING, *, resting: bool = False
) -> QuerySet[Task]:
    """The tasks of the departments the actor sees, of none, and the actor's own; the most urgent
    first. Each knows whether it is `blocked` by another that is not done. Those that rest with
    their campaign are left out, unless `resting` asks for them too."""
    allowed = actor.departments_with(Capability.SEE)
    actor.must_anywhere(Capability.SEE)
    rows = Task.objects.filter(state__in=tuple(states))
    if not resting:
        rows = rows.filter(AWAKE)
    if allowed is not None:
        mine = Q(owner=actor.author_id) if actor.author_id else Q()
        rows = rows.filter(Q(department=None) | Q(department__in=allowed) | mine)
    open_needs = TaskNeed.objects.filter(task=OuterRef("pk"), needed__state__in=PENDING)
    return rows.annotate(blocked=Exists(open_needs)).select_related(
        "owner", "department", "post__campaign", "campaign", "idea", "request"
    )


def task(actor: Actor, pk: UUID) -> Task:
    """One task, with what it waits for and what waits for it; raises NotFound."""
    rows = tasks(actor, (*PENDING, "done", "dropped"), resting=True)
    linked = TaskNeed.objects.select_related("task__owner", "needed__owner")
    found = (
        rows.filter(pk=pk)
        .prefetch_related(Prefetch("needs", linked), Prefetch("needed_by", linked))
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such task."))
    return found


def due_now(actor: Actor, now: datetime) -> QuerySet[Task]:
    """The actor's own tasks that are overdue, or due by the end of their day."""
    end = day_bounds(to_wall(now, actor.zone).date(), actor.zone)[1]
    rows = Task.objects.filter(AWAKE, owner=actor.author_id)
    return rows.filter(state__in=PENDING, due_at__lte=end)


def tasks_of(actor: Actor, **of: object) -> list[Task]:
    """All that was ever to be done for a post, campaign, idea or request, in its order; what was
    dropped is left out."""
    rows = tasks(actor, (*PENDING, "done"), resting=True).filter(**of)
    return list(rows.prefetch_related(Prefetch("needs", TaskNeed.objects.select_related("needed"))))


def absences(actor: Actor) -> QuerySet[Absence]:
    """Who is away when; colleagues see each other's days."""
    return Absence.objects.filter(member__in=members(actor)).select_related("member", "cover")


def absence(actor: Actor, pk: UUID) -> Absence:
    """One absence; raises NotFound."""
    found = absences(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such absence."))
    return found


def colleagues(actor: Actor) -> QuerySet[Member]:
    """The active members, for choosing among them."""
    return members(actor).filter(state="active")
