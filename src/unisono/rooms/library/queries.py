"""Questions about the library."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.library.models import Asset
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


def assets(actor: Actor, search: str = "") -> QuerySet[Asset]:
    """Assets on offer, newest first."""
    actor.must_anywhere(Capability.SEE)
    rows = Asset.objects.filter(retired_at=None)
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(alt__icontains=search))
    return rows


def asset(actor: Actor, pk: UUID) -> Asset:
    """One asset, retired or not; raises NotFound."""
    actor.must_anywhere(Capability.SEE)
    found = Asset.objects.get_or_none(pk=pk)
    if found is None:
        raise NotFound(_("There is no such image."))
    return found


def stored(asset: Asset, kind: str = "") -> tuple[bytes, str]:
    """The bytes and media type of an asset, or of its rendition `kind`."""
    source = asset.renditions.filter(kind=kind).first() if kind else None
    with default_storage.open((source or asset).path) as file:
        return file.read(), (source or asset).mime


def bytes_at(path: str) -> bytes:
    """What is stored at a path; raises NotFound when the store has lost it."""
    try:
        with default_storage.open(path) as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError:
        raise NotFound(_("This file is no longer in the store.")) from None


def store_is_there() -> bool:
    """Whether there are files at all: a disk that is not mounted looks like an empty folder."""
    try:
        folders, files = default_storage.listdir("")
    except OSError:
        return False
    return bool(folders or files)
