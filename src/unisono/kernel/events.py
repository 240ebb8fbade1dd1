"""The event log: what happened, to what, by whom, when; written with the change itself.

An event is at once the audit trail, the outbox (its reactions are enqueued in the same
transaction) and the news for open pages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from unisono.kernel import jobs, tenancy
from unisono.kernel.models import Event
from unisono.kernel.rows import insert

LIVE_CHANNEL = "unisono_live"

Reaction = Callable[[Any], None]
"""Takes one Event; one marked `together` takes a list of them."""

Watcher = Callable[[Sequence[Any], "Author"], None]
"""Takes the Events of one kind that were just recorded, and who caused them."""

_gathering: ContextVar[dict[tuple[UUID, str], str] | None] = ContextVar("gathering", default=None)
_origin: ContextVar[tuple[str, ...]] = ContextVar("origin", default=())


class Author(Protocol):
    """Whoever causes an event: a member, a token, or the system."""

    @property
    def kind(self) -> str: ...
    @property
    def author_id(self) -> UUID | None: ...
    @property
    def author_name(self) -> str: ...


_reactions: dict[str, tuple[Reaction, ...]] = {}
_watchers: list[Watcher] = []


def wire(reactions: Mapping[str, Sequence[Reaction]]) -> None:
    """Say which functions answer which kind of event. Called once, by config."""
    _reactions.clear()
    _reactions.update({kind: tuple(functions) for kind, functions in reactions.items()})


def watch(*watchers: Watcher) -> None:
    """Say who looks at every event as it is recorded, in its transaction. It is on the way of all
    that is published: a watcher asks the database nothing. Called once, by config."""
    _watchers[:] = watchers


@contextmanager
def caused_by(chain: Sequence[str]) -> Iterator[None]:
    """Let what is recorded within, and what answers it in jobs, carry this chain of causes."""
    token = _origin.set(tuple(chain))
    try:
        yield
    finally:
        _origin.reset(token)


def causes(event: Event) -> tuple[str, ...]:
    """The chain of causes an event carries, the first cause first; empty for what people do."""
    return tuple(event.data.get("origin", ()))


def together(reaction: Reaction) -> Reaction:
    """Mark a reaction that takes all events of one occasion at once, as a list."""
    reaction.together = True  # type: ignore[attr-defined]
    return reaction


def wired() -> Mapping[str, tuple[Reaction, ...]]:
    """What is wired now."""
    return dict(_reactions)


def record(kind: str, subject: Any, *, by: Author, now: datetime, **data: Any) -> Event:
    """Write one event about `subject` (an OrgRow) and ring for its reactions and for open pages."""
    (event,) = record_all(kind, [subject], by=by, now=now, data=[data])
    return event


def record_all(
    kind: str,
    subjects: Sequence[Any],
    *,
    by: Author,
    now: datetime,
    data: Sequence[Mapping[str, Any]] = (),
) -> list[Event]:
    """One event about each subject, as `record` writes them, in a fixed number of statements.

    `data`: what each event carries, one mapping a subject; nothing when left out.
    """
    if not subjects:
        return []
    told = data or [{}] * len(subjects)
    origin = {"origin": list(chain)} if (chain := _origin.get()) else {}
    made = insert(
        Event(
            kind=kind,
            subject_type=subject._meta.model_name,
            subject_id=subject.pk,
            by_kind=by.kind,
            by_id=by.author_id,
            by_name=by.author_name,
            at=now,
            data={**more, **origin},
        )
        for subject, more in zip(subjects, told, strict=True)
    )
    _ring_for(made)
    for watcher in _watchers:
        watcher(made, by)
    # Pages ask for what they show anew: one word for all is enough.
    last = made[-1]
    announce(last.organization_id, kind, f"{last.subject_type}:{last.subject_id}")
    return made


def history(*subjects: UUID) -> QuerySet[Event]:
    """What happened to these subjects, newest first."""
    return Event.objects.filter(subject_id__in=subjects).order_by("-at", "-pk")


def announce(organization_id: UUID, kind: str, subject: str) -> None:
    """Tell open pages, when the transaction commits."""
    gathering = _gathering.get()
    if gathering is not None:
        gathering[organization_id, kind] = subject
        return
    payload = json.dumps({"org": str(organization_id), "kind": kind, "subject": subject})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [LIVE_CHANNEL, payload])


@contextmanager
def gathered() -> Iterator[None]:
    """Tell open pages but once of each kind of thing that happens within, with its last subject.

    For work in batches: one page's stream holds a few hundred messages, and is cut off beyond.
    """
    news: dict[tuple[UUID, str], str] = {}
    token = _gathering.set(news)
    try:
        yield
    finally:
        _gathering.reset(token)
    for (organization, kind), subject in news.items():
        announce(organization, kind, subject)


def _ring_for(made: Sequence[Event]) -> None:
    """Enqueue what answers these events, which are of one kind."""
    organization = str(made[0].organization_id)
    for reaction in _reactions.get(made[0].kind, ()):
        told = {"organization": organization, "reaction": _name(reaction)}
        keys = [str(event.pk) for event in made]
        if getattr(reaction, "together", False):
            jobs.enqueue_all(react_together, [{"events": keys, **told}])
        else:
            jobs.enqueue_all(react, [{"event": key, **told} for key in keys])


@jobs.job(queue="reactions")
def react_together(*, organization: str, events: list[str], reaction: str) -> None:
    """Run one reaction to several events of one kind, for their own organization."""
    with tenancy.within(UUID(organization)):
        happened = list(Event.objects.filter(pk__in=events).order_by("pk"))
        if not happened:
            return
        # They were recorded at once, and so have one cause.
        with caused_by(causes(happened[0])):
            for function in _reactions.get(happened[0].kind, ()):
                if _name(function) == reaction:
                    function(happened)


@jobs.job(queue="reactions")
def react(*, organization: str, event: str, reaction: str) -> None:
    """Run one reaction to one event, for the event's own organization."""
    with tenancy.within(UUID(organization)):
        happened = Event.objects.get(pk=event)
        with caused_by(causes(happened)):
            for function in _reactions.get(happened.kind, ()):
                if _name(function) == reaction:
                    function(happened)


def _name(reaction: Reaction) -> str:
    return f"{reaction.__module__}.{reaction.__qualname__}"
