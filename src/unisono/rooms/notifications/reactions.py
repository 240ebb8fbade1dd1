"""Who hears of which event."""

from __future__ import annotations

from uuid import UUID

from unisono.kernel.models import Event
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Variant
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.people.queries import holders
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow.models import ApprovalRequest, Comment


def publication_in_trouble(event: Event) -> None:
    """A failure, hold-back or doubt reaches the author, the scheduler and the channel's people."""
    row = Publication.objects.select_related("channel", "variant__post", "scheduled_by").get(
        pk=event.subject_id
    )
    post = row.variant.post
    people = [m for m in (row.scheduled_by, post.written_by) if m and m.state == "active"]
    people += holders(Capability.CHANNELS, row.channel.department_id or post.department_id)
    notifications.tell(
        people,
        event.kind,
        {"title": _titled(row), "channel": row.channel.name, "reason": row.reason or ""},
        link=f"/publications/{row.pk}",
        urgent=True,
        now=event.at,
    )


def _titled(row: Publication) -> str:
    """The post's title; of a thread with the part it is about: `The doors (3/5)`."""
    title = row.variant.post.title
    return f"{title} ({row.number}/{row.parts})" if row.parts > 1 else title


def doubt_without_look_up(event: Event) -> None:
    """An unknown that no look-up can settle asks a person at once."""
    if event.data.get("asks"):
        event.kind = "publication.doubtful"
        publication_in_trouble(event)


def approval_asked(event: Event) -> None:
    """Approvers learn what waits for them; a post of many channels is one notice each."""
    request = ApprovalRequest.objects.select_related("post", "asked_by").get(pk=event.subject_id)
    first = (
        ApprovalRequest.objects.filter(post=request.post, asked_at=request.asked_at)
        .order_by("pk")
        .first()
    )
    if first is None or first.pk != request.pk:
        return
    approvers = [
        member
        for member in holders(Capability.APPROVE, request.department_id)
        if member.pk != request.asked_by_id
    ]
    notifications.tell(
        approvers,
        event.kind,
        {"who": event.by_name, "title": request.post.title},
        link=f"/approvals#{request.post_id}",
        now=event.at,
    )


def approved_in_vain(event: Event) -> None:
    """An approved post that could not take its pencilled time reaches all who think it will."""
    variant = Variant.objects.select_related("channel", "post__written_by").get(pk=event.subject_id)
    post = variant.post
    latest = (
        ApprovalRequest.objects.filter(variant=variant, state="approved")
        .select_related("asked_by")
        .order_by("-asked_at")
        .first()
    )
    people = [m for m in (post.written_by, latest and latest.asked_by) if m and m.state == "active"]
    people += holders(Capability.SCHEDULE, post.department_id)
    notifications.tell(
        people,
        "variant.late" if event.data.get("code") == "late" else event.kind,
        {"title": post.title, "channel": variant.channel.name},
        link=f"/posts/{post.pk}",
        urgent=True,
        now=event.at,
    )


def approval_decided(event: Event) -> None:
    """The asker learns the answer; once a post, not once a channel."""
    request = ApprovalRequest.objects.select_related("post", "asked_by").get(pk=event.subject_id)
    if request.asked_by is None or request.asked_by_id == event.by_id:
        return
    decided = Event.objects.filter(
        kind=event.kind,
        at=event.at,
        subject_id__in=ApprovalRequest.objects.filter(post=request.post).values("pk"),
    )
    first = decided.order_by("pk").first()
    if first is None or first.pk != event.pk:
        return
    notifications.tell(
        [request.asked_by],
        event.kind,
        {
            "who": event.by_name,
            "title": request.post.title,
            "note": event.data.get("note", ""),
        },
        link=f"/posts/{request.post_id}",
        now=event.at,
    )


def channel_in_trouble(event: Event) -> None:
    """Those who look after a channel learn that it must be connected again."""
    channel = Channel.objects.get(pk=event.subject_id)
    notifications.tell(
        holders(Capability.CHANNELS, channel.department_id),
        event.kind,
        {"channel": channel.name},
        link="/channels",
        urgent=True,
        now=event.at,
    )


def comment_written(event: Event) -> None:
    """The author of a post and those who commented before learn of a comment."""
    comment = Comment.objects.select_related("post__written_by").get(pk=event.subject_id)
    ids: set[UUID] = set(
        Comment.objects.filter(post=comment.post, by__isnull=False).values_list("by", flat=True)
    )
    if comment.post.written_by_id:
        ids.add(comment.post.written_by_id)
    ids.discard(event.by_id or UUID(int=0))
    notifications.tell(
        Member.objects.filter(pk__in=ids, state="active"),
        event.kind,
        {"who": event.by_name, "title": comment.post.title},
        link=f"/posts/{comment.post_id}",
        now=event.at,
    )
