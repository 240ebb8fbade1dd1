"""The verbs of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Invalid
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department, Member
from unisono.rooms.plan import briefs
from unisono.rooms.plan.briefs import Details
from unisono.rooms.plan.key_results import measured_by, named
from unisono.rooms.plan.models import Campaign, Objective


def set_objective(
    *,
    name: str,
    metric: str,
    target: int,
    starts_on: date,
    ends_on: date,
    why: str = "",
    unit: str = "",
    department: Department | None = None,
    parent: Objective | None = None,
    owner: Member | None = None,
    by: Actor,
    now: datetime,
) -> Objective:
    """Set an objective: `target` of `metric` between two days, both included."""
    by.must(Capability.PLAN, department)
    values = _objective_values(name, metric, target, starts_on, ends_on)
    objective = Objective.objects.create(
        **values,
        why=why.strip(),
        unit=unit.strip(),
        department=department,
        parent=parent,
        owner=owner or by.member,
    )
    events.record("objective.set", objective, by=by, now=now, target=target, metric=metric)
    return objective


def change_objective(
    objective: Objective,
    *,
    name: str,
    metric: str,
    target: int,
    starts_on: date,
    ends_on: date,
    why: str,
    unit: str,
    department: Department | None,
    parent: Objective | None,
    owner: Member | None,
    by: Actor,
    now: datetime,
) -> Objective:
    """Change an objective; the event keeps the target it had."""
    by.must(Capability.PLAN, objective.department_id)
    by.must(Capability.PLAN, department)
    above = parent
    while above is not None:
        if above.pk == objective.pk:
            raise Invalid(_("An objective cannot serve itself."), field="parent")
        above = above.parent
    before = objective.target
    for field, value in _objective_values(name, metric, target, starts_on, ends_on).items():
        setattr(objective, field, value)
    objective.why, objective.unit = why.strip(), unit.strip()
    objective.department, objective.parent, objective.owner = department, parent, owner
    objective.save()
    events.record("objective.changed", objective, by=by, now=now, target=target, was=before)
    return objective


def archive_objective(objective: Objective, *, by: Actor, now: datetime) -> None:
    """Put an objective away; its history stays."""
    by.must(Capability.PLAN, objective.department_id)
    objective.archived_at = objective.archived_at or now
    objective.save(update_fields=["archived_at"])
    events.record("objective.archived", objective, by=by, now=now)


def open_campaign(
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    brief: str = "",
    department: Department | None = None,
    objective: Objective | None = None,
    owner: Member | None = None,
    details: Details | None = None,
    by: Actor,
    now: datetime,
) -> Campaign:
    """Open a campaign for the days given, both included."""
    by.must(Capability.CAMPAIGN, department)
    said = details or Details()
    campaign = Campaign(
        **_window(name, starts_on, ends_on, _("Give the campaign a name.")),
        brief=brief.strip(),
        department=department,
        objective=objective,
        owner=owner or by.member,
    )
    briefs.describe(campaign, said)
    with transaction.atomic():
        campaign.save(force_insert=True)
        if details:
            briefs.tie(campaign, said)
        events.record("campaign.opened", campaign, by=by, now=now, name=campaign.name)
    return campaign


def change_campaign(
    campaign: Campaign,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    brief: str,
    department: Department | None,
    objective: Objective | None,
    owner: Member | None,
    details: Details | None = None,
    by: Actor,
    now: datetime,
) -> Campaign:
    """Change a campaign; `details` None leaves its brief in full and its ties as they are.

    The event says when the links of its posts are others from now on.
    """
    by.must(Capability.CAMPAIGN, campaign.department_id)
    by.must(Capability.CAMPAIGN, department)
    for field, value in _window(name, starts_on, ends_on, _("Give the campaign a name.")).items():
        setattr(campaign, field, value)
    campaign.brief = brief.strip()
    campaign.department, campaign.objective, campaign.owner = (
        department,
        objective,
        owner,
    )
    links = briefs.describe(campaign, details) if details else False
    with transaction.atomic():
        campaign.save()
        if details:
            briefs.tie(campaign, details)
        events.record("campaign.changed", campaign, by=by, now=now, links=links)
    return campaign


def archive_campaign(campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Put a campaign away; its posts stay."""
    by.must(Capability.CAMPAIGN, campaign.department_id)
    if campaign.archived_at:
        return
    with transaction.atomic():
        campaign.archived_at = now
        campaign.save(update_fields=["archived_at"])
        events.record("campaign.archived", campaign, by=by, now=now)


def restore_campaign(campaign: Campaign, *, by: Actor, now: datetime) -> None:
    """Take a campaign out of the archive."""
    by.must(Capability.CAMPAIGN, campaign.department_id)
    if campaign.archived_at is None:
        return
    with transaction.atomic():
        campaign.archived_at = None
        campaign.save(update_fields=["archived_at"])
        events.record("campaign.restored", campaign, by=by, now=now)


def note_steps(
    campaign: Campaign, steps: Sequence[Mapping[str, str]], *, by: Actor, now: datetime
) -> None:
    """Tell the dated steps of a campaign that are no posts: [{on, title, text, department}].

    The event carries them, for whoever makes tasks of them.
    """
    by.must(Capability.CAMPAIGN, campaign.department_id)
    if steps:
        told = [dict(step) for step in steps]
        events.record("campaign.noted", campaign, by=by, now=now, steps=told)


def _objective_values(
    name: str, metric: str, target: int, starts_on: date, ends_on: date
) -> dict[str, Any]:
    values = _window(name, starts_on, ends_on, _("Give the objective a name."))
    return {**values, **measured_by(metric, target)}


def _window(name: str, starts_on: date, ends_on: date, nameless: Any) -> dict[str, Any]:
    if ends_on < starts_on:
        raise Invalid(_("The last day lies before the first."), field="ends_on")
    return {"name": named(name, nameless), "starts_on": starts_on, "ends_on": ends_on}
