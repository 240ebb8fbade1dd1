from __future__ import annotations

from django.db import models

from unisono.kernel.rows import OrgRow
from unisono.rooms.feeds.states import FEED, FEED_ENTRY
from unisono.rooms.people.models import Department, Member


class Feed(OrgRow):
    """An RSS or Atom feed that is read every so many hours.

    `etag` and `modified` are the server's, for asking whether anything changed. `failures` counts
    since the last good reading; `trouble` is the code of the latest.
    """

    name = models.CharField(max_length=160)
    url = models.URLField(max_length=500)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    every_hours = models.PositiveSmallIntegerField(default=6)
    etag = models.CharField(max_length=500, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    failures = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=30, blank=True)
    added_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    state = FEED.field()

    class Meta:
        db_table = "feed"
        ordering = ["name"]
        constraints = [
            FEED.constraint(),
            models.UniqueConstraint(fields=["organization_id", "url"], name="feed_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(next_at__isnull=False), name="feed_due"
            )
        ]

    def __str__(self) -> str:
        return self.name


class FeedEntry(OrgRow):
    """One entry of a feed; `key` is the digest of what the feed names it by.

    `listed_at` is when the feed last held it: only what it holds no more may be forgotten, or it
    would come back as new.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="entries")
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=160)
    summary = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    published_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    listed_at = models.DateTimeField()
    state = FEED_ENTRY.field()

    class Meta:
        db_table = "feed_entry"
        ordering = ["-seen_at", "-published_at"]
        constraints = [
            FEED_ENTRY.constraint(),
            models.UniqueConstraint(fields=["feed", "key"], name="feed_entry_once"),
        ]

    def __str__(self) -> str:
        return self.title
