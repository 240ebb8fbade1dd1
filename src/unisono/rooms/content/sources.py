"""Ideas made of what came in: a feed's entry, a colleague's request, a date that comes near."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid, NotFound
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content import board, ideas
from unisono.rooms.content.models import Idea, Post
from unisono.rooms.content.queries import variants_of
from unisono.rooms.feeds import actions as feeds
from unisono.rooms.feeds.models import FeedEntry
from unisono.rooms.library import actions as library
from unisono.rooms.library import queries as library_queries
from unisono.rooms.library.images import NotAnImage
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.requests.models import Request


def from_entry(entry: FeedEntry, *, by: Actor, now: datetime) -> Idea:
    """An idea of a feed's entry, which leaves the shelf."""
    with transaction.atomic():
        feeds.take(entry, by=by, now=now)
        return ideas.capture(
            title=entry.title,
            note=entry.summary,
            link=entry.link,
            department=entry.feed.department,
            source=Idea.Source.FEED,
            source_name=entry.feed.name,
            origin=entry.pk,
            by=by,
            now=now,
        )


def from_request(request: Request, *, by: Actor, now: datetime) -> Idea:
    """An idea of a request; both know each other from then on.

    Its pictures enter the library and lie on the idea; its other files are found through it.
    """
    if request.department_id:
        by.must(Capability.CAMPAIGN, request.department_id)
    else:
        by.must_anywhere(Capability.CAMPAIGN)
    with transaction.atomic():
        idea = ideas.capture(
            title=request.title,
            note=request.reason,
            link=request.reference,
            department=request.department,
            source=Idea.Source.REQUEST,
            source_name=request.name,
            origin=request.pk,
            request=request,
            by=by,
            now=now,
        )
        _bring_pictures(request, idea, by=by, now=now)
    return idea


def _bring_pictures(request: Request, idea: Idea, *, by: Actor, now: datetime) -> None:
    """What a requester sent is offered to everybody once somebody of the house took it up."""
    for file in request.files.all():
        if not file.is_image:
            continue
        try:
            data = library_queries.bytes_at(file.path)
            asset = library.add_asset(
                data=data, name=file.name, department=request.department, by=by, now=now
            )
        except (NotFound, NotAnImage):
            # Lost by the store, or no longer readable: the idea is worth more than the picture.
            continue
        board.attach(idea, asset, by=by, now=now)


def post_from_request(
    request: Request,
    *,
    department: Department,
    channels: Sequence[Channel] = (),
    by: Actor,
    now: datetime,
) -> Post:
    """A post of a request at once; the idea between them keeps the link."""
    with transaction.atomic():
        idea = from_request(request, by=by, now=now)
        return ideas.develop(idea, department=department, channels=channels, by=by, now=now)


def from_key_date(
    *,
    title: str,
    note: str = "",
    date_id: UUID,
    date_name: str,
    department: Department | None = None,
    by: Actor,
    now: datetime,
) -> Idea:
    """An idea of a date that comes near; `date_id` is the date's own key."""
    return ideas.capture(
        title=title,
        note=note,
        department=department,
        source=Idea.Source.KEY_DATE,
        source_name=date_name,
        origin=date_id,
        by=by,
        now=now,
    )


def post_from_key_date(
    *,
    title: str,
    note: str = "",
    date_id: UUID,
    date_name: str,
    department: Department,
    channels: Sequence[Channel] = (),
    wall: datetime,
    zone: str,
    by: Actor,
    now: datetime,
) -> Post:
    """A post for a date at once, pencilled on every channel; the idea between keeps the link."""
    if not channels:
        raise Invalid(_("Choose a channel: the day is pencilled in on it."), field="channels")
    with transaction.atomic():
        idea = from_key_date(
            title=title, note=note, date_id=date_id, date_name=date_name, department=department,
            by=by, now=now,
        )  # fmt: skip
        post = ideas.develop(idea, department=department, channels=channels, by=by, now=now)
        for variant in variants_of(post):
            content.plan_variant(variant, wall=wall, zone=zone, by=by, now=now)
    return post
