from __future__ import annotations

from django.db import models

from unisono.kernel.rows import OrgRow
from unisono.rooms.channels.models import Channel
from unisono.rooms.publishing.models import Publication, ReadAgain


class Figure(models.TextChoices):
    """The metrics a network may offer for a post; values are life-to-date counts."""

    VIEWS = "views"
    LIKES = "likes"
    COMMENTS = "comments"
    SHARES = "shares"
    CLICKS = "clicks"


class Watch(ReadAgain):
    """When a publication's figures are read next, and how the last reading went."""

    sampled_at = models.DateTimeField(null=True)
    misses = models.PositiveIntegerField(default=0)

    class Meta(ReadAgain.Meta):
        db_table = "watch"


class Sample(OrgRow):
    """One metric of one publication as observed at one instant; kept only when it changed."""

    append_only = True

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="samples")
    figure = models.CharField(max_length=10, choices=Figure.choices)
    value = models.PositiveBigIntegerField()
    observed_at = models.DateTimeField()

    class Meta:
        db_table = "sample"
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "figure", "observed_at"], name="sample_once"
            )
        ]


class DailyFigure(OrgRow):
    """What one publication earned of one metric on one day of the organization's zone.

    `total` is the life-to-date value at the day's last sample, `gain` what the day added.
    """

    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, related_name="daily_figures"
    )
    figure = models.CharField(max_length=10, choices=Figure.choices)
    day = models.DateField()
    total = models.PositiveBigIntegerField()
    gain = models.BigIntegerField()

    class Meta:
        db_table = "daily_figure"
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "figure", "day"], name="daily_figure_once"
            )
        ]
        indexes = [models.Index(fields=["organization_id", "day", "figure"])]


class FollowerSample(OrgRow):
    """How many followed a channel on one day; empty where its network does not say."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="follower_samples")
    day = models.DateField()
    followers = models.PositiveBigIntegerField(null=True)
    observed_at = models.DateTimeField()

    class Meta:
        db_table = "follower_sample"
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "day"], name="follower_sample_once")
        ]


class ActivitySample(OrgRow):
    """When a channel's followers are online, as its network told in one week of the organization's
    zone, which begins on `week`, a Monday.

    `online` are 168 relative numbers from Monday 00:00 on the wall of `zone`; empty where the
    network does not say.
    """

    append_only = True

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="activity_samples")
    week = models.DateField()
    zone = models.CharField(max_length=64, blank=True)
    online: models.JSONField[list[float]] = models.JSONField(default=list)
    observed_at = models.DateTimeField()

    class Meta:
        db_table = "activity_sample"
        ordering = ["week"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "week"], name="activity_sample_once")
        ]
