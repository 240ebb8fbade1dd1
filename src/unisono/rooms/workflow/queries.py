"""Questions about agreement."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.content.models import Post, Revision, Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.workflow.models import ApprovalRequest, Comment


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
