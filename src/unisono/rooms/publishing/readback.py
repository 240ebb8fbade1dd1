"""Reading back: is what was published still there, and does it say what was sent?

It changes nothing of what was proved: a post that is gone was out. Only two readings that agree,
minutes apart, make it gone, since networks show some things late; and only the network's own word,
or an earlier reading that found it as sent, makes it changed. What cannot be read says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events, tenancy
from unisono.kernel.events import together
from unisono.kernel.models import Event
from unisono.kernel.refusals import Conflict
from unisono.networks import registry
from unisono.networks.contract import Confirms, Seen, SignInAgain
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels.asking import asked
from unisono.rooms.channels.models import Channel
from unisono.rooms.channels.sentences import said
from unisono.rooms.content import snapshot
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import actions, evidence, readings
from unisono.rooms.publishing.models import Publication, ReadBack
from unisono.rooms.publishing.reasons import NO_REASON, because
from unisono.rooms.publishing.states import DRIFTS

AGES = (
    timedelta(minutes=1),
    timedelta(minutes=15),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)
"""At these ages a post is read back."""

AGREE_AFTER = timedelta(minutes=3)
"""So long after it was first missing it is looked for again, before it counts as gone."""

LATER = timedelta(minutes=5)
PATIENCE = 12
"""Readings in a row that told nothing, after which the next age is waited for."""


@together
def publication_published(happened: Sequence[Event]) -> None:
    """From now on they are read back, where their networks let us."""
    ids = [event.subject_id for event in happened]
    begin(Publication.objects.filter(pk__in=ids).select_related("channel"), now=happened[-1].at)


def begin(publications: Iterable[Publication], *, now: datetime) -> None:
    """Read these back from now on."""
    ReadBack.objects.bulk_create(
        [
            ReadBack(publication=row, next_at=now + AGES[0])
            for row in publications
            if row.remote_id and registry.adapter(row.channel.network).offers(Confirms)
        ],
        ignore_conflicts=True,
    )


def read_due() -> int:
    """Read back what is due, channel by channel. Returns of how many something was learnt."""
    return sum(
        _read(organization_id, channel_id, ids)
        for organization_id, channel_id, ids in readings.turns(ReadBack, now=timezone.now)
    )


def _read(organization_id: UUID, channel_id: UUID, ids: list[UUID]) -> int:
    with tenancy.within(organization_id):
        channel = Channel.objects.get(pk=channel_id)
        found = ReadBack.objects.filter(pk__in=ids)
        rows = list(found.select_related("publication__revision", "publication__channel"))
        posts = {
            row.publication.remote_id: snapshot.frozen(
                row.publication.revision, row.publication.part, row.publication.reply_to
            )
            for row in rows
        }
    answer, verdict = asked(
        channel,
        lambda http, keys: registry.confirmer(channel.network).confirm(
            http, channel.account, keys, posts
        ),
    )
    now = timezone.now()
    with tenancy.within(organization_id):
        by = system(organization_id)
        if isinstance(verdict, SignInAgain):
            channels.needs_sign_in(channel, trouble=said(verdict.reason), by=by, now=now)
        record(rows, answer or {}, by=by, now=now)
    return len(answer or {})


def record(
    rows: Sequence[ReadBack], answer: Mapping[str, Seen], *, by: Actor, now: datetime
) -> None:
    """Keep what was seen (by remote id) of these, and tell what is gone or changed, once."""
    with transaction.atomic():
        told: dict[str, list[Publication]] = {"gone": [], "changed": []}
        for row in rows:
            seen = answer.get(row.publication.remote_id)
            drift = _missed(row, now) if seen is None else _noted(row, seen, by=by, now=now)
            if drift:
                told[drift].append(row.publication)
            row.save(update_fields=["next_at", "seen_at", "missing_since", "text", "misses"])
        for drift, publications in told.items():
            ids = [row.pk for row in publications]
            Publication.objects.filter(pk__in=ids, state="published").update(**because(drift))
        events.record_all("publication.gone", told["gone"], by=by, now=now)
        events.record_all("publication.changed", told["changed"], by=by, now=now)


def accept(publication: Publication, *, by: Actor, now: datetime) -> Publication:
    """A person says that it is fine so: nothing more is told of it, nor read back."""
    by.must(Capability.SCHEDULE, publication.variant.post.department_id)
    with transaction.atomic():
        rows = Publication.objects.filter(
            pk=publication.pk, state="published", reason_code__in=DRIFTS
        )
        if not rows.update(**NO_REASON):
            raise Conflict(_("There is nothing to accept: it stands as it was sent."))
        ReadBack.objects.filter(publication=publication).update(next_at=None)
        outcome = {"outcome": "accepted", "was": publication.reason_code}
        evidence.keep(publication, None, "person", outcome, by=by, now=now)
        events.record("publication.accepted", publication, by=by, now=now)
    publication.refresh_from_db()
    return publication


def again(publication: Publication, *, by: Actor, now: datetime) -> Publication:
    """Send what is gone once more, as a publication of its own; the new one."""
    by.must(Capability.SCHEDULE, publication.variant.post.department_id)
    if publication.reason_code != "gone":
        raise Conflict(_("Only what is gone from its network can be sent once more."))
    if publication.part:
        raise Conflict(_("A follow-up cannot be sent without its post. Send the post once more."))
    with transaction.atomic():
        made = actions.publish_now(publication.revision, anyway=None, by=by, now=now)
        accept(publication, by=by, now=now)
    return made


def _noted(row: ReadBack, seen: Seen, *, by: Actor, now: datetime) -> str:
    """Write into the row what was seen; the drift to tell, if any."""
    publication, drift = row.publication, ""
    row.misses = 0
    row.next_at = _next(publication, now)
    if not seen.there:
        return _missing(row, by=by, now=now)
    if publication.reason_code == "gone":
        Publication.objects.filter(pk=publication.pk).update(**NO_REASON)
        events.record("publication.back", publication, by=by, now=now)
    text = seen.text or ""
    if text and text != row.text and (seen.edited or (row.seen_at and not row.text)):
        drift = "changed"
    if row.seen_at is None or text != row.text:
        evidence.keep(publication, None, "read", {"there": True, "text": seen.text}, now=now)
    row.seen_at, row.missing_since, row.text = now, None, text
    return drift


def _missing(row: ReadBack, *, by: Actor, now: datetime) -> str:
    first = row.missing_since is None
    row.missing_since = row.missing_since or now
    if first or now - row.missing_since < AGREE_AFTER:
        row.next_at = row.missing_since + AGREE_AFTER
        return ""
    if row.publication.reason_code == "gone":
        return ""
    missing = {"there": False, "since": row.missing_since}
    evidence.keep(row.publication, None, "read", missing, now=now)
    return "gone"


def _missed(row: ReadBack, now: datetime) -> str:
    """The network said nothing of it."""
    row.misses += 1
    if row.misses < PATIENCE:
        row.next_at = now + LATER * row.misses
    else:
        row.misses, row.next_at = 0, _next(row.publication, now)
    return ""


def _next(publication: Publication, now: datetime) -> datetime | None:
    """When it is read back next, by its age; None: no more."""
    out = publication.published_at or now
    return next((out + age for age in AGES if out + age > now), None)
