"""Who hears of ideas, feeds and requests."""

from __future__ import annotations

from unisono.kernel.models import Event
from unisono.rooms.content.models import Idea, IdeaComment
from unisono.rooms.feeds.models import Feed
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.people.queries import holders
from unisono.rooms.requests.models import Request


def idea_commented(event: Event) -> None:
    """Who captured an idea and those who commented before learn of a comment."""
    idea = Idea.objects.get(pk=event.subject_id)
    said = IdeaComment.objects.filter(idea=idea, by__isnull=False)
    people = {*said.values_list("by", flat=True), idea.captured_by_id}
    ids = [pk for pk in people if pk and pk != event.by_id]
    notifications.tell(
        Member.objects.filter(pk__in=ids, state="active"),
        event.kind,
        {"who": event.by_name, "title": idea.title},
        link=f"/ideas/{idea.pk}/",
        now=event.at,
    )


def feed_failing(event: Event) -> None:
    """The owner of a feed learns once that it cannot be read."""
    feed = Feed.objects.select_related("owner").get(pk=event.subject_id)
    owner = feed.owner if feed.owner and feed.owner.state == "active" else None
    notifications.tell(
        [owner] if owner else holders(Capability.CAMPAIGN, feed.department_id),
        event.kind,
        {"feed": feed.name},
        link="/ideas/sources/",
        now=event.at,
    )


def request_made(event: Event) -> None:
    """Those who decide on requests learn of a new one."""
    row = Request.objects.get(pk=event.subject_id)
    told = holders(Capability.CAMPAIGN, row.department_id)
    notifications.tell(
        [member for member in told if member.pk != event.by_id],
        event.kind,
        {"who": row.name, "title": row.title},
        link=f"/requests/{row.pk}/",
        now=event.at,
    )


def request_answered(event: Event) -> None:
    """Who asked back learns of the answer, else those who decide."""
    row = Request.objects.get(pk=event.subject_id)
    last = row.words.filter(asks=True).select_related("by").last()
    asker = last.by if last and last.by and last.by.state == "active" else None
    notifications.tell(
        [asker] if asker else holders(Capability.CAMPAIGN, row.department_id),
        event.kind,
        {"who": row.name, "title": row.title},
        link=f"/requests/{row.pk}/",
        now=event.at,
    )
