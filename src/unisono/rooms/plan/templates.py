"""The verbs of campaign templates, and questions about them and about the days they leave out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import NotFound
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan import almanac, launches, queries
from unisono.rooms.plan.builtin_templates import BUILT_IN, BuiltIn
from unisono.rooms.plan.key_results import named
from unisono.rooms.plan.launches import DayOff, Step
from unisono.rooms.plan.models import CampaignTemplate


@dataclass(frozen=True)
class Template:
    """A template of everybody's or of the organization's own; `key` is its id, or its name here."""

    key: str
    name: str
    note: str
    steps: Sequence[Step]
    row: CampaignTemplate | None = None

    @property
    def posts(self) -> int:
        return sum(step.kind == launches.Kind.POST for step in self.steps)


def all_templates(actor: Actor) -> list[Template]:
    """Our own first, by name, then the built-in ones, in the language active now."""
    own = [_own(row) for row in queries.templates(actor)]
    return own + [_built_in(one.said) for one in BUILT_IN.values()]


def template(actor: Actor, key: str) -> Template:
    """One template by its key; raises NotFound."""
    actor.must_anywhere(Capability.SEE)
    if key in BUILT_IN:
        return _built_in(BUILT_IN[key].said)
    try:
        row = queries.templates(actor).filter(pk=UUID(key)).first()
    except ValueError:
        row = None
    if row is None:
        raise NotFound(_("There is no such template."))
    return _own(row)


def own_template(actor: Actor, key: str) -> CampaignTemplate:
    """The row of a template that can be changed; raises NotFound for built-in ones."""
    row = template(actor, key).row
    if row is None:
        raise NotFound(_("A built-in template cannot be changed. Keep a copy of it."))
    return row


def keep_template(
    *,
    name: str,
    steps: Iterable[Step],
    note: str = "",
    department: Department | None = None,
    by: Actor,
    now: datetime,
) -> CampaignTemplate:
    """Keep a template for a department, or for the whole organization."""
    by.must(Capability.CAMPAIGN, department)
    row = CampaignTemplate(department=department)
    return _write(row, name, note, steps, by, now)


def change_template(
    template: CampaignTemplate,
    *,
    name: str,
    note: str,
    steps: Iterable[Step],
    department: Department | None,
    by: Actor,
    now: datetime,
) -> CampaignTemplate:
    """Change a template; what was made of it stays as it is."""
    by.must(Capability.CAMPAIGN, template.department_id)
    by.must(Capability.CAMPAIGN, department)
    template.department = department
    return _write(template, name, note, steps, by, now)


def remove_template(template: CampaignTemplate, *, by: Actor, now: datetime) -> None:
    """It is not offered any more."""
    by.must(Capability.CAMPAIGN, template.department_id)
    if template.removed_at:
        return
    with transaction.atomic():
        template.removed_at = now
        template.save(update_fields=["removed_at"])
        events.record("campaign_template.removed", template, by=by, now=now, name=template.name)


def days_off(actor: Actor) -> DayOff:
    """Weekends, and the public holidays of the countries that matter to the organization."""
    codes = queries.countries(actor)
    rests = [almanac.weekend(code) for code in codes or ("",)]
    weekend = frozenset.intersection(*rests)

    def off(day: date) -> bool:
        if day.weekday() in weekend:
            return True
        return any(day in almanac.days_off(code, day.year) for code in codes)

    return off


def _write(
    row: CampaignTemplate, name: str, note: str, steps: Iterable[Step], by: Actor, now: datetime
) -> CampaignTemplate:
    row.name = named(name, _("Give the template a name."))
    row.note = note.strip()
    row.steps = [step.kept for step in launches.checked(steps)]
    with transaction.atomic():
        row.save()
        events.record("campaign_template.kept", row, by=by, now=now, name=row.name)
    return row


def _own(row: CampaignTemplate) -> Template:
    steps = tuple(Step.of(step) for step in row.steps)
    return Template(str(row.pk), row.name, row.note, steps, row)


def _built_in(one: BuiltIn) -> Template:
    return Template(one.key, one.name, one.note, tuple(one.steps))
