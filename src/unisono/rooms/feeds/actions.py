"""The verbs of feeds."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.feeds.models import Feed, FeedEntry
from unisono.rooms.feeds.reading import Reading
from unisono.rooms.feeds.states import FEED, FEED_ENTRY
from unisono.rooms.people.actors import Actor, Where
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

EVERY = (1, 6, 24)
FEEDS_MAX = 100
TOLD_AFTER = 3
"""Failures in a row after which the owner is told: a server may be away for a moment."""
SLOWEST = timedelta(days=3)


def follow(
    *,
    url: str,
    name: str = "",
    department: Department | None = None,
    every_hours: int = 6,
    by: Actor,
    now: datetime,
) -> Feed:
    """Read a feed from now on; its name is its own title until somebody gives another."""
    _must(by, department)
    url = url.strip()
    if not url.lower().startswith(("http://", "https://")) or len(url) > 500:
        raise Invalid(_("Give the address of an RSS or Atom feed, with https://."), field="url")
    if every_hours not in EVERY:
        raise Invalid(_("Choose one of the values offered."), field="every_hours")
    with transaction.atomic():
        known = Feed.objects.get_or_none(url=url)
        if known is not None and known.state != "stopped":
            raise Conflict(_("This feed is followed already."), field="url")
        if Feed.objects.exclude(state="stopped").count() >= FEEDS_MAX:
            raise Invalid(_("%(n)s feeds can be followed at most.") % {"n": FEEDS_MAX}, field="url")
        if known is not None:
            resume(known, by=by, now=now)
            return known
        feed = Feed.objects.create(
            url=url,
            name=name.strip()[:160] or url[:160],
            department=department,
            owner=by.member,
            every_hours=every_hours,
            added_at=now,
            next_at=now,
        )
        events.record("feed.following", feed, by=by, now=now, name=feed.name)
    return feed


def stop(feed: Feed, *, by: Actor, now: datetime) -> None:
    """Read it no more; its entries stay until they are forgotten."""
    _must(by, feed.department_id)
    advance(feed, FEED, "stopped", by=by, now=now, next_at=None)


def resume(feed: Feed, *, by: Actor, now: datetime) -> None:
    """Read it again, at once."""
    _must(by, feed.department_id)
    advance(feed, FEED, "following", by=by, now=now, next_at=now, failures=0, trouble="",
            owner=by.member)  # fmt: skip


def take_in(
    feed: Feed, reading: Reading | None, *, etag: str, modified: str, by: Actor, now: datetime
) -> int:
    """What a reading found (None: nothing changed); how many entries are new."""
    with transaction.atomic():
        new = _kept(feed, reading, now) if reading else 0
        if reading is None and feed.read_at:
            FeedEntry.objects.filter(feed=feed, listed_at=feed.read_at).update(listed_at=now)
        if feed.state == "failing":
            advance(feed, FEED, "following", by=by, now=now)
        feed.etag, feed.modified = etag[:500], modified[:100]
        feed.failures, feed.trouble, feed.read_at = 0, "", now
        feed.next_at = now + timedelta(hours=feed.every_hours)
        if reading and reading.title and feed.name == feed.url[:160]:
            feed.name = reading.title[:160]
        feed.save()
        if new:
            events.record("feed.brought", feed, by=by, now=now, entries=new)
    return new


def failed(feed: Feed, *, trouble: str, by: Actor, now: datetime) -> None:
    """A reading did not succeed: the next comes later each time, and its owner is told once."""
    with transaction.atomic():
        feed.failures += 1
        feed.trouble = trouble[:30]
        wait = timedelta(hours=feed.every_hours) * 2 ** min(feed.failures, 8)
        feed.next_at = now + min(wait, SLOWEST)
        feed.save(update_fields=["failures", "trouble", "next_at"])
        if feed.failures == TOLD_AFTER and feed.state == "following":
            advance(feed, FEED, "failing", by=by, now=now, data={"trouble": feed.trouble})


def pass_over(entry: FeedEntry, *, by: Actor, now: datetime) -> None:
    """Take an entry off the shelf."""
    by.must_anywhere(Capability.WRITE)
    advance(entry, FEED_ENTRY, "passed", by=by, now=now)


def take(entry: FeedEntry, *, by: Actor, now: datetime) -> None:
    """An idea was made of an entry."""
    by.must_anywhere(Capability.WRITE)
    advance(entry, FEED_ENTRY, "taken", by=by, now=now)


def forget_entries(*, before: datetime) -> None:
    """Delete entries that their feeds have not held since this instant."""
    FeedEntry.objects.filter(listed_at__lt=before).delete()


def _kept(feed: Feed, reading: Reading, now: datetime) -> int:
    keyed = {hashlib.sha256(one.guid.encode()).hexdigest(): one for one in reading.entries}
    listed = FeedEntry.objects.filter(feed=feed, key__in=keyed)
    listed.update(listed_at=now)
    there = set(listed.values_list("key", flat=True))
    fresh = [
        FeedEntry(
            feed=feed,
            key=key,
            title=one.title,
            summary=one.summary,
            link=one.link,
            published_at=one.published_at,
            seen_at=now,
            listed_at=now,
        )
        for key, one in keyed.items()
        if key not in there
    ]
    return len(FeedEntry.objects.bulk_create(fresh))


def _must(by: Actor, where: Where) -> None:
    if where is None:
        by.must_anywhere(Capability.CAMPAIGN)
    else:
        by.must(Capability.CAMPAIGN, where)
