"""Questions about imports."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.imports.models import ImportRun
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability


def runs(actor: Actor) -> QuerySet[ImportRun]:
    """The imports of those who may import, newest first; the problems are left for `run`."""
    actor.must_anywhere(Capability.IMPORT)
    return ImportRun.objects.select_related("by").defer("problems", "left")


def run(actor: Actor, pk: UUID) -> ImportRun:
    """One import; raises NotFound."""
    actor.must_anywhere(Capability.IMPORT)
    found = ImportRun.objects.select_related("by", "department").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such import."))
    return found
