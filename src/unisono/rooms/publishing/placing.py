"""Giving posts a place: by a way out of a collision, or in pencil."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import actions
from unisono.rooms.publishing.states import LIVE


def place(
    variants: Sequence[Variant],
    *,
    wall: datetime,
    zone: str,
    scheduling: bool = False,
    anyway: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Give these variants a time and, where `scheduling`, schedule those that are not yet.

    All of it or none; raises what `actions.move_together` and `actions.schedule_variant` do.
    """
    with transaction.atomic():
        actions.move_together(variants, wall=wall, zone=zone, anyway=anyway, by=by, now=now)
        for variant in variants if scheduling else ():
            if not variant.publications.filter(part=0, state__in=LIVE).exists():
                actions.schedule_variant(variant, wall=wall, zone=zone, by=by, now=now)


def pencil(post: Post, *, wall: datetime, zone: str, by: Actor, now: datetime) -> None:
    """Pencil a new post in at a time that stands for its day, on all of its channels.

    House rules do not stop a post from being begun. What they have against the time is shown with
    it, and asked again when it is moved or scheduled.
    """
    with transaction.atomic():
        for variant in variants_of(post):
            content.plan_variant(variant, wall=wall, zone=zone, by=by, now=now)
