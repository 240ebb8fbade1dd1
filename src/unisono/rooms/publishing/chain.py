"""Threads and first comments: every part is a publication, and waits for the one before it.

A part that waits is `scheduled` and has no `next_at`, so nothing can claim it. Writing that the
part before is out gives it its time and the post it replies to, in the same transaction. Whatever
happens to a part happens to the first that is not out yet; those behind it go on waiting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from unisono.kernel import events
from unisono.kernel.refusals import Invalid
from unisono.kernel.rows import as_json, given
from unisono.kernel.states import advance
from unisono.networks import registry
from unisono.networks.contract import Continues, Published
from unisono.rooms.content.models import Revision, Variant
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.reasons import because
from unisono.rooms.publishing.states import DUE_CHANNEL, GRACE, PUBLICATION

WAITING = Q(state="scheduled", next_at=None, part__gt=0)

_RELEASE = (
    sql.SQL("""
WITH released AS (
  UPDATE publication AS following
  SET due_at = greatest(following.due_at, %s), next_at = greatest(following.due_at, %s),
      latest_at = greatest(following.due_at, %s) + make_interval(secs => %s),
      reply_to = given.reply_to, reason_code = '', reason = NULL
  FROM {given} AS given
  WHERE following.variant_id = given.variant_id AND following.occurrence = given.occurrence
    AND following.part = given.part AND following.state = 'scheduled'
    AND following.next_at IS NULL
  RETURNING following.id)
SELECT pg_notify(%s, '') FROM released LIMIT 1
""")
    .format(given=given(Publication))
    .as_string()
)


def after(publication: Publication) -> QuerySet[Publication]:
    """The parts of the same chain behind this one that wait, in order."""
    return Publication.objects.filter(
        WAITING,
        variant=publication.variant_id,
        occurrence=publication.occurrence,
        part__gt=publication.part,
    ).order_by("part")


def lay_out(first: Publication, *, by: Actor, now: datetime) -> None:
    """Give every follow-up of the revision its publication, behind the post itself.

    Those it has already take on its revision; what the revision no longer has is cancelled.
    """
    count = len(first.revision.follow_ups)
    there = {row.part for row in after(first)}
    cancel_after(first, beyond=count, by=by, now=now)
    after(first).update(revision=first.revision, parts=count + 1)
    Publication.objects.filter(pk=first.pk).update(parts=count + 1)
    first.parts = count + 1
    fresh = Publication.objects.bulk_create(
        _part(first, number) for number in range(1, count + 1) if number not in there
    )
    told = [{"wall": row.wall, "zone": row.zone, "part": row.part} for row in fresh]
    events.record_all("publication.scheduled", fresh, by=by, now=now, data=told)


def release(out: Sequence[tuple[Publication, Mapping[str, Any]]], *, now: datetime) -> None:
    """These are out, with what a reply names them by: what follows them may go. One statement."""
    going = [(row, post) for row, post in out if row.part + 1 < row.parts]
    if not going:
        return
    told = [
        {
            "variant_id": row.variant_id,
            "occurrence": row.occurrence,
            "part": row.part + 1,
            "reply_to": {"root": (row.reply_to or {}).get("root", post), "parent": post},
        }
        for row, post in going
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, [now, now, now, GRACE.total_seconds(), as_json(told), DUE_CHANNEL])


def reference(verdict: Published) -> dict[str, Any]:
    """What a reply names a post by."""
    return {**verdict.reference, "remote_id": verdict.remote_id}


def named(publication: Publication, url: str) -> dict[str, Any]:
    """The same of a post of which a person gave the link; empty where nothing follows it.

    Raises Invalid when a reply could not be sent to what the link names.
    """
    if not after(publication).exists():
        return {}
    channel = publication.channel
    adapter = registry.adapter(channel.network)
    found = adapter.named(channel.account, url) if isinstance(adapter, Continues) else ""
    if not found:
        raise Invalid(
            _("Follow-ups wait for this post. Paste the address of its own page on this account."),
            field="url",
        )
    if Publication.objects.filter(channel=channel, remote_id=found).exists():
        raise Invalid(_("This is the link of another post of ours."), field="url")
    return {"remote_id": found, "named": True}


def cancel_after(
    publication: Publication, *, beyond: int = 0, why: str = "", by: Actor, now: datetime
) -> None:
    """What waits behind a publication, past the part `beyond`, does not go out."""
    reason = because(why) if why else {}
    for row in after(publication).filter(part__gt=beyond):
        advance(row, PUBLICATION, "cancelled", by=by, now=now, **reason)


def clear(variant: Variant, *, by: Actor, now: datetime) -> None:
    """What still waits behind a post that never went out gives way to a new one."""
    first = Publication.objects.filter(
        variant=OuterRef("variant"), occurrence=OuterRef("occurrence"), part=0, state="published"
    )
    for row in Publication.objects.filter(WAITING, ~Exists(first), variant=variant):
        advance(row, PUBLICATION, "cancelled", by=by, now=now, **because("replaced"))


def carries(publication: Publication, revision: Revision) -> bool:
    """Whether it may go out with this approved revision. What a thread began with stays."""
    if publication.part:
        return publication.revision_id == revision.pk
    return revision.digest == publication.variant.digest


def _part(first: Publication, number: int) -> Publication:
    return Publication(
        variant_id=first.variant_id,
        revision_id=first.revision_id,
        channel_id=first.channel_id,
        occurrence=first.occurrence,
        part=number,
        parts=first.parts,
        kind=first.kind,
        wall=first.wall,
        zone=first.zone,
        due_at=first.due_at,
        latest_at=first.latest_at,
        scheduled_by_id=first.scheduled_by_id,
        scheduled_at=first.scheduled_at,
        **because("waits"),
    )
