from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from unisono.kernel.rows import OrgRow, Row
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Post, Revision, Variant
from unisono.rooms.people.models import Department, Member
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing.states import LIVE, PUBLICATION

A_DELIVERY = timedelta(minutes=2)
"""Longer than one delivery takes, once it has begun."""


class TimeKind(models.TextChoices):
    """How the time was meant: a wall time in a zone, or one fixed instant."""

    WALL = "wall"
    INSTANT = "instant"


class Publication(OrgRow):
    """One revision, or a part of it, going out on one channel at one time.

    `part` 0 is the post itself, 1 and on are its follow-ups, of `parts` in all; each replies to
    `reply_to`, which is known once the part before is out. All share the post's `occurrence`.

    `wall` and `zone` say what was meant, `due_at` the instant it means. `next_at` is when the
    ledger looks at the row next (due, back-off or look-up). `handle` is the adapter's identity of
    the post, stored before the first byte. `fence` counts claims: a writer with an old fence lost.
    `prepared_until` is how long what was prepared ahead of the time (see `preflight`) surely lasts.
    `unbound_at` is when a person decided to send it whatever it should wait for (see `turns`).
    """

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="publications")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="publications")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="publications")
    occurrence = models.PositiveIntegerField(default=0)
    part = models.PositiveSmallIntegerField(default=0)
    parts = models.PositiveSmallIntegerField(default=1)
    reply_to: models.JSONField[Any] = models.JSONField(null=True)
    state = PUBLICATION.field()
    kind = models.CharField(max_length=8, choices=TimeKind.choices, default=TimeKind.WALL)
    wall = models.CharField(max_length=16)
    zone = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    handle: models.JSONField[Any] = models.JSONField(default=dict)
    prepared_until = models.DateTimeField(null=True)
    unbound_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    first_armed_at = models.DateTimeField(null=True)
    armed_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)
    remote_id = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=500, blank=True)
    reason_code = models.CharField(max_length=30, blank=True)
    reason: models.JSONField[Any] = models.JSONField(null=True)
    scheduled_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    scheduled_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "publication"
        ordering = ["due_at", "pk"]
        constraints = [
            PUBLICATION.constraint(),
            models.UniqueConstraint(
                fields=["variant", "occurrence", "part"],
                condition=Q(state__in=LIVE),
                name="publication_one_live",
            ),
            models.UniqueConstraint(
                fields=["channel", "remote_id"],
                condition=~Q(remote_id=""),
                name="publication_remote_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(state="scheduled"),
                name="publication_due",
            ),
            models.Index(
                fields=["next_at"],
                condition=Q(state="unknown"),
                name="publication_doubtful",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state="publishing"),
                name="publication_leased",
            ),
            models.Index(
                fields=["channel", "next_at"],
                condition=Q(state="scheduled"),
                name="publication_lane",
            ),
            models.Index(fields=["organization_id", "due_at"]),
            models.Index(fields=["variant", "state"]),
        ]

    @property
    def words(self) -> str:
        """The text of this part."""
        return self.revision.follow_ups[self.part - 1] if self.part else self.revision.text

    @property
    def number(self) -> int:
        """Which part this is, as people count."""
        return self.part + 1

    def ready_at(self, instant: datetime) -> bool:
        """Whether what was prepared ahead still lasts for a delivery that begins at `instant`."""
        return self.prepared_until is not None and instant + A_DELIVERY <= self.prepared_until

    @property
    def waits(self) -> bool:
        """Whether the part before it is not out yet."""
        return self.part > 0 and self.state == "scheduled" and self.next_at is None


class Attempt(OrgRow):
    """One permission to send, written and committed before the network is called."""

    class Phase(models.TextChoices):
        PREPARE = "prepare"
        COMMIT = "commit"
        LOOK = "look"

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="attempts")
    fence = models.PositiveIntegerField()
    phase = models.CharField(max_length=8, choices=Phase.choices)
    worker = models.CharField(max_length=80)
    request_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    armed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "attempt"
        ordering = ["fence"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "fence"], name="attempt_fence_once")
        ]


class Evidence(OrgRow):
    """What proves an outcome: the network's answer, a look-up's result, or a person's word."""

    append_only = True

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="evidence")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    seen_at = models.DateTimeField()
    body: models.JSONField[Any] = models.JSONField(default=dict)
    body_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)

    class Meta:
        db_table = "evidence"
        ordering = ["seen_at", "pk"]


class Hold(OrgRow):
    """A stop. The one target that is set is what is stopped; none: the whole organization."""

    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE)
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.CASCADE)
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE)
    keyword = models.CharField(max_length=80, blank=True)
    why = models.TextField(blank=True)
    placed_by = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, related_name="holds_placed"
    )
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, related_name="holds_lifted"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hold"
        ordering = ["-placed_at"]


class PostOrder(OrgRow):
    """A post that goes out after another one: `minutes` after all of it is out, or later."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="order")
    after = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="followed_by")
    minutes = models.PositiveIntegerField(default=0)
    set_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    set_at = models.DateTimeField()

    class Meta:
        db_table = "post_order"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(post=models.F("after")), name="post_order_of_two")
        ]


class Embargo(OrgRow):
    """Nothing of a post, or of a campaign, goes out before `until`, meant as `wall` in `zone`."""

    post = models.OneToOneField(Post, null=True, on_delete=models.CASCADE, related_name="embargo")
    campaign = models.OneToOneField(
        Campaign, null=True, on_delete=models.CASCADE, related_name="embargo"
    )
    wall = models.CharField(max_length=16)
    zone = models.CharField(max_length=60)
    until = models.DateTimeField()
    placed_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    placed_at = models.DateTimeField()

    class Meta:
        db_table = "embargo"
        ordering = ["until"]
        constraints = [
            models.CheckConstraint(
                condition=Q(post=None) ^ Q(campaign=None), name="embargo_one_target"
            )
        ]


class Pause(Row):
    """A network's server has asked the whole application to wait: every channel on it, of every
    organization, whichever worker delivers."""

    network = models.CharField(max_length=30)
    server = models.CharField(max_length=255, blank=True)
    until = models.DateTimeField()

    class Meta:
        db_table = "pause"
        constraints = [models.UniqueConstraint(fields=["network", "server"], name="pause_once")]


class ReadAgain(OrgRow):
    """When something about a publication is read from its network next; empty is never."""

    publication = models.OneToOneField(
        Publication, on_delete=models.CASCADE, related_name="%(class)s"
    )
    next_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(next_at__isnull=False),
                name="%(class)s_due",
            )
        ]


class ReadBack(ReadAgain):
    """What was seen of a published post on its network.

    `seen_at` is when it was last seen there; `missing_since` when it was first found missing, while
    it is; `text` what it says where that is not what was sent; `misses` the readings in a row that
    told nothing.
    """

    seen_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)
    text = models.TextField(blank=True)
    misses = models.PositiveIntegerField(default=0)

    class Meta(ReadAgain.Meta):
        db_table = "read_back"


class Override(OrgRow):
    """Leave for a variant to go out at one instant although a house rule is against it.

    `rules` are the kinds broken then. Given again for another instant when it is moved.
    """

    append_only = True

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="overrides")
    at = models.DateTimeField()
    rules: models.JSONField[list[str]] = models.JSONField(default=list)
    reason = models.TextField()
    given_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    given_at = models.DateTimeField()

    class Meta:
        db_table = "override"
        ordering = ["given_at"]
        indexes = [models.Index(fields=["variant", "at"], name="override_of")]
