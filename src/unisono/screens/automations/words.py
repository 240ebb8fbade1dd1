"""Rules in words: one sentence that reads a rule back, and the names its parts go by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from unisono.networks import registry
from unisono.rooms.automation.acts import ACTS
from unisono.rooms.automation.conditions import TYPES
from unisono.rooms.automation.models import Rule
from unisono.rooms.automation.triggers import TRIGGERS
from unisono.rooms.channels import queries as channels
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Member
from unisono.rooms.plan import queries as plan
from unisono.ui.marks import mark_of

FACTS: dict[str, str | Promise] = {
    "department": gettext_lazy("Department"),
    "campaign": gettext_lazy("Campaign"),
    "objective": gettext_lazy("Objective"),
    "channel": gettext_lazy("Channel"),
    "network": gettext_lazy("Network"),
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Text"),
    "author": gettext_lazy("Author"),
    "count": pgettext_lazy("how many", "Number"),
    "weekday": gettext_lazy("Day of the week"),
    "hour": gettext_lazy("Hour"),
}
WAYS: dict[str, str | Promise] = {
    "is": pgettext_lazy("comparison", "is"),
    "is_not": pgettext_lazy("comparison", "is not"),
    "contains": pgettext_lazy("comparison", "contains the word"),
    "contains_not": pgettext_lazy("comparison", "does not contain the word"),
    "more": pgettext_lazy("comparison", "is more than"),
    "less": pgettext_lazy("comparison", "is less than"),
    "between": pgettext_lazy("comparison", "is between"),
}
CLAUSES: dict[str, str | Promise] = {
    "is": gettext_lazy("%(fact)s is “%(value)s”"),
    "is_not": gettext_lazy("%(fact)s is not “%(value)s”"),
    "contains": gettext_lazy("%(fact)s contains “%(value)s”"),
    "contains_not": gettext_lazy("%(fact)s does not contain “%(value)s”"),
    "more": gettext_lazy("%(fact)s is more than %(value)s"),
    "less": gettext_lazy("%(fact)s is less than %(value)s"),
    "between": gettext_lazy("%(fact)s is between %(value)s and %(to)s o’clock"),
}
DAYS: tuple[str | Promise, ...] = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"), gettext_lazy("Friday"), gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)  # fmt: skip
DOES: dict[str, str | Promise] = {
    "comment": gettext_lazy("comment “%(text)s” on the post"),
    "ask": gettext_lazy("ask for approval of the post, with “%(text)s”"),
    "lock": gettext_lazy("keep the post where it is, since “%(text)s”"),
    "hold_department": gettext_lazy("hold the department, since “%(text)s”"),
    "hold_channel": gettext_lazy("hold the channel, since “%(text)s”"),
    "close": gettext_lazy("close the conversation"),
    "accept": gettext_lazy("accept what is proposed, where it is sure"),
}
STATES: dict[str, tuple[str | Promise, str]] = {
    "on": (pgettext_lazy("rule", "on"), "ok"),
    "off": (pgettext_lazy("rule", "off"), ""),
    "paused": (pgettext_lazy("rule", "paused"), "warn"),
}
WHY: dict[str, str | Promise] = {
    "limit": gettext_lazy("It ran more often than you allow, and paused. Look at its log."),
    "rights": gettext_lazy(
        "Whoever answers for it may not do what it does any more. Somebody who may switches it on."
    ),
}
CAME: dict[str, tuple[str | Promise, str]] = {
    "waiting": (pgettext_lazy("act", "waiting"), ""),
    "done": (pgettext_lazy("act", "done"), "ok"),
    "refused": (pgettext_lazy("act", "refused"), "warn"),
    "failed": (pgettext_lazy("act", "broke off"), "bad"),
    "undone": (pgettext_lazy("act", "taken back"), ""),
}
"""What came of an act, with its tone."""


class Names:
    """What ids in rules are called, as far as the actor sees them; read once for all rules."""

    def __init__(self, actor: Actor, rules: Iterable[Rule]) -> None:
        rules = list(rules)
        asked: dict[str, set[str]] = {}
        for rule in rules:
            for one in rule.conditions:
                asked.setdefault(str(one.get("fact")), set()).add(str(one.get("value")))
            for act in rule.acts:
                if act.get("member"):
                    asked.setdefault("member", set()).add(str(act["member"]))
        self.of: dict[str, dict[str, str]] = {
            "department": {str(row.pk): row.name for row in actor.departments.rows}
        }
        rows: dict[str, Any] = {
            "campaign": plan.campaigns(actor),
            "objective": plan.objectives(actor),
            "channel": channels.channels(actor),
            "member": Member.objects.all(),
        }
        for name, found in rows.items():
            if wanted := asked.get(name):
                told = found.filter(pk__in=wanted).values_list("pk", "name")
                self.of[name] = {str(pk): label for pk, label in told}

    def value(self, one: Mapping[str, Any]) -> str:
        """What a condition compares with, as people call it."""
        fact, value = str(one["fact"]), str(one.get("value", ""))
        if TYPES.get(fact) == "choice" and fact != "network":
            return self.of.get(fact, {}).get(value) or _("something you do not see")
        return _said(fact, value)


def sentence(rule: Rule, names: Names) -> str:
    """The rule, read back in one sentence."""
    told = {
        "when": when(rule.trigger),
        "acts": get_text_list([does(one, names) for one in rule.acts], _("and")),
    }
    if not rule.conditions:
        return _("When this happens: “%(when)s”, then %(acts)s.") % told
    joined = _("and") if rule.every else _("or")
    told["if"] = get_text_list([clause(one, names) for one in rule.conditions], joined)
    return _("When this happens: “%(when)s”, and if %(if)s, then %(acts)s.") % told


def clause(one: Mapping[str, Any], names: Names) -> str:
    """One condition."""
    fact = FACTS.get(str(one["fact"]), "")
    told = {"fact": fact, "value": names.value(one), "to": one.get("to", "")}
    return str(CLAUSES[str(one["is"])]) % told


def does(act: Mapping[str, Any], names: Names) -> str:
    """One act."""
    kind, text = str(act["act"]), str(act.get("text", ""))
    who = names.of.get("member", {}).get(str(act.get("member", "")), "")
    told: dict[str, Any] = {"text": text, "who": who}
    if kind == "task":
        return _task(told, str(act.get("days", "")))
    if kind == "notify":
        said = _("tell %(who)s “%(text)s”") if who else _("tell whoever answers for it “%(text)s”")
        return said % told
    if kind == "idea":
        return (_("capture the idea “%(text)s”") if text else _("capture an idea of it")) % told
    return str(DOES[kind]) % told if kind in DOES else str(ACTS[kind].label)


def facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the conditions of a run found, with labels; what ids stand for is left out."""
    shown = [one for one in found if TYPES.get(one) != "choice" or one == "network"]
    return [
        (str(FACTS[one]), _said(one, found[one])) for one in shown if found[one] not in (None, "")
    ]


def when(name: str) -> str:
    """What a rule waits for."""
    trigger = TRIGGERS[name]
    if trigger.signal:
        return _("Unisono notices: %(what)s") % {"what": trigger.label}
    return str(trigger.label)


def _said(fact: str, value: Any) -> str:
    said = f"{value:g}" if isinstance(value, float) else str(value)
    if fact == "weekday" and said in list("0123456"):
        return str(DAYS[int(said)])
    if fact == "network" and said in registry.NAMES:
        return str(mark_of(said).label)
    return said


def _task(told: dict[str, Any], days: str) -> str:
    if not days.isdecimal():
        mine, theirs = _("create the task “%(text)s”"), _("create the task “%(text)s” for %(who)s")
        return (theirs if told["who"] else mine) % told
    n = int(days)
    if told["who"]:
        said = ngettext(
            "create the task “%(text)s” for %(who)s, due in %(n)s day",
            "create the task “%(text)s” for %(who)s, due in %(n)s days",
            n,
        )
    else:
        said = ngettext(
            "create the task “%(text)s”, due in %(n)s day",
            "create the task “%(text)s”, due in %(n)s days",
            n,
        )
    return said % {**told, "n": n}
