"""Reading feeds: the worker's door."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils import timezone

from unisono.kernel import jobs, tenancy
from unisono.kernel.egress import Answer, Egress, EgressError, Rules
from unisono.rooms.feeds import actions as feeds
from unisono.rooms.feeds.models import Feed
from unisono.rooms.feeds.reading import NotAFeed, Reading, read
from unisono.rooms.people.actors import system

MAX_BYTES = 2 * 1024 * 1024
SECONDS = 20


def read_due() -> int:
    """Ring for every feed that is due; how many there are. Each is a job of its own."""
    with tenancy.everywhere("feeds are read for every organization"):
        rows = Feed.objects.filter(next_at__lte=timezone.now()).order_by("next_at")
        waiting = list(rows.values_list("organization_id", "pk")[:200])
        for organization_id, pk in waiting:
            jobs.enqueue(
                read_feed, key=f"feed:{pk}", organization=str(organization_id), feed=str(pk)
            )
    return len(waiting)


@jobs.job(queue="feeds", retries=0)
def read_feed(*, organization: str, feed: str) -> None:
    """Read one feed. No transaction is open while its server is asked."""
    with tenancy.within(UUID(organization)):
        row = Feed.objects.get_or_none(pk=feed)
    now = timezone.now()
    if row is None or row.next_at is None or row.next_at > now:
        return
    answer, trouble = _asked(row)
    found, trouble = _understood(answer, trouble)
    with tenancy.within(UUID(organization)):
        row = Feed.objects.select_for_update().get(pk=feed)
        if row.next_at is None:
            return
        by = system(row.organization_id)
        if answer is None or trouble:
            feeds.failed(row, trouble=trouble, by=by, now=now)
            return
        feeds.take_in(
            row,
            found,
            etag=answer.headers.get("ETag", "") or (row.etag if found is None else ""),
            modified=answer.headers.get("Last-Modified", "")
            or (row.modified if found is None else ""),
            by=by,
            now=now,
        )


def _asked(row: Feed) -> tuple[Answer | None, str]:
    headers = {"Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9"}
    if row.etag:
        headers["If-None-Match"] = row.etag
    if row.modified:
        headers["If-Modified-Since"] = row.modified

    async def ask(http: Egress) -> Answer:
        return await http.request(
            "GET", row.url, headers=headers, seconds=SECONDS, max_bytes=MAX_BYTES
        )

    rules = Rules(
        allow_private=settings.UNISONO_ALLOW_PRIVATE_ADDRESSES,
        allowed=frozenset(settings.UNISONO_REACHABLE),
    )
    try:
        return Egress(rules).fetch_sync(ask), ""
    except EgressError as error:
        return None, error.code


def _understood(answer: Answer | None, trouble: str) -> tuple[Reading | None, str]:
    """The reading, None for nothing new; and what is wrong, if anything."""
    if answer is None or answer.status == 304:
        return None, trouble
    if answer.status != 200:
        return None, f"status {answer.status}"
    try:
        return read(answer.body), ""
    except NotAFeed:
        return None, "no-feed"
