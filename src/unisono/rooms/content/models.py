from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unisono.kernel.rows import OrgRow
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.recurrence import End, Rule
from unisono.rooms.content.states import IDEA, OCCURRENCE, SERIES
from unisono.rooms.library.models import Asset, Tag
from unisono.rooms.people.models import Department, Language, Member
from unisono.rooms.plan.models import Audience, Campaign, Objective
from unisono.rooms.requests.models import Request


class IdeaColumn(OrgRow):
    """A column of the board: how far the thinking has come, in the organization's own words."""

    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "idea_column"
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Idea(OrgRow):
    """A captured thought, of anybody's.

    It lies in a column of the board (None: the first) at its `place`, lowest first. `source` says
    where it came from, `source_name` in words; `origin` is the key of the message, entry or date it
    was made of, without a foreign key, since some of these stand on a higher floor. A merged idea
    is dropped and stays as a link to the one it was `merged_into`.
    """

    class Source(models.TextChoices):
        TYPED = "typed", _("Written down")
        CLIP = "clip", _("Web page")
        FEED = "feed", _("Feed")
        MESSAGE = "message", _("Message")
        REQUEST = "request", _("Request")
        KEY_DATE = "key_date", _("Key date")

    title = models.CharField(max_length=160)
    note = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.SET_NULL)
    column = models.ForeignKey(
        IdeaColumn, null=True, blank=True, on_delete=models.PROTECT, related_name="ideas"
    )
    place = models.IntegerField(default=0)
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.TYPED)
    source_name = models.CharField(max_length=200, blank=True)
    origin = models.UUIDField(null=True)
    request = models.ForeignKey(
        Request, null=True, blank=True, on_delete=models.SET_NULL, related_name="ideas"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged"
    )
    captured_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    captured_at = models.DateTimeField()
    state = IDEA.field()

    class Meta:
        db_table = "idea"
        ordering = ["-captured_at"]
        constraints = [IDEA.constraint()]
        indexes = [
            models.Index(fields=["origin"], condition=Q(origin__isnull=False), name="idea_origin")
        ]

    def __str__(self) -> str:
        return self.title


class OnIdea(OrgRow):
    """What is put on an idea. What a merge brought names the idea it came from, so that it can be
    taken apart again."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="%(class)s_set")
    merged_from = models.ForeignKey(Idea, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class IdeaVote(OnIdea):
    """One member is for an idea."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE)

    class Meta:
        db_table = "idea_vote"
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="idea_vote_once")]


class IdeaTag(OnIdea):
    """A tag on an idea."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="ideas")

    class Meta:
        db_table = "idea_tag"
        ordering = ["tag__name"]
        constraints = [models.UniqueConstraint(fields=["idea", "tag"], name="idea_tag_once")]


class IdeaImage(OnIdea):
    """An image of the library that belongs to an idea."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="idea_uses")

    class Meta:
        db_table = "idea_image"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["idea", "asset"], name="idea_image_once")]


class IdeaComment(OnIdea):
    """A remark on an idea, among colleagues."""

    text = models.TextField()
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    class Meta:
        db_table = "idea_comment"
        ordering = ["at"]


