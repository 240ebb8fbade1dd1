"""Who hears of which event."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from unisono.kernel.events import together
from unisono.kernel.models import Event
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Occurrence, Variant
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.notifications.models import Notice
from unisono.rooms.notifications.sentences import time
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member, Organization
from unisono.rooms.people.queries import holders
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.turns import stuck_because, turns_of
from unisono.rooms.workflow.models import ApprovalRequest, Comment

FOLLOWS = "publication.follows"
A_WHILE = timedelta(hours=1)


def publication_in_trouble(event: Event) -> None:
    """A failure, hold-back or doubt reaches the author, the scheduler and the channel's people."""
    row = _rows([event.subject_id])[0]
    notifications.tell(
        _concerned([row]),
        event.kind,
        {
            "title": _titled(row),
            "channel": row.channel.name,
            "reason": event.data.get("reason") or row.reason or "",
        },
        link=f"/publications/{row.pk}",
        urgent=True,
        now=event.at,
    )
    followers_wait(event)


def followers_wait(event: Event) -> None:
    """What follows a post that does not go out: its own people learn that it waits."""
    row = _rows([event.subject_id])[0]
    if row.part:
        return
    rows = Publication.objects.filter(
        variant__post__order__after=row.variant.post_id, state="scheduled", part=0, unbound_at=None
    )
    turn = turns_of([row.variant.post_id])[row.variant.post_id]
    if not turn.stuck:
        return
    for waiting in _rows(list(rows.values_list("pk", flat=True))):
        link = f"/publications/{waiting.pk}"
        lately = Notice.objects.filter(kind=FOLLOWS, link=link, at__gt=event.at - A_WHILE)
        if lately.exists():
            # A post on several channels fails on each: that is one piece of news.
            continue
        notifications.tell(
            _concerned([waiting]),
            FOLLOWS,
            {
                "title": _titled(waiting),
                "channel": waiting.channel.name,
                "reason": stuck_because(turn, row.variant.post.title)["reason"],
            },
            link=link,
            urgent=True,
            now=event.at,
        )


def _titled(row: Publication) -> str:
    """The post's title; of a thread with the part it is about: `The doors (3/5)`."""
    title = row.variant.post.title
    return f"{title} ({row.number}/{row.parts})" if row.parts > 1 else title


@together
def publications_late(happened: list[Event]) -> None:
    """Lateness reaches the same people."""
    _tell_by_channel(happened, "publication.late", "publication.late.several")


@together
def publications_at_risk(happened: list[Event]) -> None:
    """So does what would keep a post from going out, while there is time to settle it."""
    _tell_by_channel(happened, "publication.at_risk", "publication.at_risk.several")


@together
def publications_gone(happened: list[Event]) -> None:
    """What is no longer on its network: on an account that was shut it is everything at once."""
    _tell_by_channel(happened, "publication.gone", "publication.gone.several")


@together
def publications_changed(happened: list[Event]) -> None:
    """What was changed on its network by somebody else."""
    _tell_by_channel(happened, "publication.changed", "publication.changed.several")


def _tell_by_channel(happened: list[Event], one: str, many: str) -> None:
    """Of a channel on which it befalls many, one notice."""
    reasons = {event.subject_id: event.data.get("reason") for event in happened}
    channels: dict[UUID, list[Publication]] = {}
    for row in _rows(list(reasons)):
        channels.setdefault(row.channel_id, []).append(row)
    for rows in channels.values():
        first = rows[0]
        several = len(rows) > 1
        notifications.tell(
            _concerned(rows),
            many if several else one,
            {
                "title": _titled(first),
                "channel": first.channel.name,
                "when": time(first.due_at, first.zone),
                "reason": reasons[first.pk] or first.reason or "",
                "n": len(rows),
            },
            link="/due/" if several else f"/publications/{first.pk}",
            urgent=True,
            now=happened[0].at,
        )


def doubt_without_look_up(event: Event) -> None:
    """An unknown that no look-up can settle asks a person at once."""
    if event.data.get("asks"):
        event.kind = "publication.doubtful"
        publication_in_trouble(event)


