"""Pre-flight: what goes out within a quarter of an hour is made ready, and what is in its way told.

Pictures are uploaded and containers built ahead, so that at the due time only the one public call
is left. Nothing here is public or binding: the row stays scheduled, can be moved and cancelled, and
is prepared at its time like any other when this did not get through.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from unisono.kernel import events, processes, tenancy
from unisono.kernel.egress import Egress
from unisono.kernel.models import Event
from unisono.networks import registry
from unisono.networks.contract import (
    Account,
    Content,
    Handle,
    Refused,
    SignInAgain,
    Verdict,
    VerdictRaised,
)
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.outside import egress
from unisono.rooms.channels.sentences import said
from unisono.rooms.content import snapshot
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.publishing import lateness, readings, steps
from unisono.rooms.publishing.agenda import Filters
from unisono.rooms.publishing.claims import alone, planned
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.reasons import NO_REASON, because, told
from unisono.rooms.publishing.states import READY

log = logging.getLogger(__name__)

AHEAD = timedelta(minutes=15)
"""So long before its time a publication is made ready."""

AT_ONCE = 8
"""Publications prepared at the same time."""

MOST = 200
"""Publications prepared in one go; the next go is a minute later."""

TOLD_ELSEWHERE = ("on_hold", "needs_sign_in", "disconnected", "expires")
"""Who places a hold sees what it stops; a channel's trouble is told of the channel, once."""


BREAKS = "breaks"
"""The reason of one whose preparation ended the process: left for its time, when it counts."""


@dataclass(frozen=True)
class Early:
    """What one preparation needs, and how the row stood when it was read."""

    publication_id: UUID
    organization_id: UUID
    channel_id: UUID
    revision_id: UUID
    fence: int
    network: str
    account: Account
    sealed: str
    binding: str
    content: Content
    handle: Handle


def run(*, now: datetime) -> int:
    """Prepare what is due soon and tell what is at risk. Returns how many were made ready.

    In a rush the posts that are due go first: then it waits for the next minute.
    """
    for mark in steps.last_of_the_dead(notes()):
        _breaks(mark)
    if readings.in_rush(now):
        return 0
    wanted: list[Early] = []
    for organization_id in _organizations(now):
        with alone(organization_id):
            wanted += _look_at(now, MOST - len(wanted))
    ready = 0
    for early, found in async_to_sync(_prepare_all)(wanted) if wanted else ():
        with alone(early.organization_id):
            ready += _keep(early, found, now)
    for organization_id in _organizations(now):
        with alone(organization_id):
            _tell(by=system(organization_id), now=now)
    return ready


def notes() -> Path:
    """The folder in which this machine's processes note what they prepare."""
    return Path(settings.UNISONO_DATA) / "workers" / "ahead"


def _breaks(mark: steps.Mark) -> None:
    with tenancy.everywhere("what is due soon is prepared in every organization"):
        same = Publication.objects.filter(READY, pk=mark[0], fence=mark[1])
        same.update(**because(BREAKS))


def _coming(now: datetime) -> Q:
    return READY & Q(next_at__gt=now, next_at__lt=now + AHEAD)


def _organizations(now: datetime) -> list[UUID]:
    with tenancy.everywhere("what is due soon is prepared in every organization"):
        rows = Publication.objects.filter(_coming(now)).order_by()
        return list(rows.values_list("organization_id", flat=True).distinct())


def _look_at(now: datetime, room: int) -> list[Early]:
    """Check what is due soon in the organization in scope; what has to be prepared for it.

    What was tried before keeps what it has: its identity may be known to the network.
    """
    rows = (
        Publication.objects.filter(_coming(now), first_armed_at=None)
        .filter(Q(handle={}) | Q(prepared_until__isnull=False))
        .select_related("channel", "revision")
        .order_by("next_at", "pk")
    )
    wanted: list[Early] = []
    for row in rows.iterator(chunk_size=MOST):
        content = snapshot.frozen(row.revision, row.part, row.reply_to)
        channel = row.channel
        bad = [
            f
            for f in registry.adapter(channel.network).check(content, channel.account)
            if f.level == "bad"
        ]
        if bad:
            _write_reason(row, told("unfit", bad[0].message))
        elif row.reason_code == "unfit":
            _write_reason(row, NO_REASON)
        if not bad and channel.state == "connected" and len(wanted) < room and _wants(row, content):
            wanted.append(_early(row, content, now))
    return wanted


