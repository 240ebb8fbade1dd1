from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from unisono.kernel.rows import OrgRow
from unisono.rooms.channels.models import Channel
from unisono.rooms.people.models import Department, Member


class Metric(models.TextChoices):
    """What an objective or a key result counts. All but the entered one are measured."""

    REACH = "reach", _("Reach (views)")
    ENGAGEMENT = "engagement", _("Engagement (likes, comments, shares)")
    CLICKS = "clicks", _("Clicks")
    COMMENTS = "comments", _("Comments")
    POSTS = "posts", _("Posts published")
    FOLLOWERS = "followers", _("Followers")
    RESPONSE = "response", _("Response time (minutes until a conversation is settled)")
    ENTERED = "entered", _("A figure entered by hand or by API")


COUNTED_AS = {
    Metric.REACH: _("views"),
    Metric.ENGAGEMENT: _("reactions"),
    Metric.CLICKS: _("clicks"),
    Metric.COMMENTS: _("comments"),
    Metric.POSTS: _("posts"),
    Metric.FOLLOWERS: _("followers"),
    Metric.RESPONSE: _("minutes"),
}
"""What a figure counts where its objective gives no unit of its own."""


EARNED_BY_POSTS = (
    Metric.REACH,
    Metric.ENGAGEMENT,
    Metric.CLICKS,
    Metric.COMMENTS,
    Metric.POSTS,
)
"""What posts bring, each of which serves one objective: only this adds up from below."""


class Measure(OrgRow):
    """So much of a metric. Progress is computed, never stored.

    A response time has been reached while it is at or below its target; all else, at or above.
    """

    name = models.CharField(max_length=120)
    metric = models.CharField(max_length=12, choices=Metric.choices)
    unit = models.CharField(max_length=30, blank=True)
    target = models.PositiveBigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def counts(self) -> str:
        """What its figure counts, such as “visits”; may be empty."""
        return self.unit or str(COUNTED_AS.get(Metric(self.metric), ""))


class Objective(Measure):
    """A business goal within a period, with a measure of its own and any number of key results."""

    why = models.TextField(blank=True)
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

    @property
    def goal(self) -> Objective:
        """The objective whose period and contents count."""
        return self


class KeyResult(Measure):
    """A further figure an objective is judged by, in the objective's period.

    `channel` narrows followers to one account; without it, all of the objective's department count.
    """

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="key_results")
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.SET_NULL)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "key_result"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(target__gt=0), name="key_result_target"),
        ]

    @property
    def goal(self) -> Objective:
        """The objective whose period and contents count."""
        return self.objective


class Reading(OrgRow):
    """A value of an entered measure, as somebody or some program reported it.

    Without `key_result` it is the objective's own. One instant has one value: a program that is
    not sure whether its report arrived sends it again.
    """

    append_only = True

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="readings")
    key_result = models.ForeignKey(
        KeyResult, null=True, on_delete=models.CASCADE, related_name="readings"
    )
    value = models.PositiveBigIntegerField()
    read_at = models.DateTimeField()
    pushed = models.BooleanField(default=False)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)

    class Meta:
        db_table = "reading"
        ordering = ["-read_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["objective", "key_result", "read_at"],
                name="reading_once",
                nulls_distinct=False,
            )
        ]


class Audience(OrgRow):
    """Whom we speak to: a group of people with interests, languages and a time zone.

    `languages` are codes such as `fr`, those people speak and not only those Unisono speaks. An
    empty zone says that they live in many.
    """

    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    interests = models.CharField(max_length=300, blank=True)
    languages: models.JSONField[list[str]] = models.JSONField(default=list, blank=True)
    zone = models.CharField(max_length=60, blank=True)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audience"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Campaign(OrgRow):
    """A window with a brief, in service of an objective.

    `brief` says it in short; goal, message, tone, dos, donts and links ([{url, name}]) say it in
    full. `department` leads, `departments` take part and see it as their own. What its posts earn
    counts for `objective`; it helps `objectives` besides. `utm` is the pattern of link parameters
    as `utm.Pattern` keeps it, in which `code` stands for the campaign whatever it is called later.
    """

    name = models.CharField(max_length=120)
    brief = models.TextField(blank=True)
    goal = models.TextField(blank=True)
    message = models.TextField(blank=True)
    tone = models.TextField(blank=True)
    dos = models.TextField(blank=True)
    donts = models.TextField(blank=True)
    links: models.JSONField[list[dict[str, str]]] = models.JSONField(default=list, blank=True)
    budget = models.TextField(blank=True)
    code = models.CharField(max_length=60, blank=True)
    utm: models.JSONField[dict[str, Any]] = models.JSONField(default=dict, blank=True)
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
    departments = models.ManyToManyField(
        Department, through="CampaignDepartment", related_name="joined_campaigns"
    )
    channels = models.ManyToManyField(Channel, through="CampaignChannel", related_name="campaigns")
    audiences = models.ManyToManyField(
        Audience, through="CampaignAudience", related_name="campaigns"
    )
    objectives = models.ManyToManyField(
        Objective, through="CampaignObjective", related_name="helped_by"
    )

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

    def status(self, today: date) -> str:
        """planned, running, ended or archived; only the last leaves a mark in the row."""
        if self.archived_at:
            return "archived"
        if self.ends_on < today:
            return "ended"
        return "running" if self.starts_on <= today else "planned"


class OnCampaign(OrgRow):
    """What a campaign is tied to."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class CampaignDepartment(OnCampaign):
    """A department that takes part beside the one that leads."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE)

    class Meta:
        db_table = "campaign_department"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "department"], name="campaign_department_once"
            )
        ]


class CampaignChannel(OnCampaign):
    """A channel the campaign speaks on."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)

    class Meta:
        db_table = "campaign_channel"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "channel"], name="campaign_channel_once")
        ]


class CampaignAudience(OnCampaign):
    """An audience the campaign speaks to."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE)

    class Meta:
        db_table = "campaign_audience"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "audience"], name="campaign_audience_once")
        ]


class CampaignObjective(OnCampaign):
    """An objective the campaign helps beside the one its posts serve."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE)

    class Meta:
        db_table = "campaign_objective"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "objective"], name="campaign_objective_once"
            )
        ]


class CampaignTemplate(OrgRow):
    """A campaign to be held again: its steps (as `launches.Step` keeps them) around one day."""

    name = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    steps: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "campaign_template"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class KeyDateCountry(OrgRow):
    """A country (ISO 3166-1, such as FR) whose holidays and observances matter here."""

    code = models.CharField(max_length=2)

    class Meta:
        db_table = "key_date_country"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "code"], name="key_date_country_once"
            )
        ]

    def __str__(self) -> str:
        return self.code


class KeyDate(OrgRow):
    """A date of the organization's own, once or each year. Holidays are computed, never stored.

    `lead_days` before it, preparing it is proposed. A yearly 29 February is kept on the 28th in
    other years.
    """

    name = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    on = models.DateField()
    yearly = models.BooleanField(default=False)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    lead_days = models.PositiveSmallIntegerField(default=28)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "key_date"
        ordering = ["on", "name"]

    def __str__(self) -> str:
        return self.name
