"""The verbs of ideas: kept, changed, put aside, taken up again, developed, merged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min, Q
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content import board, typed
from unisono.rooms.content.models import (
    Idea,
    IdeaColumn,
    IdeaComment,
    IdeaImage,
    IdeaTag,
    IdeaVote,
    Occurrence,
    Post,
)
from unisono.rooms.content.states import IDEA
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan.models import Campaign
from unisono.rooms.requests.models import Request

NOTE_MAX = 10_000


def capture(
    *,
    title: str,
    note: str = "",
    link: str = "",
    department: Department | None = None,
    campaign: Campaign | None = None,
    column: IdeaColumn | None = None,
    source: str = Idea.Source.TYPED,
    source_name: str = "",
    origin: UUID | None = None,
    request: Request | None = None,
    by: Actor,
    now: datetime,
) -> Idea:
    """Keep a thought before it is gone; it lies on top of its column (else of the first).

    `source`, `source_name` and `origin` say where it came from; see `Idea`.
    """
    by.must_anywhere(Capability.WRITE)
    with transaction.atomic():
        column = column or board.columns_made()[0]
        top = Idea.objects.filter(column=column).aggregate(top=Min("place"))["top"]
        idea = Idea.objects.create(
            title=typed.title(title),
            note=_note(note),
            link=link.strip(),
            department=department,
            campaign=campaign,
            column=column,
            place=(top or 0) - 1,
            source=source,
            source_name=source_name.strip()[:200],
            origin=origin,
            request=request,
            captured_by=by.member,
            captured_at=now,
        )
        events.record("idea.captured", idea, by=by, now=now, title=idea.title, source=source)
    return idea


def change(
    idea: Idea,
    *,
    title: str,
    note: str,
    link: str,
    department: Department | None,
    campaign: Campaign | None,
    by: Actor,
    now: datetime,
) -> Idea:
    """Change an idea's words or where it belongs."""
    by.must_anywhere(Capability.WRITE)
    idea.title, idea.note, idea.link = typed.title(title), _note(note), link.strip()
    idea.department, idea.campaign = department, campaign
    idea.save(update_fields=["title", "note", "link", "department", "campaign"])
    events.record("idea.changed", idea, by=by, now=now)
    return idea


def drop(idea: Idea, *, by: Actor, now: datetime) -> None:
    """Put an idea aside."""
    by.must_anywhere(Capability.WRITE)
    advance(idea, IDEA, "dropped", by=by, now=now)


def take_back(idea: Idea, *, by: Actor, now: datetime) -> None:
    """Take a dropped idea up again; a merged one is taken out of the other with all it brought."""
    by.must_anywhere(Capability.WRITE)
    if idea.state == "developed":
        raise Conflict(_("A post has been made of this idea."))
    with transaction.atomic():
        if idea.merged_into_id:
            _take_apart(idea)
        advance(idea, IDEA, "captured", by=by, now=now, merged_into=None)


def develop(
    idea: Idea,
    *,
    department: Department,
    channels: Sequence[Channel] = (),
    by: Actor,
    now: datetime,
) -> Post:
    """Make a post of an idea, with its images; the post keeps the link to it."""
    with transaction.atomic():
        advance(idea, IDEA, "developed", by=by, now=now)
        post = content.write_post(
            title=idea.title,
            text=idea.note,
            department=department,
            campaign=idea.campaign,
            idea=idea,
            channels=channels,
            by=by,
            now=now,
        )
        for image in idea.ideaimage_set.select_related("asset")[: content.IMAGES_MAX]:
            content.attach_image(post, image.asset, by=by, now=now)
    return post


def undevelop(post: Post, *, by: Actor, now: datetime) -> Idea:
    """Take back that a post was made of its idea: the post goes, the idea lies where it lay.

    Raises Conflict once anybody has written on it, or it has been handed in.
    """
    by.must(Capability.WRITE, post.department_id)
    idea = post.idea
    if idea is None:
        raise Conflict(_("This post was made of no idea."))
    with transaction.atomic():
        post = Post.objects.select_for_update().get(pk=post.pk)
        own = Q(text__isnull=False) | Q(follow_ups__isnull=False) | Q(revisions__isnull=False)
        if post.removed_at or not _as_made(post, idea) or post.variants.filter(own).exists():
            raise Conflict(_("Somebody has worked on this post in between. It stays."))
        content.remove_post(post, by=by, now=now)
        advance(idea, IDEA, "captured", by=by, now=now)
    return idea


def merge(idea: Idea, *, into: Idea, by: Actor, now: datetime) -> Idea:
    """Join an idea to another, which takes its votes, comments, tags and images.

    The merged one stays as a link, and `take_back` undoes it. Raises Conflict unless both are open.
    """
    by.must_anywhere(Capability.WRITE)
    if idea.pk == into.pk:
        raise Invalid(_("Choose another idea to merge this one into."), field="into")
    with transaction.atomic():
        rows = Idea.objects.select_for_update().filter(pk__in=(idea.pk, into.pk))
        if {row.state for row in rows} != {"captured"}:
            raise Conflict(_("Only open ideas can be merged."), field="into")
        _bring(IdeaVote, "member_id", idea, into)
        _bring(IdeaTag, "tag_id", idea, into)
        _bring(IdeaImage, "asset_id", idea, into)
        IdeaComment.objects.filter(idea=idea).update(idea=into, merged_from=idea)
        advance(
            idea,
            IDEA,
            "dropped",
            by=by,
            now=now,
            merged_into=into,
            data={"merged_into": str(into.pk)},
        )
        events.record("idea.merged", into, by=by, now=now, title=idea.title, of=str(idea.pk))
    return into


def _bring(model: Any, field: str, idea: Idea, into: Idea) -> None:
    """Give `into` what `idea` has and it lacks; the idea keeps its own."""
    there = set(model.objects.filter(idea=into).values_list(field, flat=True))
    model.objects.bulk_create(
        model(idea=into, merged_from=idea, **{field: key})
        for key in model.objects.filter(idea=idea).values_list(field, flat=True)
        if key not in there
    )


def _take_apart(idea: Idea) -> None:
    for model in (IdeaVote, IdeaTag, IdeaImage):
        model.objects.filter(idea=idea.merged_into, merged_from=idea).delete()
    IdeaComment.objects.filter(merged_from=idea).update(idea=idea, merged_from=None)


def _as_made(post: Post, idea: Idea) -> bool:
    """Whether a post is as `develop` made it of the idea."""
    if (post.title, post.text, post.follow_ups) != (idea.title, idea.note, []):
        return False
    images = idea.ideaimage_set.values_list("asset", flat=True)[: content.IMAGES_MAX]
    shown = post.images.values_list("asset", flat=True)
    return set(shown) == set(images) and not Occurrence.objects.filter(post=post).exists()


def _note(said: str) -> str:
    note = typed.text(said).strip()
    if len(note) > NOTE_MAX:
        raise Invalid(
            _("A note can have %(n)s characters at most.") % {"n": NOTE_MAX}, field="note"
        )
    return note
