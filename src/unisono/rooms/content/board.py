"""The verbs of the board: its columns, where an idea lies, and what people put on an idea."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events, tenancy
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.content import typed
from unisono.rooms.content.models import (
    Idea,
    IdeaColumn,
    IdeaComment,
    IdeaImage,
    IdeaTag,
    IdeaVote,
)
from unisono.rooms.library.models import Asset
from unisono.rooms.library.tags import tags_named
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability

COLUMNS_MAX = 8
IMAGES_MAX = 20
COMMENT_MAX = 5_000


def columns_made() -> list[IdeaColumn]:
    """The organization's columns; three to begin with, made when the first is needed.

    Ideas from before there was a board lie in the first from then on. Runs in a transaction.
    """
    made = list(IdeaColumn.objects.all())
    if made:
        return made
    # Two first ideas at once must not make six columns.
    with connection.cursor() as cursor:
        house = str(tenancy.current_organization())
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"idea_column:{house}"])
    made = list(IdeaColumn.objects.all())
    if made:
        return made
    names = (gettext("Inbox"), gettext("Explore"), gettext("Ready"))
    made = IdeaColumn.objects.bulk_create(
        IdeaColumn(name=name, position=at) for at, name in enumerate(names)
    )
    Idea.objects.filter(column=None).update(column=made[0])
    return made


def set_columns(
    columns: Sequence[tuple[IdeaColumn | None, str]], *, by: Actor, now: datetime
) -> list[IdeaColumn]:
    """The board's columns from left to right: (column, name), None for a new one.

    One that is left out goes, and its ideas to the first. Raises Invalid for no column, too many,
    or a name that is empty or said twice.
    """
    by.must_anywhere(Capability.PLAN)
    names = [_column_name(name) for _column, name in columns]
    if not names:
        raise Invalid(_("The board needs one column at least."), field="columns")
    if len(names) > COLUMNS_MAX:
        raise Invalid(
            _("The board can have %(n)s columns at most.") % {"n": COLUMNS_MAX}, field="columns"
        )
    if len({name.casefold() for name in names}) < len(names):
        raise Invalid(_("Two columns have the same name."), field="columns")
    with transaction.atomic():
        kept = [column or IdeaColumn(name=name, position=0) for column, name in columns]
        for at, (column, name) in enumerate(zip(kept, names, strict=True)):
            column.name, column.position = name, at
            column.save()
        gone = IdeaColumn.objects.exclude(pk__in=[column.pk for column in kept])
        homeless = Q(column__in=gone) | Q(column=None)
        Idea.objects.filter(homeless).update(column=kept[0])
        gone.delete()
        events.record("idea_column.changed", kept[0], by=by, now=now, names=names)
    return kept


def move(
    idea: Idea, *, column: IdeaColumn, before: Idea | None = None, by: Actor, now: datetime
) -> Idea:
    """Lay an open idea into a column, above `before` (None: at the foot)."""
    by.must_anywhere(Capability.WRITE)
    with transaction.atomic():
        column = IdeaColumn.objects.select_for_update().get(pk=column.pk)
        if Idea.objects.select_for_update().get(pk=idea.pk).state != "captured":
            raise Conflict(_("This idea is not on the board any more."))
        rows = Idea.objects.filter(column=column, state="captured").exclude(pk=idea.pk)
        others = list(rows.order_by("place", "-captured_at"))
        keys = [row.pk for row in others]
        at = keys.index(before.pk) if before and before.pk in keys else len(keys)
        came_from = idea.column_id
        idea.column = column
        order = [*others[:at], idea, *others[at:]]
        for place, row in enumerate(order):
            row.place = place
        Idea.objects.bulk_update(order, ["column", "place"])
        events.record(
            "idea.moved", idea, by=by, now=now, column=column.name, before=str(came_from or "")
        )
    return idea


def vote(idea: Idea, *, wanted: bool, by: Actor, now: datetime) -> int:
    """Be for an idea, or not any more; how many are for it now."""
    by.must_anywhere(Capability.WRITE)
    if by.member is None:
        raise Conflict(_("A vote is a person's."))
    with transaction.atomic():
        mine = IdeaVote.objects.filter(idea=idea, member=by.member)
        if wanted:
            IdeaVote.objects.get_or_create(idea=idea, member=by.member)
        else:
            mine.delete()
        events.record("idea.voted", idea, by=by, now=now, wanted=wanted)
    return IdeaVote.objects.filter(idea=idea).count()


def comment(idea: Idea, *, text: str, by: Actor, now: datetime) -> IdeaComment:
    """Say something about an idea to colleagues."""
    by.must_anywhere(Capability.WRITE)
    said = typed.text(text).strip()
    if not said:
        raise Invalid(_("Write something first."), field="text")
    if len(said) > COMMENT_MAX:
        raise Invalid(
            _("A comment can have %(n)s characters at most.") % {"n": COMMENT_MAX}, field="text"
        )
    with transaction.atomic():
        row = IdeaComment.objects.create(idea=idea, text=said, by=by.member, at=now)
        events.record("idea.commented", idea, by=by, now=now, comment=str(row.pk))
    return row


def tag(idea: Idea, names: Sequence[str], *, by: Actor, now: datetime) -> list[str]:
    """Put exactly these tags on an idea; words the organization did not have become its tags."""
    by.must_anywhere(Capability.WRITE)
    with transaction.atomic():
        wanted = {row.pk: row for row in tags_named(names)}
        IdeaTag.objects.filter(idea=idea).exclude(tag__in=wanted).delete()
        there = set(IdeaTag.objects.filter(idea=idea).values_list("tag", flat=True))
        IdeaTag.objects.bulk_create(
            IdeaTag(idea=idea, tag=row) for pk, row in wanted.items() if pk not in there
        )
        told = [row.name for row in wanted.values()]
        events.record("idea.tagged", idea, by=by, now=now, tags=told)
    return told


def attach(idea: Idea, asset: Asset, *, by: Actor, now: datetime) -> IdeaImage:
    """Put an image of the library on an idea."""
    by.must_anywhere(Capability.WRITE)
    with transaction.atomic():
        if IdeaImage.objects.filter(idea=idea).count() >= IMAGES_MAX:
            raise Invalid(
                _("An idea takes %(n)s images at most.") % {"n": IMAGES_MAX}, field="file"
            )
        image, made = IdeaImage.objects.get_or_create(idea=idea, asset=asset)
        if made:
            events.record("idea.changed", idea, by=by, now=now, image=str(asset.pk))
    return image


def detach(image: IdeaImage, *, by: Actor, now: datetime) -> None:
    """Take an image off an idea; the library keeps it."""
    by.must_anywhere(Capability.WRITE)
    with transaction.atomic():
        idea = image.idea
        image.delete()
        events.record("idea.changed", idea, by=by, now=now, images=True)


def _column_name(said: str) -> str:
    name = said.strip()
    if not name:
        raise Invalid(_("Give each column a name."), field="columns")
    if len(name) > 40:
        raise Invalid(_("A column's name can have %(n)s characters.") % {"n": 40}, field="columns")
    return name
