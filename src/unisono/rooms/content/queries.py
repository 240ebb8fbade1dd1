"""Questions about content."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.content.models import (
    Idea,
    IdeaColumn,
    IdeaComment,
    IdeaImage,
    IdeaVote,
    Occurrence,
    Post,
    PostAudience,
    PostImage,
    Revision,
    Series,
    Variant,
)
from unisono.rooms.library.models import Tag
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan.models import CampaignAudience
from unisono.rooms.requests.models import RequestFile


def ideas(actor: Actor, state: str = "captured") -> QuerySet[Idea]:
    """Ideas in one state, newest first; those of no department are everybody's."""
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    rows = Idea.objects.filter(state=state) if state else Idea.objects.all()
    if allowed is not None:
        rows = rows.filter(Q(department=None) | Q(department__in=allowed))
    return rows.select_related("department", "campaign", "captured_by")


def board(actor: Actor) -> QuerySet[Idea]:
    """The open ideas as they lie in their columns, with what people put on them.

    Each knows `votes`, `comments`, and whether `mine` is among the votes.
    """
    rows = ideas(actor).prefetch_related("ideatag_set__tag")
    own = IdeaVote.objects.filter(idea=OuterRef("pk"), member=actor.author_id)
    return rows.annotate(
        votes=_counted(IdeaVote), comments=_counted(IdeaComment), mine=Exists(own)
    ).order_by("place", "-captured_at")


def _counted(model: type[IdeaVote] | type[IdeaComment]) -> Coalesce:
    rows = model.objects.filter(idea=OuterRef("pk")).order_by().values("idea")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def columns(actor: Actor) -> list[IdeaColumn]:
    """The board's columns from left to right; none before the first idea."""
    actor.must_anywhere(Capability.SEE)
    return list(IdeaColumn.objects.all())


def column(actor: Actor, pk: UUID) -> IdeaColumn:
    """One column; raises NotFound."""
    actor.must_anywhere(Capability.SEE)
    found = IdeaColumn.objects.get_or_none(pk=pk)
    if found is None:
        raise NotFound(_("There is no such column."))
    return found


def tags(actor: Actor) -> QuerySet[Tag]:
    """The organization's tags, by name."""
    actor.must_anywhere(Capability.SEE)
    return Tag.objects.all()


def image_of_idea(actor: Actor, idea_id: UUID, pk: UUID) -> IdeaImage:
    """One image of an idea; raises NotFound."""
    rows = IdeaImage.objects.filter(pk=pk, idea=idea(actor, idea_id))
    found = rows.select_related("asset", "idea").first()
    if found is None:
        raise NotFound(_("There is no such image."))
    return found


def idea(actor: Actor, pk: UUID) -> Idea:
    """One idea; raises NotFound."""
    found = ideas(actor, state="").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such idea."))
    return found


def posts(actor: Actor) -> QuerySet[Post]:
    """The posts of the departments the actor sees, last changed first."""
    rows = Post.objects.filter(seen(actor, "department"), removed_at=None)
    return rows.select_related("department", "campaign__objective", "objective", "written_by")


def unaligned(actor: Actor) -> QuerySet[Post]:
    """The posts that answer no objective, neither themselves nor through their campaign."""
    return posts(actor).filter(Q(campaign=None) | Q(campaign__objective=None), objective=None)


def serving(actor: Actor, objective_id: UUID) -> QuerySet[Post]:
    """The posts that answer an objective: their own, or else their campaign's."""
    through = Q(objective=None, campaign__objective=objective_id)
    return posts(actor).filter(Q(objective=objective_id) | through)


def post(actor: Actor, pk: UUID) -> Post:
    """One post; raises NotFound."""
    found = posts(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such post."))
    return found


def variants(actor: Actor) -> QuerySet[Variant]:
    """The variants of the posts the actor sees."""
    rows = Variant.objects.filter(
        seen(actor, "post__department"), dropped_at=None, post__removed_at=None
    )
    return rows.select_related("channel", "post__department", "post__campaign", "post__objective")


def variant(actor: Actor, pk: UUID) -> Variant:
    """One variant; raises NotFound."""
    found = variants(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such variant."))
    return found


def variants_of(post: Post) -> list[Variant]:
    """A post's living variants, each knowing its post and channel."""
    rows = list(post.variants.filter(dropped_at=None).select_related("channel"))
    for row in rows:
        row.post = post
    return rows


def image(actor: Actor, post_id: UUID, pk: UUID) -> PostImage:
    """One image of a post; raises NotFound."""
    found = (
        PostImage.objects.filter(pk=pk, post=post(actor, post_id))
        .select_related("asset", "post__department")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such image."))
    return found


def revisions(actor: Actor, variant_id: UUID) -> QuerySet[Revision]:
    """All revisions of a variant, newest first."""
    return Revision.objects.filter(variant=variant(actor, variant_id)).select_related("frozen_by")


def revisions_of(post: Post) -> QuerySet[Revision]:
    """All that was ever frozen of a post, newest first."""
    return (
        Revision.objects.filter(variant__post=post)
        .select_related("channel", "frozen_by")
        .order_by("-frozen_at", "channel__name")
    )


def all_series(actor: Actor) -> QuerySet[Series]:
    """The series of the departments the actor sees, last changed first."""
    rows = Series.objects.filter(seen(actor, "department"))
    return rows.select_related("department", "campaign", "objective", "made_by")


def series(actor: Actor, pk: UUID) -> Series:
    """One series; raises NotFound."""
    found = all_series(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such series."))
    return found


def occurrences(actor: Actor, series: Series) -> QuerySet[Occurrence]:
    """What became of the days of a series so far, in their order."""
    rows = Occurrence.objects.filter(seen(actor, "series__department"), series=series)
    return rows.select_related("post__department")


def occurrence_of(post: Post) -> Occurrence | None:
    """The place a post has in a series, if it has one."""
    return Occurrence.objects.filter(post=post).first()


def for_audiences(audiences: Iterable[UUID], post: str = "") -> Q:
    """The condition that the post at `post` is for one of these: itself, or else its campaign."""
    wanted = tuple(audiences)
    own = PostAudience.objects.filter(audience__in=wanted).values("post")
    theirs = CampaignAudience.objects.filter(audience__in=wanted).values("campaign")
    says = PostAudience.objects.values("post")
    return Q(**{f"{post}pk__in": own}) | (
        Q(**{f"{post}campaign__in": theirs}) & ~Q(**{f"{post}pk__in": says})
    )


def seen(actor: Actor, field: str) -> Q:
    """The condition that `field` names a department the actor sees."""
    actor.must_anywhere(Capability.SEE)
    allowed = actor.departments_with(Capability.SEE)
    return Q() if allowed is None else Q(**{f"{field}__in": allowed})


def files_behind(idea: Idea) -> list[RequestFile]:
    """The documents that came with the requests an idea answers, its own and those of ideas merged
    into it. Pictures are not among them: they lie on the idea."""
    asked, waiting = set(), [idea]
    while waiting:
        one = waiting.pop()
        asked |= {one.request_id} if one.request_id else set()
        waiting += one.merged.all()
    if not asked:
        return []
    rows = RequestFile.objects.filter(request__in=asked).exclude(mime__startswith="image/")
    return list(rows.select_related("request"))


def file_behind(actor: Actor, idea_id: UUID, pk: UUID) -> RequestFile:
    """One of them, for whoever sees the idea; raises NotFound."""
    for row in files_behind(idea(actor, idea_id)):
        if row.pk == pk:
            return row
    raise NotFound(_("There is no such file."))
