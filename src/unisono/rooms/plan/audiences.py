"""The verbs of audiences: whom we speak to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from babel import Locale
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock, events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan.key_results import named
from unisono.rooms.plan.models import Audience

NAME_MAX = 80
LANGUAGES_MAX = 12


def describe(
    *,
    name: str,
    description: str = "",
    interests: str = "",
    languages: Iterable[str] = (),
    zone: str = "",
    department: Department | None = None,
    by: Actor,
    now: datetime,
) -> Audience:
    """Describe an audience of a department, or of the whole organization."""
    by.must(Capability.CAMPAIGN, department)
    values = _values(name, description, interests, languages, zone, department)
    with transaction.atomic():
        _only_one(values["name"], None)
        row = Audience.objects.create(**values)
        events.record("audience.described", row, by=by, now=now, name=row.name)
    return row


def change(
    audience: Audience,
    *,
    name: str,
    description: str,
    interests: str,
    languages: Iterable[str],
    zone: str,
    department: Department | None,
    by: Actor,
    now: datetime,
) -> Audience:
    """Change what is said of an audience."""
    by.must(Capability.CAMPAIGN, audience.department_id)
    by.must(Capability.CAMPAIGN, department)
    values = _values(name, description, interests, languages, zone, department)
    with transaction.atomic():
        _only_one(values["name"], audience)
        for field, value in values.items():
            setattr(audience, field, value)
        audience.save()
        events.record("audience.changed", audience, by=by, now=now, name=audience.name)
    return audience


def archive(audience: Audience, *, by: Actor, now: datetime) -> None:
    """It is not offered any more; campaigns and posts that are for it stay so."""
    by.must(Capability.CAMPAIGN, audience.department_id)
    if audience.archived_at:
        return
    with transaction.atomic():
        audience.archived_at = now
        audience.save(update_fields=["archived_at"])
        events.record("audience.archived", audience, by=by, now=now, name=audience.name)


def restore(audience: Audience, *, by: Actor, now: datetime) -> None:
    """It is offered again."""
    by.must(Capability.CAMPAIGN, audience.department_id)
    if audience.archived_at is None:
        return
    with transaction.atomic():
        _only_one(audience.name, audience)
        audience.archived_at = None
        audience.save(update_fields=["archived_at"])
        events.record("audience.restored", audience, by=by, now=now, name=audience.name)


def _only_one(name: str, own: Audience | None) -> None:
    """Two of one name could not be told apart where they are chosen."""
    rows = Audience.objects.filter(name__iexact=name, archived_at=None)
    if own:
        rows = rows.exclude(pk=own.pk)
    if rows.exists():
        raise Conflict(_("There is an audience of this name already."), field="name")


def _values(
    name: str,
    description: str,
    interests: str,
    languages: Iterable[str],
    zone: str,
    department: Department | None,
) -> dict[str, Any]:
    name = named(name, _("Give the audience a name."))
    for field, value, most in (("name", name, NAME_MAX), ("interests", interests.strip(), 300)):
        if len(value) > most:
            raise Invalid(
                _("This is too long: %(most)d characters at most.") % {"most": most}, field=field
            )
    if zone and zone not in clock.zone_names():
        raise Invalid(
            _("“%(zone)s” is not a time zone we know, such as Europe/Paris.") % {"zone": zone},
            field="zone",
        )
    return {
        "name": name,
        "description": description.strip(),
        "interests": interests.strip(),
        "languages": _spoken(languages),
        "zone": zone,
        "department": department,
    }


def _spoken(codes: Iterable[str]) -> list[str]:
    """Codes of languages that exist, each once, in the order given."""
    found = list(dict.fromkeys(code.strip().lower() for code in codes if code.strip()))
    if len(found) > LANGUAGES_MAX:
        raise Invalid(
            _("Choose %(most)d languages at most.") % {"most": LANGUAGES_MAX}, field="languages"
        )
    unknown = [code for code in found if code not in Locale("en").languages]
    if unknown:
        raise Invalid(
            _("“%(code)s” is not a language. Give languages by their letters, such as fr.")
            % {"code": unknown[0][:20]},
            field="languages",
        )
    return found
