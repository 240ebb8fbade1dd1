"""Tags: the organization's own words to sort by."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid
from unisono.rooms.library.models import Tag

TAGS_MAX = 12
TAG_MAX = 40


def tags_named(names: Sequence[str]) -> list[Tag]:
    """The tags of these names, made where there is none; case does not tell two apart.

    Raises Invalid for too many, or one too long. The caller has asked whether the actor may.
    """
    wanted: dict[str, str] = {}
    for name in filter(None, map(_clean, names)):
        wanted.setdefault(name.casefold(), name)
    if len(wanted) > TAGS_MAX:
        raise Invalid(_("%(n)s tags at most.") % {"n": TAGS_MAX}, field="tags")
    known = {row.name.casefold(): row for row in Tag.objects.all()}
    return [known.get(key) or Tag.objects.create(name=name) for key, name in wanted.items()]


def _clean(said: str) -> str:
    name = " ".join(said.replace("\x00", "").split()).lstrip("#")
    if len(name) > TAG_MAX:
        raise Invalid(_("A tag can have %(n)s characters at most.") % {"n": TAG_MAX}, field="tags")
    return name
