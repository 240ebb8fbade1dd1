"""Saved views: how somebody looks at the plan, kept under a name and shared with the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid, NotFound
from unisono.rooms.exports.models import SavedView
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability

PAGES = ("calendar", "timeline")
MOST = 30
"""Views one person may keep."""

MOST_VALUES, LONGEST_VALUE = 50, 80
"""What a view may hold; a page's own filters are far below it."""


def keep(
    *,
    name: str,
    page: str,
    shape: Mapping[str, Sequence[str]],
    shared: bool,
    by: Actor,
    now: datetime,
) -> SavedView:
    """Keep how `page` is looked at; the person's view of the same name becomes this one.

    `shape` is the page's query: each name with its values, and no day, so that it never grows old.
    """
    by.must_anywhere(Capability.SEE)
    if by.member is None:
        raise Conflict(_("A saved view belongs to a person."))
    name = " ".join(name.split())[:LONGEST_VALUE]
    if not name:
        raise Invalid(_("Give the view a name."), field="name")
    if page not in PAGES:
        raise Invalid(_("Such a page has no views to keep."), field="page")
    others = SavedView.objects.filter(member=by.member).exclude(name=name)
    if others.count() >= MOST:
        raise Conflict(_("You keep %(n)s views already. Forget one first.") % {"n": MOST})
    view, _made = SavedView.objects.update_or_create(
        member=by.member,
        name=name,
        defaults={"page": page, "shape": _told(shape), "shared": shared, "kept_at": now},
    )
    events.record("saved_view.kept", view, by=by, now=now, name=name, shared=shared)
    return view


def share(view: SavedView, *, shared: bool, by: Actor, now: datetime) -> None:
    """Show it to the others, or to its owner alone."""
    _must_own(view, by)
    if view.shared != shared:
        view.shared = shared
        view.save(update_fields=["shared"])
        events.record("saved_view.shared", view, by=by, now=now, name=view.name, shared=shared)


def forget(view: SavedView, *, by: Actor, now: datetime) -> None:
    """Keep it no more. Its owner's right, and an admin's."""
    _must_own(view, by)
    events.record("saved_view.forgotten", view, by=by, now=now, name=view.name)
    view.delete()


def seen(actor: Actor) -> QuerySet[SavedView]:
    """The actor's own views and those shared with everybody, own first."""
    own = Q(member=actor.member) if actor.member else Q(pk__in=())
    return (
        SavedView.objects.filter(own | Q(shared=True, member__state="active"))
        .select_related("member")
        .order_by("shared", "name")
    )


def view(actor: Actor, pk: UUID) -> SavedView:
    """One view the actor sees; raises NotFound."""
    actor.must_anywhere(Capability.SEE)
    found = seen(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such view."))
    return found


def _must_own(view: SavedView, by: Actor) -> None:
    if by.member is None or view.member_id != by.member.pk:
        by.must(Capability.PEOPLE)


def _told(shape: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    kept = {
        key[:LONGEST_VALUE]: [value for value in values if value] for key, values in shape.items()
    }
    told = [value for values in kept.values() for value in values]
    if len(told) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in told):
        raise Invalid(_("This is more than a view can hold."), field="shape")
    return {key: values for key, values in kept.items() if values}