def _wants(row: Publication, content: Content) -> bool:
    """Whether something has to be prepared, and what there is would not last until its time."""
    lasts = row.prepared_until is not None and row.ready_at(row.due_at)
    return not (lasts or row.reason_code == BREAKS) and registry.publisher(
        row.channel.network
    ).prepares(content, row.channel.account)


def _early(row: Publication, content: Content, now: datetime) -> Early:
    return Early(
        publication_id=row.pk,
        organization_id=row.organization_id,
        channel_id=row.channel_id,
        revision_id=row.revision_id,
        fence=row.fence,
        network=row.channel.network,
        account=row.channel.account,
        sealed=row.channel.credentials,
        binding=row.channel.binding,
        content=content,
        handle=planned(row, content, now),
    )


async def _prepare_all(wanted: Sequence[Early]) -> list[tuple[Early, Handle | Verdict]]:
    """Each with what it was given, or what the network said instead; no transaction is open."""
    room = asyncio.Semaphore(AT_ONCE)

    async def prepared(early: Early) -> tuple[Early, Handle | Verdict] | None:
        async with room:
            try:
                mark = (early.publication_id, early.fence)
                return early, await noted.of(mark, _prepare(http, early))
            except VerdictRaised as raised:
                return early, raised.verdict
            except Exception:
                log.exception("Publication %s could not be prepared ahead", early.publication_id)
                return None

    noted = steps.begun(notes(), processes.own_name())
    try:
        async with egress() as http:
            found = await asyncio.gather(*(prepared(early) for early in wanted))
    finally:
        noted.close()
    return [one for one in found if one]


async def _prepare(http: Egress, early: Early) -> Handle:
    keys = vault.opened(early.sealed, early.binding)
    return await registry.publisher(early.network).prepare(
        http, early.account, keys, early.content, early.handle
    )


def _keep(early: Early, found: Handle | Verdict, now: datetime) -> bool:
    """Write what was prepared, unless the row was claimed, moved or changed meanwhile."""
    if isinstance(found, SignInAgain):
        channel = Channel.objects.get(pk=early.channel_id)
        by = system(early.organization_id)
        channels.needs_sign_in(channel, trouble=said(found.reason), by=by, now=now)
        return False
    same = Publication.objects.filter(
        READY, pk=early.publication_id, fence=early.fence, revision=early.revision_id
    )
    if isinstance(found, Refused):
        same.update(**told("unprepared", found.reason))
        return False
    if isinstance(found, Verdict):
        return False
    until = now + registry.publisher(early.network).keeps
    kept = same.update(handle=dict(found), prepared_until=until)
    same.filter(reason_code="unprepared").update(**NO_REASON)
    return bool(kept)


def _write_reason(row: Publication, why: dict[str, object]) -> None:
    same = Publication.objects.filter(READY, pk=row.pk, revision=row.revision_id)
    same.exclude(reason=why["reason"], reason_code=why["reason_code"]).update(**why)


def _tell(*, by: Actor, now: datetime) -> int:
    """One event for each reason why a publication would not go out at its time."""
    risks = lateness.at_risk(by, now, now + AHEAD, Filters())
    found = {
        item.publication.pk: item
        for item in risks
        if item.publication and item.code not in TOLD_ELSEWHERE
    }
    with transaction.atomic():
        # Locked first, asked after: of two at once, one tells.
        locked = Publication.objects.select_for_update(skip_locked=True, of=("self",))
        rows = list(locked.filter(READY, pk__in=list(found)).order_by("due_at", "pk"))
        known = _known(rows)
        fresh = [row for row in rows if (row.pk, *_about(found[row.pk], row)) not in known]
        events.record_all(
            "publication.at_risk",
            fresh,
            by=by,
            now=now,
            data=[
                {
                    "code": found[row.pk].code,
                    "due": row.due_at.isoformat(),
                    "reason": lateness.kept_risk(
                        found[row.pk].code, found[row.pk].publication or row
                    ),
                }
                for row in fresh
            ],
        )
    return len(fresh)


def _about(item: lateness.Item, row: Publication) -> tuple[str, str]:
    return item.code, row.due_at.isoformat()


def _known(rows: Iterable[Publication]) -> set[tuple[UUID, str, str]]:
    """What was told already: of which publication, why, and for which time."""
    earlier = Event.objects.filter(
        subject_type="publication",
        subject_id__in=[row.pk for row in rows],
        kind="publication.at_risk",
    )
    return {(e.subject_id, str(e.data.get("code")), str(e.data.get("due"))) for e in earlier}
