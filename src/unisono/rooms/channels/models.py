from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from unisono.kernel.rows import OrgRow
from unisono.networks import registry
from unisono.networks.contract import Account, Face
from unisono.rooms.channels.states import CHANNEL
from unisono.rooms.people.models import Department, Member


class Channel(OrgRow):
    """One connected account. `credentials` is sealed and bound to this row; see kernel.secrets.

    `expires_at` is when the sign-in runs out, as its network's adapter reads it, and
    `renews_itself` whether renewals put that off; `failing_since`, since when they do not succeed.
    Its people are told when what is approved for it lasts for fewer than `warn_days` days (0:
    never); `queue_low_at` is when they were, while it lasts no longer.
    """

    network = models.CharField(max_length=30)
    remote_id = models.CharField(max_length=255)
    name = models.CharField(max_length=120)
    handle = models.CharField(max_length=160)
    server = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=500, blank=True)
    avatar_url = models.CharField(max_length=500, blank=True)
    profile: models.JSONField[Any] = models.JSONField(default=dict)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL)
    credentials = models.TextField(blank=True)
    state = CHANNEL.field()
    trouble = models.TextField(blank=True)
    connected_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    connected_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    renews_itself = models.BooleanField(default=False)
    renewed_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    warn_days = models.PositiveSmallIntegerField(default=3)
    queue_low_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "channel"
        ordering = ["network", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "network", "server", "remote_id"],
                name="channel_once",
            ),
            CHANNEL.constraint(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ends_at(self) -> datetime | None:
        """When the sign-in runs out if no person renews it; None where it does not."""
        if self.renews_itself and self.failing_since is None:
            return None
        return self.expires_at

    @property
    def account(self) -> Account:
        """What the network's adapter needs to know of this channel."""
        return Account(
            remote_id=self.remote_id,
            handle=self.handle,
            name=self.name,
            server=self.server,
            url=self.url,
            avatar_url=self.avatar_url,
            profile=self.profile,
        )

    @property
    def face(self) -> Face:
        """The badge people know the channel by."""
        return registry.adapter(self.network).face(self.account)

    @property
    def binding(self) -> str:
        """What the sealed credentials are bound to, so that no row can wear another's."""
        return f"{self.organization_id}|channel|credentials|{self.pk}"


class Slot(OrgRow):
    """A time of the week at which a channel is to say something: `weekday` 0 is Monday, `at` the
    wall time (`08:50`) in `zone`."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField()
    at = models.CharField(max_length=5)
    zone = models.CharField(max_length=60)

    class Meta:
        db_table = "slot"
        ordering = ["weekday", "at"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "weekday", "at"], name="slot_once"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="slot_weekday"),
        ]


class HouseRules(OrgRow):
    """What the organization has agreed on for a channel; see `rules.Rules` for what each means."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="house_rules")
    zone = models.CharField(max_length=60)
    gap_minutes = models.PositiveSmallIntegerField(default=0)
    daily_most = models.PositiveSmallIntegerField(default=0)
    one_topic_a_day = models.BooleanField(default=False)
    shares: models.JSONField[Any] = models.JSONField(default=dict)
    quiet: models.JSONField[Any] = models.JSONField(default=list)
    blackouts: models.JSONField[Any] = models.JSONField(default=list)
    set_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    set_at = models.DateTimeField()

    class Meta:
        db_table = "house_rules"
