"""What an organization's own figures say of its audience: samples out of the tables, and belief."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from unisono.kernel import clock
from unisono.rooms.channels.queries import channels as all_channels
from unisono.rooms.metrics.models import ActivitySample, Figure
from unisono.rooms.metrics.models import Sample as Counted
from unisono.rooms.orchestration.audience.learning import Learned, Place, learn
from unisono.rooms.orchestration.audience.prior import Activity, Known
from unisono.rooms.orchestration.audience.samples import Sample
from unisono.rooms.orchestration.audience.week import HOURS, hour_of_week, zone_of
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan import occasions
from unisono.rooms.publishing.models import Publication

LOOKED_BACK = timedelta(days=365)
MOST_POSTS = 4_000
"""The latest posts that are learnt from; what lies further back has faded by then."""

FIGURES = (Figure.VIEWS, Figure.LIKES)
"""What stands for the response to a post: the first that its network counts."""

_kept: dict[UUID, tuple[Any, Learned]] = {}
"""By organization what was learnt last, and from which samples, which days and which channels."""


def learned(actor: Actor, *, now: datetime) -> Learned:
    """What is believed of each channel of the actor's organization, from its own figures alone.

    Learnt anew when there are new samples, and each day, since old ones fade.
    """
    organization = actor.organization
    today = clock.to_wall(now, organization.zone).date()
    places = [
        (str(pk), network)
        for pk, network in all_channels(actor)
        .exclude(state="disconnected")
        .order_by("pk")
        .values_list("pk", "network")
    ]
    counted = Counted.objects.filter(observed_at__lte=now).aggregate(
        Max("observed_at"), Count("pk")
    )
    told = _activities(organization.zone, now)
    mark = (*counted.values(), today, tuple(places), sum(map(len, told.values())))
    known = _kept.get(organization.pk)
    if known is None or known[0] != mark:
        holidays = _holidays(actor, now)
        found = learn(
            samples(actor, now=now),
            [Place(pk, network, organization.zone, holidays=holidays) for pk, network in places],
            Known(activities=told),
            now=now,
        )
        known = _kept[organization.pk] = (mark, found)
    return known[1]


def samples(
    actor: Actor, publications: Iterable[UUID] | None = None, *, now: datetime
) -> list[Sample]:
    """The counts of the organization's posts, or of these, as they are learnt from."""
    figures = _figures(now)
    sent = _sent(now)
    if publications is not None:
        sent = sent.filter(pk__in=list(publications))
    about = {
        pk: (channel, network, at, _format(media, follow_ups), topic)
        for pk, channel, network, at, media, follow_ups, topic in sent.values_list(
            "pk", "channel_id", "channel__network", "published_at", "revision__media",
            "revision__follow_ups", "variant__post__campaign_id",
        )[:MOST_POSTS]
    }  # fmt: skip
    rows = Counted.objects.filter(publication__in=list(about), observed_at__lte=now)
    zone = actor.organization.zone
    found = []
    for pk, figure, value, seen_at in rows.values_list(
        "publication_id", "figure", "value", "observed_at"
    ):
        channel, network, at, kind, topic = about[pk]
        if at and figure == figures.get(network):
            found.append(
                Sample(str(pk), str(channel), network, at, zone, value, seen_at,
                       f"{figure}/1", kind, str(topic or ""))
            )  # fmt: skip
    return found


def hour_at(actor: Actor, at: datetime) -> int:
    """The hour of the week in which an instant lies for the organization's audience, 0 to 167."""
    return int(hour_of_week(at, actor.organization.zone, frozenset()))


def _activities(zone: str, now: datetime) -> dict[str, list[Activity]]:
    """By channel when its followers are online, week by week, by the hours of `zone`."""
    rows = ActivitySample.objects.filter(
        observed_at__gte=now - LOOKED_BACK, observed_at__lte=now
    ).exclude(zone="")
    found: dict[str, list[Activity]] = {}
    for channel, there, online, at in rows.values_list(
        "channel_id", "zone", "online", "observed_at"
    ):
        numbers = _on_wall(online, there, zone, at)
        found.setdefault(str(channel), []).append(Activity(numbers, at))
    return found


def _on_wall(numbers: list[float], there: str, here: str, at: datetime) -> list[float]:
    """Numbers by the hours of one zone, by those of another, as far apart as they were then."""
    later = at.astimezone(zone_of(here)).utcoffset()
    sooner = at.astimezone(zone_of(there)).utcoffset()
    assert later is not None
    assert sooner is not None
    apart = round((later - sooner) / timedelta(hours=1))
    return [numbers[(hour - apart) % HOURS] for hour in range(HOURS)]


def _sent(now: datetime) -> QuerySet[Publication]:
    rows: QuerySet[Publication] = Publication.objects.filter(
        state="published", part=0, published_at__gte=now - LOOKED_BACK, published_at__lte=now
    ).order_by("-published_at")
    return rows


def _figures(now: datetime) -> dict[str, str]:
    """By network the figure that stands for the response to a post."""
    rows = (
        Counted.objects.filter(
            figure__in=FIGURES, observed_at__gte=now - LOOKED_BACK, observed_at__lte=now
        )
        .order_by()
        .values_list("publication__channel__network", "figure")
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for network, figure in rows:
        found.setdefault(network, set()).add(figure)
    return {
        network: next(str(figure) for figure in FIGURES if figure in counted)
        for network, counted in found.items()
    }


def _format(media: list[dict[str, Any]], follow_ups: list[str]) -> str:
    if any(str(one.get("mime", "")).startswith("video/") for one in media):
        return "video"
    if media:
        return "pictures" if len(media) > 1 else "picture"
    return "thread" if follow_ups else "text"


def _holidays(actor: Actor, now: datetime) -> frozenset[Any]:
    today = clock.to_wall(now, actor.organization.zone).date()
    found = occasions.occasions(actor, today - LOOKED_BACK, today + timedelta(days=60))
    return frozenset(one.on for one in found if one.kind == occasions.Kind.HOLIDAY)
