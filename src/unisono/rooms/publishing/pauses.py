"""Servers that have asked the whole application to wait."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from unisono.kernel.ids import uuid7
from unisono.rooms.publishing.models import Pause

Place = tuple[str, str]
"""A network's name and the origin of one of its servers."""


def pause(place: Place, *, until: datetime) -> None:
    """Let nobody send there before `until`; the latest of all that was asked for counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pause (id, network, server, until) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (network, server)"
            " DO UPDATE SET until = greatest(pause.until, excluded.until)",
            [uuid7(), *place, until],
        )


def paused(now: datetime) -> dict[Place, datetime]:
    """The servers that are to be left alone now, and until when."""
    rows = Pause.objects.filter(until__gt=now).values_list("network", "server", "until")
    return {(network, server): until for network, server, until in rows}
