"""A channel's house rules: what they say, and the page on which they are set."""

from __future__ import annotations

from uuid import UUID

from babel.lists import format_list
from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.rooms.channels import house, queries
from unisono.rooms.channels.rules import EVERY_DAY, Quiet, Rules
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.screens.channels.rules_form import RulesForm
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed
from unisono.screens.series.words import weekday_names
from unisono.screens.zones import zone_names
from unisono.ui import wording


def rules(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Set what holds for plans on the channel."""
    channel = queries.channel(request.actor, pk)
    request.actor.must(Capability.CHANNELS, channel.department_id)
    known = queries.rules_of(channel) or Rules(request.actor.organization.zone)
    form = RulesForm(request.actor.departments.rows, known, request.actor.language, typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            house.set_rules(channel, form.rules(), by=request.actor, now=now())
            messages.success(request, _("The house rules are kept. They hold from now on."))
            return done(request, "channel", pk)
    context = {"form": form, "channel": channel, "zones": zone_names(), "nav": "channels"}
    return again(request, "channels/rules.html", context, bad=bool(form.errors))


def sentences(actor: Actor, rules: Rules) -> list[str]:
    """What the rules say, one sentence a rule."""
    told = []
    if rules.gap_minutes:
        told.append(_("Two posts are at least %(n)s min apart.") % {"n": rules.gap_minutes})
    if rules.daily_most:
        most = ngettext("At most %(n)s post a day.", "At most %(n)s posts a day.", rules.daily_most)
        told.append(most % {"n": rules.daily_most})
    if rules.one_topic_a_day:
        told.append(_("At most one post on a topic a day."))
    names = {row.pk: row.name for row in actor.departments.rows}
    told += [
        _("%(department)s may have %(n)s %% of a month's posts.")
        % {"department": names.get(department, ""), "n": percent}
        for department, percent in rules.shares.items()
    ]
    told += [_quiet(quiet) for quiet in rules.quiet]
    for dark in rules.blackouts:
        days = {"name": dark.name, "first": wording.day(dark.first), "last": wording.day(dark.last)}
        if dark.first == dark.last:
            told.append(_("No posts on %(first)s: %(name)s.") % days)
        else:
            told.append(_("No posts from %(first)s to %(last)s: %(name)s.") % days)
    return told


def _quiet(quiet: Quiet) -> str:
    hours = {"starts": f"{quiet.starts:%H:%M}", "ends": f"{quiet.ends:%H:%M}"}
    if quiet.weekdays == EVERY_DAY:
        return _("Quiet from %(starts)s to %(ends)s.") % hours
    names = weekday_names("abbreviated")
    days = format_list([names[day] for day in sorted(quiet.weekdays)], locale=wording.locale())
    return _("Quiet from %(starts)s to %(ends)s, beginning on %(days)s.") % {**hours, "days": days}
