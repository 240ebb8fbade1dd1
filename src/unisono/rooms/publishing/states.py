"""The life of a publication.

`publishing` covers one attempt; after the network may have accepted, the only ways out are
`published` (evidence), `unknown` (looked up, never re-sent blindly) and, where nothing was made,
`failed` or `scheduled` again. What a restored backup calls scheduled may have gone out since: it
is `unknown` first.
"""

from datetime import timedelta

from django.db.models import Q

from unisono.kernel.states import Graph

GRACE = timedelta(hours=2)
"""How late a publication may still go out by itself; later, a person decides."""

DUE_CHANNEL = "unisono_due"
"""What dispatchers listen to: something may be due."""

PUBLICATION = Graph.of(
    "publication",
    scheduled=["publishing", "held", "cancelled", "unknown"],
    publishing=["published", "failed", "unknown", "scheduled", "held"],
    published=[],
    failed=["scheduled", "cancelled"],
    unknown=["published", "scheduled", "failed", "cancelled"],
    held=["scheduled", "cancelled"],
    cancelled=[],
)

READY = Q(state="scheduled", next_at__isnull=False)
"""Scheduled and free to go when its time comes: no part of a thread that waits for another."""

DRIFTS = ("gone", "changed")
"""Reasons of what was published and is no more as it was sent, until a person has seen to it."""

LIVE = ("scheduled", "publishing", "unknown", "held")
"""States in which a publication still wants to go out, or may have."""
