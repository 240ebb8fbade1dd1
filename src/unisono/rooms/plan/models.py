from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from unisono.kernel.rows import OrgRow
from unisono.rooms.people.models import Department, Member


class Metric(models.TextChoices):
    """What an objective counts. All but the entered one are measured from publications."""

    REACH = "reach", _("Reach (views)")
    ENGAGEMENT = "engagement", _("Engagement (likes, comments, shares)")
    CLICKS = "clicks", _("Clicks")
    COMMENTS = "comments", _("Comments")
    POSTS = "posts", _("Posts published")
    ENTERED = "entered", _("A figure entered by hand or by API")


COUNTED_AS = {
    Metric.REACH: _("views"),
    Metric.ENGAGEMENT: _("reactions"),
    Metric.CLICKS: _("clicks"),
    Metric.COMMENTS: _("comments"),
    Metric.POSTS: _("posts"),
}
"""What a figure counts where its objective gives no unit of its own."""


class Objective(OrgRow):
    """A business goal: so much of a metric within a period. Progress is computed, never stored."""

    name = models.CharField(max_length=120)
    why = models.TextField(blank=True)
    metric = models.CharField(max_length=12, choices=Metric.choices)
    unit = models.CharField(max_length=30, blank=True)
    target = models.PositiveBigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="children",
    )
    owner = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "objective"
        ordering = ["ends_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="objective_period",
            ),
            models.CheckConstraint(condition=models.Q(target__gt=0), name="objective_target"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def counts(self) -> str:
        """What its figure counts, such as “visits”; may be empty."""
        return self.unit or str(COUNTED_AS.get(Metric(self.metric), ""))


class Reading(OrgRow):
    """A value of an entered objective, as somebody or some program reported it."""

    append_only = True

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="readings")
    value = models.PositiveBigIntegerField()
    read_at = models.DateTimeField()
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)

    class Meta:
        db_table = "reading"
        ordering = ["-read_at"]


class Campaign(OrgRow):
    """A window with a brief, in service of an objective."""

    name = models.CharField(max_length=120)
    brief = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    objective = models.ForeignKey(
        Objective,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="campaigns",
    )
    owner = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "campaign"
        ordering = ["starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="campaign_window",
            )
        ]

    def __str__(self) -> str:
        return self.name