@together
def occurrence_missed(events: list[Event]) -> None:
    """The author of a series, and who schedules there, learn once what did not go out.

    Events of one occasion are of one series: what a standstill cost is one notice, however many
    days it lasted.
    """
    first = events[0]
    row = Occurrence.objects.select_related("series__made_by").get(pk=first.subject_id)
    series = row.series
    people = [series.made_by] if series.made_by and series.made_by.state == "active" else []
    people += holders(Capability.SCHEDULE, series.department_id)
    channels = ", ".join(first.data.get("channels", ()))
    kind = "occurrence.missed" if channels else "occurrence.unmade"
    title = row.post.title if row.post else series.title
    notifications.tell(
        people,
        kind if len(events) == 1 else "series.unmade",
        {"title": title, "day": row.day.isoformat(), "channels": channels, "n": len(events)},
        link=f"/series/{series.pk}",
        urgent=True,
        now=first.at,
    )


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
    asked = _asked_with(request)
    if asked and asked[0] != request.post_id:
        return
    approvers = [
        member
        for member in holders(Capability.APPROVE, request.department_id)
        if member.pk != request.asked_by_id
    ]
    notifications.tell(
        approvers,
        "series.asked" if len(asked) > 1 else event.kind,
        {"who": event.by_name, "title": request.post.title, "n": len(asked)},
        link=f"/approvals#{request.post_id}",
        now=event.at,
    )


def _asked_with(request: ApprovalRequest) -> list[UUID]:
    """The posts of the same series that were asked about in the same breath, in their order."""
    rows = ApprovalRequest.objects.filter(
        post__occurrence__series__occurrences__post=request.post,
        asked_at=request.asked_at,
        asked_by=request.asked_by,
    )
    return list(rows.order_by("post__occurrence__day").values_list("post", flat=True).distinct())


def approved_in_vain(event: Event) -> None:
    """A post that did not take its pencilled time reaches all who think it will."""
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
    people += holders(Capability.CHANNELS, variant.channel.department_id or post.department_id)
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
    """Who looks after a channel, and whose posts wait for it, learn that it cannot publish."""
    channel = Channel.objects.get(pk=event.subject_id)
    waiting = _waiting(channel)
    if event.kind == "channel.disconnected" and not waiting:
        return
    people = holders(Capability.CHANNELS, channel.department_id)
    people += _wanting([row for row in waiting if row.state == "scheduled"])
    kind = event.kind
    if waiting and kind == "channel.needs_sign_in":
        kind = "channel.needs_sign_in.posts"
    notifications.tell(
        [member for member in people if member.pk != event.by_id],
        kind,
        {"channel": channel.name, **_first_of(waiting)},
        link=f"/channels/{channel.pk}/",
        urgent=True,
        now=event.at,
    )


def channel_expiring(event: Event) -> None:
    """A sign-in that runs out: its people, and those whose posts would not go out any more."""
    channel = Channel.objects.get(pk=event.subject_id)
    end = datetime.fromisoformat(event.data["expires_at"])
    at_risk = [row for row in _waiting(channel) if row.due_at >= end]
    zone = Organization.objects.get(pk=channel.organization_id).zone
    notifications.tell(
        holders(Capability.CHANNELS, channel.department_id) + _wanting(at_risk),
        "channel.expiring.posts" if at_risk else event.kind,
        {"channel": channel.name, "end": time(end, zone), **_first_of(at_risk)},
        link=f"/channels/{channel.pk}/",
        urgent=True,
        now=event.at,
    )


def channel_queue_low(event: Event) -> None:
    """Who looks after a channel learns that what is approved for it does not last."""
    channel = Channel.objects.get(pk=event.subject_id)
    notifications.tell(
        holders(Capability.CHANNELS, channel.department_id),
        event.kind if event.data["days"] else "channel.queue_empty",
        {"channel": channel.name, "n": event.data["days"]},
        link=f"/queue/#channel-{channel.pk}",
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


def _rows(ids: list[UUID]) -> list[Publication]:
    """Publications with all a notice names, by due time."""
    rows = Publication.objects.filter(pk__in=ids).order_by("due_at", "pk")
    return list(rows.select_related("channel", "variant__post__written_by", "scheduled_by"))


def _waiting(channel: Channel) -> list[Publication]:
    """What is to go out on the channel, or is held until it is connected again."""
    waits = Q(state="scheduled") | Q(state="held", reason_code__in=("needs_sign_in", channel.state))
    ids = Publication.objects.filter(waits, channel=channel).values_list("pk", flat=True)
    return _rows(list(ids))


def _first_of(rows: list[Publication]) -> dict[str, object]:
    """How many there are, and the first: its title, and when it is due."""
    if not rows:
        return {}
    first = rows[0]
    title, when = first.variant.post.title, time(first.due_at, first.zone)
    return {"n": len(rows), "title": title, "when": when}


def _wanting(rows: list[Publication]) -> list[Member]:
    """Who scheduled or wrote them."""
    people = [m for row in rows for m in (row.scheduled_by, row.variant.post.written_by)]
    return [member for member in people if member and member.state == "active"]


def _concerned(rows: list[Publication]) -> list[Member]:
    """Who scheduled or wrote them, and who looks after their channels."""
    where = {row.channel.department_id or row.variant.post.department_id for row in rows}
    owners = [m for department in where for m in holders(Capability.CHANNELS, department)]
    return _wanting(rows) + owners
