"""Who hears of rules."""

from __future__ import annotations

from unisono.kernel.models import Event
from unisono.rooms.automation.models import Rule
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member
from unisono.rooms.people.queries import holders


def rule_told(event: Event) -> None:
    """Whom a rule is to tell something learns it."""
    rule = Rule.objects.get(pk=event.subject_id)
    said = {"rule": rule.name, "text": event.data["text"], "title": event.data["title"]}
    to = Member.objects.filter(pk__in=event.data["to"], state="active")
    notifications.tell(to, event.kind, said, link=_page(rule), now=event.at)


def rule_paused(event: Event) -> None:
    """Who answers for a rule learns that it paused itself; for want of rights the others too."""
    rule = Rule.objects.select_related("owner").get(pk=event.subject_id)
    owner = [rule.owner] if rule.owner and rule.owner.state == "active" else []
    rights = event.data["why"] == "rights"
    others = holders(Capability.PLAN, rule.department_id) if rights or not owner else []
    kind = "rule.paused.rights" if rights else "rule.paused"
    said = {"rule": rule.name}
    notifications.tell([*owner, *others], kind, said, link=_page(rule), now=event.at)


def rule_failed(event: Event) -> None:
    """Who answers for a rule learns that an act of it broke off; else those who plan there."""
    rule = Rule.objects.select_related("owner").get(pk=event.subject_id)
    owner = [rule.owner] if rule.owner and rule.owner.state == "active" else []
    to = owner or holders(Capability.PLAN, rule.department_id)
    said = {"rule": rule.name, "title": event.data["title"]}
    notifications.tell(to, event.kind, said, link=_page(rule), now=event.at)


def _page(rule: Rule) -> str:
    return f"/automations/{rule.pk}/"
