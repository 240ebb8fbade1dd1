"""The bell that wakes the dispatchers."""

from __future__ import annotations

from django.db import connection

from unisono.rooms.publishing.states import DUE_CHANNEL


def ring() -> None:
    """Wake the dispatchers when the transaction commits; a lost ring costs a second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [DUE_CHANNEL])
