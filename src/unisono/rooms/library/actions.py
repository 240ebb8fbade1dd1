"""The verbs of the library."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Invalid
from unisono.rooms.library import images
from unisono.rooms.library.models import Asset, Rendition
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

ALT_MAX = 1500


def add_asset(
    *,
    data: bytes,
    name: str,
    alt: str = "",
    credit: str = "",
    department: Department | None = None,
    usable_until: date | None = None,
    by: Actor,
    now: datetime,
) -> Asset:
    """Take an image into the library; the same picture twice is one asset.

    Raises NotAnImage or ImageTooLarge with the field `file`.
    """
    by.must_anywhere(Capability.WRITE)
    picture = images.read(data)
    known = Asset.objects.get_or_none(sha256=picture.sha256)
    if known is not None:
        return known
    small = images.thumbnail(picture)
    folder = f"{by.organization.pk}/{picture.sha256[:2]}"
    path = store(f"{folder}/{picture.sha256}.{images.SUFFIX[picture.mime]}", picture.data)
    small_path = store(f"{folder}/{picture.sha256}-thumb.webp", small.data)
    with transaction.atomic():
        asset = Asset.objects.create(
            name=name.strip()[:160] or picture.sha256[:12],
            alt=_alt(alt),
            credit=credit.strip()[:160],
            department=department,
            usable_until=usable_until,
            sha256=picture.sha256,
            mime=picture.mime,
            width=picture.width,
            height=picture.height,
            size=len(picture.data),
            path=path,
            added_by=by.member,
            added_at=now,
        )
        Rendition.objects.create(
            asset=asset,
            kind="thumb",
            mime=small.mime,
            width=small.width,
            height=small.height,
            path=small_path,
        )
        events.record("asset.added", asset, by=by, now=now, name=asset.name)
    return asset


def describe_asset(
    asset: Asset, *, name: str, alt: str, credit: str = "", by: Actor, now: datetime
) -> Asset:
    """Change an asset's name, alt text or credit. Posts that carry it keep their own alt text."""
    by.must_anywhere(Capability.WRITE)
    asset.name = name.strip()[:160] or asset.name
    asset.alt = _alt(alt)
    asset.credit = credit.strip()[:160]
    asset.save(update_fields=["name", "alt", "credit"])
    events.record("asset.changed", asset, by=by, now=now)
    return asset


def retire_asset(asset: Asset, *, by: Actor, now: datetime) -> None:
    """Offer the asset no more; what uses it already keeps it."""
    by.must_anywhere(Capability.WRITE)
    asset.retired_at = asset.retired_at or now
    asset.save(update_fields=["retired_at"])
    events.record("asset.retired", asset, by=by, now=now)


def store(path: str, data: bytes) -> str:
    """Keep the bytes of a file under a path that stands for them alone; the path they got."""
    if default_storage.exists(path):
        return path
    return default_storage.save(path, ContentFile(data))


def discard(path: str) -> None:
    """Let go of the bytes at a path that no row names any more."""
    if path:
        default_storage.delete(path)


def _alt(alt: str) -> str:
    alt = alt.strip()
    if len(alt) > ALT_MAX:
        raise Invalid(
            _("Alt text can have %(n)s characters at most.") % {"n": ALT_MAX},
            field="alt",
        )
    return alt