class Post(OrgRow):
    """The content item: a common text and its images, adapted to channels by variants.

    `follow_ups` are the texts that go out under it, each as a reply to the one before: further
    parts of a thread, or a first comment. `version` counts changes, so that two people editing at
    once notice each other.
    """

    title = models.CharField(max_length=160)
    text = models.TextField(blank=True)
    follow_ups: models.JSONField[list[str]] = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.EN)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts"
    )
    objective = models.ForeignKey(
        Objective,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="posts",
    )
    idea = models.ForeignKey(
        Idea, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts"
    )
    written_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)
    audiences = models.ManyToManyField(Audience, through="PostAudience", related_name="posts")

    class Meta:
        db_table = "post"
        ordering = ["-changed_at"]
        indexes = [models.Index(fields=["organization_id", "-changed_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def serves(self) -> Objective | None:
        """The objective this content answers: its own, else its campaign's."""
        if self.objective_id:
            return self.objective
        return self.campaign.objective if self.campaign_id and self.campaign else None

    @property
    def speaks_to(self) -> list[Audience]:
        """The audiences it is for: its own, else its campaign's. Prefetch `audiences` and
        `campaign__audiences` where many are asked."""
        own = list(self.audiences.all())
        return own or (list(self.campaign.audiences.all()) if self.campaign else [])


class PostAudience(OrgRow):
    """An audience a post is for, in the place of its campaign's."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    audience = models.ForeignKey(Audience, on_delete=models.CASCADE)

    class Meta:
        db_table = "post_audience"
        constraints = [
            models.UniqueConstraint(fields=["post", "audience"], name="post_audience_once")
        ]


class PostImage(OrgRow):
    """An image of a post at its place, with the alt text it has here."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="images")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField()
    alt = models.TextField(blank=True)

    class Meta:
        db_table = "post_image"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["post", "asset"], name="post_image_once")]


class Variant(OrgRow):
    """A post's adaptation to one channel. `text` None: it follows the common text, and
    `follow_ups` None: the common follow-ups.

    The planned time is what was meant: the wall time (`2026-03-11T08:50`) and the zone it was said
    in; `planned_at` is the instant they mean under today's zone rules. `digest` is that of the
    revision the content would freeze to as it stands now.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="variants")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="variants")
    text = models.TextField(null=True, blank=True)
    follow_ups: models.JSONField[list[str] | None] = models.JSONField(null=True, blank=True)
    options: models.JSONField[Any] = models.JSONField(default=dict)
    planned_wall = models.CharField(max_length=16, blank=True)
    planned_zone = models.CharField(max_length=60, blank=True)
    planned_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "variant"
        ordering = ["channel__network", "channel__name"]
        constraints = [models.UniqueConstraint(fields=["post", "channel"], name="variant_once")]
        indexes = [
            models.Index(
                fields=["organization_id", "planned_at"],
                condition=Q(planned_at__isnull=False),
                name="variant_planned",
            )
        ]

    @property
    def words(self) -> str:
        """The text as it stands for this channel."""
        return self.post.text if self.text is None else self.text

    @property
    def parts(self) -> list[str]:
        """The follow-ups as they stand for this channel."""
        own: list[str] | None = self.follow_ups
        common: list[str] = self.post.follow_ups
        return common if own is None else own


class Revision(OrgRow):
    """The immutable snapshot of a variant that is reviewed and sent.

    `media` lists {asset, sha256, mime, width, height, size, alt} in order; `digest` covers all
    that reaches the network.
    """

    append_only = True

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="revisions")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    follow_ups: models.JSONField[list[str]] = models.JSONField(default=list)
    language = models.CharField(max_length=5)
    media: models.JSONField[Any] = models.JSONField(default=list)
    options: models.JSONField[Any] = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    frozen_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    frozen_at = models.DateTimeField()

    class Meta:
        db_table = "revision"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["variant", "number"], name="revision_number_once"),
            models.UniqueConstraint(fields=["variant", "digest"], name="revision_digest_once"),
        ]


class Series(OrgRow):
    """A pattern that becomes an ordinary post again and again, by a rule, up to an end.

    `follow_ups` go out under each of its posts. `wall` and `zone` are the anchor as it was meant,
    from which every date is computed. The posts up to `made_until` have been made, or reported as
    missed; `last_at` is the instant of the last. `version` counts changes of the pattern or the
    rule.
    """

    title = models.CharField(max_length=160)
    text = models.TextField(blank=True)
    follow_ups: models.JSONField[list[str]] = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.EN)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.SET_NULL, related_name="series"
    )
    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.SET_NULL, related_name="series"
    )
    every = models.CharField(max_length=5)
    interval = models.PositiveSmallIntegerField(default=1)
    weekdays: models.JSONField[Any] = models.JSONField(default=list)
    nth = models.SmallIntegerField(default=0)
    wall = models.CharField(max_length=16)
    zone = models.CharField(max_length=60)
    until = models.DateField(null=True)
    count = models.PositiveSmallIntegerField(null=True)
    made_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    made_until = models.DateTimeField()
    last_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    state = SERIES.field()

    class Meta:
        db_table = "series"
        ordering = ["-changed_at"]
        constraints = [
            SERIES.constraint(),
            models.CheckConstraint(
                condition=Q(until=None) ^ Q(count=None), name="series_has_one_end"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> Rule:
        return Rule(self.every, self.interval, tuple(self.weekdays), self.nth)

    @property
    def anchor(self) -> datetime:
        """The naive wall time of the first occurrence."""
        return datetime.fromisoformat(self.wall)

    @property
    def end(self) -> End:
        return End(self.until, self.count)


class SeriesChannel(OrgRow):
    """A channel of the pattern, with its own text and follow-ups (None: the common ones) and
    options."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="channels")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="series")
    text = models.TextField(null=True, blank=True)
    follow_ups: models.JSONField[list[str] | None] = models.JSONField(null=True, blank=True)
    options: models.JSONField[Any] = models.JSONField(default=dict)

    class Meta:
        db_table = "series_channel"
        ordering = ["channel__network", "channel__name"]
        constraints = [
            models.UniqueConstraint(fields=["series", "channel"], name="series_channel_once")
        ]


class SeriesImage(OrgRow):
    """An image of the pattern at its place."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="images")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="series_uses")
    position = models.PositiveSmallIntegerField()
    alt = models.TextField(blank=True)

    class Meta:
        db_table = "series_image"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["series", "asset"], name="series_image_once")
        ]


class Occurrence(OrgRow):
    """What became of one day of a series: the post that was made for it, or why there is none.

    `day` is the day the rule meant, whatever time the post was given since; at most one row a day
    is what keeps two generators from making two posts. `post_version` is that of the post as the
    series left it: another one, and somebody has edited it by hand.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="occurrences")
    day = models.DateField()
    wall = models.CharField(max_length=16)
    zone = models.CharField(max_length=60)
    at = models.DateTimeField()
    post = models.OneToOneField(
        Post, null=True, on_delete=models.SET_NULL, related_name="occurrence"
    )
    post_version = models.PositiveIntegerField(default=0)
    state = OCCURRENCE.field()

    class Meta:
        db_table = "occurrence"
        ordering = ["day"]
        constraints = [
            OCCURRENCE.constraint(),
            models.UniqueConstraint(fields=["series", "day"], name="occurrence_once"),
        ]
        indexes = [
            models.Index(
                fields=["organization_id"],
                condition=Q(state="made"),
                name="occurrence_made",
            )
        ]
