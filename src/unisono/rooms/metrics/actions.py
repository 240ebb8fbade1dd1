"""The verbs of metrics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import transaction

from unisono.kernel import clock, events
from unisono.networks import registry
from unisono.networks.contract import Figures, Measures
from unisono.networks.surveys import Online
from unisono.rooms.channels.models import Channel
from unisono.rooms.metrics.models import ActivitySample, DailyFigure, FollowerSample, Sample, Watch
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.models import Publication

CADENCE: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(minutes=10), timedelta(seconds=15)),
    (timedelta(hours=1), timedelta(minutes=2)),
    (timedelta(days=1), timedelta(minutes=15)),
    (timedelta(days=7), timedelta(hours=2)),
    (timedelta(days=30), timedelta(days=1)),
)
"""Up to this age of a publication, its figures are read this often; older ones no more."""

PATIENCE = 12
"""After so many readings in a row without an answer, the figures are left as they are."""


def watch_all(publications: Iterable[Publication], *, now: datetime) -> None:
    """Begin to read the figures of publications, where their networks offer any."""
    Watch.objects.bulk_create(
        [
            Watch(publication=publication, next_at=now + CADENCE[0][1])
            for publication in publications
            if registry.adapter(publication.channel.network).offers(Measures)
        ],
        ignore_conflicts=True,
    )


def record_figures(
    publication: Publication, figures: Figures, *, by: Actor, now: datetime
) -> list[Sample]:
    """Keep what was observed at `now`: a sample per changed metric, and the day's roll-up."""
    latest = _latest(publication)
    day = clock.to_wall(now, by.organization.zone).date()
    kept = []
    with transaction.atomic():
        for figure, value in asdict(figures).items():
            if value is None or latest.get(figure) == value:
                continue
            kept.append(
                Sample(publication=publication, figure=figure, value=value, observed_at=now)
            )
        Sample.objects.bulk_create(kept, ignore_conflicts=True)
        _roll_up(publication, day, kept)
        Watch.objects.filter(publication=publication).update(
            sampled_at=now, misses=0, next_at=next_reading(publication, now)
        )
        if kept:
            events.announce(
                publication.organization_id,
                "figures.sampled",
                f"publication:{publication.pk}",
            )
    return kept


def missed(publication: Publication, *, now: datetime) -> None:
    """The network gave no figures this time: ask later, and not for ever."""
    found = Watch.objects.get(publication=publication)
    found.misses += 1
    later = now + timedelta(minutes=5) * min(found.misses, PATIENCE)
    found.next_at = None if found.misses >= PATIENCE else later
    found.save(update_fields=["misses", "next_at"])


def wants_followers(channel: Channel, *, by: Actor, now: datetime) -> bool:
    """Whether nobody has counted a channel's followers on this day of the organization yet."""
    day = clock.to_wall(now, by.organization.zone).date()
    return not FollowerSample.objects.filter(channel=channel, day=day).exists()


def record_followers(channel: Channel, followers: int | None, *, by: Actor, now: datetime) -> None:
    """Keep how many followed a channel on the day of `now`; None: its network does not say."""
    day = clock.to_wall(now, by.organization.zone).date()
    FollowerSample.objects.update_or_create(
        channel=channel, day=day, defaults={"followers": followers, "observed_at": now}
    )


def wants_activity(channel: Channel, *, by: Actor, now: datetime) -> bool:
    """Whether nobody has asked in this week of the organization when followers are online."""
    return not ActivitySample.objects.filter(channel=channel, week=_week(by, now)).exists()


def record_activity(channel: Channel, told: Online | None, *, by: Actor, now: datetime) -> None:
    """Keep when a channel's followers are online in the week of `now`, as told first; None: its
    network does not say."""
    zone, numbers = (told.zone, list(told.numbers)) if told else ("", [])
    sample = ActivitySample(
        channel=channel, week=_week(by, now), zone=zone, online=numbers, observed_at=now
    )
    ActivitySample.objects.bulk_create([sample], ignore_conflicts=True)


def next_reading(publication: Publication, now: datetime) -> datetime | None:
    """When the figures are read next, by the publication's age; None: no more."""
    age = now - (publication.published_at or now)
    for limit, pause in CADENCE:
        if age <= limit:
            return now + pause
    return None


def _week(by: Actor, now: datetime) -> date:
    """The Monday of the organization's week."""
    day = clock.to_wall(now, by.organization.zone).date()
    return day - timedelta(days=day.weekday())


def _latest(publication: Publication) -> dict[str, int]:
    rows = (
        Sample.objects.filter(publication=publication)
        .order_by("figure", "-observed_at")
        .distinct("figure")
    )
    return dict(rows.values_list("figure", "value"))


def _roll_up(publication: Publication, day: date, samples: list[Sample]) -> None:
    """Bring the day's figures up to what was observed last, in two statements for all metrics."""
    if not samples:
        return
    earlier = DailyFigure.objects.filter(publication=publication, day__lt=day)
    rows = earlier.order_by("figure", "-day").distinct("figure")
    before = dict(rows.values_list("figure", "total"))
    DailyFigure.objects.bulk_create(
        [
            DailyFigure(
                publication=publication,
                figure=sample.figure,
                day=day,
                total=sample.value,
                gain=sample.value - before.get(sample.figure, 0),
            )
            for sample in samples
        ],
        update_conflicts=True,
        unique_fields=["publication", "figure", "day"],
        update_fields=["total", "gain"],
    )
