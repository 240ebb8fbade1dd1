"""The verbs of engagement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from unisono.kernel import events
from unisono.kernel.states import advance
from unisono.networks import registry
from unisono.networks.contract import Incoming, Reads
from unisono.rooms.engagement.models import Conversation, Listening, Message, RawEvent
from unisono.rooms.engagement.states import CONVERSATION
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing.models import Publication

CADENCE: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(minutes=10), timedelta(seconds=20)),
    (timedelta(hours=1), timedelta(minutes=2)),
    (timedelta(days=2), timedelta(minutes=10)),
    (timedelta(days=14), timedelta(hours=2)),
    (timedelta(days=60), timedelta(days=1)),
)
"""Up to this age of a publication, its answers are read this often; older ones no more."""


def listen_to_all(publications: Iterable[Publication], *, now: datetime) -> None:
    """Begin to read what people answer to publications, where their networks offer that."""
    Listening.objects.bulk_create(
        [
            Listening(publication=publication, next_at=now + CADENCE[0][1])
            for publication in publications
            if registry.adapter(publication.channel.network).offers(Reads)
        ],
        ignore_conflicts=True,
    )


def receive(
    publication: Publication, incoming: Iterable[Incoming], *, by: Actor, now: datetime
) -> list[Message]:
    """Keep what came in; what is known already is not kept twice. A new word reopens."""
    fresh = []
    with transaction.atomic():
        for item in incoming:
            known = Message.objects.filter(
                channel=publication.channel, remote_id=item.remote_id
            ).exists()
            if not known:
                fresh.append(_keep(publication, item, by=by, now=now))
        heard(publication, now=now)
    return fresh


def heard(publication: Publication, *, now: datetime) -> None:
    """Note that the answers were read, and when to read them next."""
    age = now - (publication.published_at or now)
    pause = next((pause for limit, pause in CADENCE if age <= limit), None)
    Listening.objects.filter(publication=publication).update(
        heard_at=now, next_at=now + pause if pause else None
    )


def close(conversation: Conversation, *, by: Actor, now: datetime) -> None:
    """Nothing more to say here, until they write again."""
    by.must(Capability.ANSWER, _department(conversation))
    first = conversation.answered_at or now
    advance(conversation, CONVERSATION, "closed", by=by, now=now, answered_at=first)


def reopen(conversation: Conversation, *, by: Actor, now: datetime) -> None:
    """Take a closed conversation up again."""
    by.must(Capability.ANSWER, _department(conversation))
    advance(conversation, CONVERSATION, "open", by=by, now=now)


def forget_raw_events(*, before: datetime) -> None:
    """Delete webhook calls that were received before this instant."""
    RawEvent.objects.filter(received_at__lt=before).delete()


def _keep(publication: Publication, item: Incoming, *, by: Actor, now: datetime) -> Message:
    conversation, opened = Conversation.objects.get_or_create(
        publication=publication,
        author_handle=item.author_handle[:255],
        defaults={
            "channel": publication.channel,
            "author_name": item.author_name[:255],
            "opened_at": item.at,
            "last_at": item.at,
        },
    )
    message = Message.objects.create(
        conversation=conversation,
        channel=publication.channel,
        remote_id=item.remote_id,
        in_reply_to=item.in_reply_to,
        author_name=item.author_name[:255],
        author_handle=item.author_handle[:255],
        author_url=item.author_url[:500],
        text=item.text,
        url=item.url[:500],
        at=item.at,
        received_at=now,
        raw=dict(item.raw),
    )
    Conversation.objects.filter(pk=conversation.pk).update(last_at=Greatest(F("last_at"), item.at))
    if conversation.state == "closed":
        advance(conversation, CONVERSATION, "open", by=by, now=now)
    events.record("message.received", message, by=by, now=now, opened=opened)
    return message


def _department(conversation: Conversation) -> UUID | None:
    publication = conversation.publication
    if publication is not None:
        return publication.variant.post.department_id
    return conversation.channel.department_id
