"""The verb that gives a channel its house rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock, events
from unisono.kernel.refusals import Invalid
from unisono.rooms.channels.models import Channel, HouseRules
from unisono.rooms.channels.rules import Rules, kept
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department

GAP_MAX = 7 * 24 * 60
DAILY_MAX = 500
LIST_MAX = 60


def set_rules(channel: Channel, rules: Rules, *, by: Actor, now: datetime) -> HouseRules:
    """Say what holds for plans on the channel from now on; what is planned already stays planned.

    Who manages the channel may. Raises Invalid, naming the rule that cannot be meant.
    """
    by.must(Capability.CHANNELS, channel.department_id)
    rules = replace(rules, zone=rules.zone or by.organization.zone)
    _must_make_sense(rules)
    with transaction.atomic():
        # Who plans on the channel has this row locked; see publishing.pacing.
        row = HouseRules.objects.select_for_update().filter(channel=channel).first()
        row = row or HouseRules(channel=channel)
        before = kept_of(row)
        for name, value in kept(rules).items():
            setattr(row, name, value)
        row.set_by, row.set_at = by.member, now
        row.save()
        after = kept(rules)
        changed = sorted(name for name in after if after[name] != before[name])
        events.record("channel.rules_set", channel, by=by, now=now, changed=changed, rules=after)
    return row


def kept_of(row: HouseRules) -> dict[str, object]:
    """The columns of a row that say the rules."""
    return {name: getattr(row, name) for name in kept(Rules(""))}


def _must_make_sense(rules: Rules) -> None:
    if rules.zone not in clock.zone_names():
        raise Invalid(
            _("“%(zone)s” is not a time zone we know, such as Europe/Paris.")
            % {"zone": rules.zone},
            field="zone",
        )
    _within(rules.gap_minutes, GAP_MAX, "gap_minutes")
    _within(rules.daily_most, DAILY_MAX, "daily_most")
    for percent in rules.shares.values():
        _within(percent, 100, "shares")
    known = set(Department.objects.filter(pk__in=rules.shares).values_list("pk", flat=True))
    if known != set(rules.shares):
        raise Invalid(_("There is no such department."), field="shares")
    if max(len(rules.quiet), len(rules.blackouts)) > LIST_MAX:
        raise Invalid(_("These are too many. Keep to %(n)s.") % {"n": LIST_MAX}, field="blackouts")
    for quiet in rules.quiet:
        if quiet.starts == quiet.ends:
            raise Invalid(_("Quiet hours end at another time than they begin."), field="quiet")
        if not quiet.weekdays or not quiet.weekdays <= set(range(7)):
            raise Invalid(_("Choose the weekdays on which it is quiet."), field="quiet")
    for dark in rules.blackouts:
        if not dark.name.strip() or len(dark.name) > 80:
            raise Invalid(
                _("Give the days without posts a name, in 80 characters at most."),
                field="blackouts",
            )
        if dark.last < dark.first:
            raise Invalid(
                _("“%(name)s” ends before it begins.") % {"name": dark.name}, field="blackouts"
            )


def _within(value: int, most: int, field: str) -> None:
    if not 0 <= value <= most:
        raise Invalid(_("Give a number from 0 to %(most)s.") % {"most": most}, field=field)
