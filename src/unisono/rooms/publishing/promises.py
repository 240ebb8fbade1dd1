"""What became of requests: the posts made of them, how far they are, and where they are out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unisono.kernel.events import together
from unisono.kernel.models import Event
from unisono.rooms.content.models import Idea, Post
from unisono.rooms.people.actors import system
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.standings import standing
from unisono.rooms.requests import actions as requests
from unisono.rooms.requests.models import Request


def posts_of(request: Request) -> list[Post]:
    """The posts made of a request: of its ideas, and of those they were merged into."""
    ideas, waiting = set(), list(Idea.objects.filter(request=request))
    while waiting:
        idea = waiting.pop()
        if idea.pk in ideas:
            continue
        ideas.add(idea.pk)
        if idea.merged_into is not None:
            waiting.append(idea.merged_into)
    return list(Post.objects.filter(idea__in=ideas, removed_at=None).order_by("written_at"))


def outcome(request: Request) -> dict[str, Any]:
    """Where a request stands as its maker may see it: the badge, the next time, what is out.

    `badge` is that of the posts, the furthest back first; "" while there is none. `due_at` is the
    next instant something goes out, `out` lists (url, channel, at) of what is public.
    """
    posts = posts_of(request)
    badges = [found["state"] for found in standing(posts).values()]
    rows = Publication.objects.filter(variant__post__in=posts, part=0).select_related("channel")
    published = [row for row in rows if row.state == "published"]
    ahead = sorted(row.due_at for row in rows if row.state == "scheduled")
    return {
        "badge": _least(badges),
        "due_at": ahead[0] if ahead else None,
        "out": [
            {"url": row.url, "channel": row.channel.name, "at": row.published_at}
            for row in sorted(published, key=lambda row: row.published_at or row.due_at)
        ],
    }


@together
def request_served(events: Sequence[Event]) -> None:
    """A promised request is done when the first of its posts is out."""
    rows = Publication.objects.filter(
        pk__in=[event.subject_id for event in events], variant__post__idea__isnull=False
    ).select_related("variant__post__idea")
    out = {event.subject_id: event for event in events}
    for row in rows:
        idea, event = row.variant.post.idea, out[row.pk]
        open_ones = Request.objects.filter(
            pk__in=_asked_through(idea) if idea else (), state__in=("new", "promised")
        )
        for request in open_ones:
            requests.finish(request, by=system(event.organization_id), now=event.at)


def _asked_through(idea: Idea) -> set[Any]:
    """The requests an idea answers: its own, and those of ideas merged into it."""
    found, waiting = set(), [idea]
    while waiting:
        one = waiting.pop()
        if one.request_id:
            found.add(one.request_id)
        waiting += one.merged.all()
    return found


LEAST = (
    "draft", "changes_asked", "in_review", "approved", "failed", "unknown", "incomplete", "gone",
    "changed", "held",
    "publishing", "scheduled", "published",
)  # fmt: skip


def _least(badges: list[str]) -> str:
    return next((state for state in LEAST if state in badges), "")
