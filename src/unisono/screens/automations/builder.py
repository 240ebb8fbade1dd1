"""The builder: what a rule waits for, its conditions and acts, as they stand in the form.

Conditions and acts are rows of controls of the same names, so that rows come and go without
numbers; a row carries every control, hidden where its kind has no use for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unisono.networks import registry
from unisono.rooms.automation import acts, conditions
from unisono.rooms.automation.actions import DAILY_MAX, HOURLY_MAX
from unisono.rooms.automation.acts import ACTS
from unisono.rooms.automation.conditions import OPERATORS, TYPES
from unisono.rooms.automation.models import Rule
from unisono.rooms.automation.triggers import TRIGGERS, Trigger
from unisono.rooms.channels import queries as channels
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan import queries as plan
from unisono.screens.automations.recipes import BY_KEY
from unisono.screens.automations.words import DAYS, FACTS, WAYS, Names, sentence, when
from unisono.screens.doors import named

CONDITION = ("fact", "is", "value", "to")
ACT = ("act", "text", "member", "days")
EVERYWHERE = "organization"
Row = dict[str, str]
Pairs = list[tuple[str, str]]


class RuleForm(forms.Form):
    """What is single about a rule. `conditions` and `acts` only carry what is wrong with them."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    department = forms.ChoiceField(label=gettext_lazy("Where"))
    trigger = forms.ChoiceField(label=gettext_lazy("What happens"))
    every = forms.TypedChoiceField(
        label=gettext_lazy("How they hold"),
        choices=[
            ("all", gettext_lazy("All of these hold")),
            ("any", gettext_lazy("Any of these holds")),
        ],
        coerce=lambda chosen: chosen == "all",
    )
    an_hour = forms.IntegerField(
        label=gettext_lazy("Runs an hour, at most"), min_value=1, max_value=HOURLY_MAX
    )
    a_day = forms.IntegerField(
        label=gettext_lazy("Runs a day, at most"), min_value=1, max_value=DAILY_MAX
    )
    conditions = forms.CharField(required=False)
    acts = forms.CharField(required=False)


@dataclass(frozen=True)
class Shown:
    """A row as it is drawn: what is chosen, and what can be."""

    number: int
    at: Row
    kind: str
    ways: Pairs = field(default_factory=list)
    values: Pairs = field(default_factory=list)
    says: tuple[str, ...] = ()
    focus: bool = False


class Builder:
    """A rule in the making, from what was typed, a rule that is there, or a recipe."""

    def __init__(
        self,
        actor: Actor,
        data: QueryDict | None = None,
        rule: Rule | None = None,
        recipe: str = "",
    ) -> None:
        self.actor, self.rule, self.focus = actor, rule, ""
        first = _of_rule(rule) if rule else _of_recipe(actor, recipe)
        self.form = RuleForm(data, initial=first)
        self.form.fields["trigger"].choices = [(name, when(name)) for name in TRIGGERS]  # type: ignore[attr-defined]
        self.form.fields["department"].choices = _places(actor)  # type: ignore[attr-defined]
        # Where a rule is, it stays.
        self.form.fields["department"].required = rule is None
        if data is None:
            self.conditions, self.acts = list(first["conditions"]), list(first["acts"])
        else:
            self.conditions, self.acts = _rows(data, CONDITION), _rows(data, ACT)
        self._straighten()

    @property
    def trigger(self) -> str:
        """What is chosen to wait for; the first where nothing sensible is."""
        chosen = str(self.form["trigger"].value() or "")
        return chosen if chosen in TRIGGERS else next(iter(TRIGGERS))

    @property
    def department(self) -> Department | None:
        """Where the rule is to hold."""
        if self.rule is not None:
            return self.rule.department
        chosen = str(self.form["department"].value() or "")
        return next((d for d in self.actor.departments.rows if str(d.pk) == chosen), None)

    def do(self, wanted: str) -> None:
        """Add or remove a row: `add-act`, `remove-condition-2`."""
        verb, _dash, rest = wanted.partition("-")
        kind, _dash, number = rest.partition("-")
        rows = self.conditions if kind == "condition" else self.acts
        most = conditions.MOST if kind == "condition" else acts.MOST
        if verb == "add" and len(rows) < most:
            rows.append({})
            self.focus = f"{kind}-{len(rows) - 1}"
        elif verb == "remove" and number.isdecimal() and int(number) < len(rows):
            del rows[int(number)]
            self.focus = f"add-{kind}"
        self._straighten()

    def said(self) -> dict[str, Any]:
        """The values for the verbs. The form is valid."""
        clean = {
            k: self.form.cleaned_data[k] for k in ("name", "trigger", "every", "an_hour", "a_day")
        }
        return {**clean, "conditions": self.conditions, "acts": self.acts}

    def sentence(self) -> str:
        """What stands there, in words; what is not said yet as an ellipsis."""
        rule = Rule(
            trigger=self.trigger,
            every=self.form["every"].value() != "any",
            conditions=[{**one, "value": one["value"] or "…"} for one in self.conditions],
            acts=[
                {**one, "text": one["text"] or ("" if one["act"] == "idea" else "…")}
                for one in self.acts
            ],
        )
        return sentence(rule, Names(self.actor, [rule])) if self.acts else ""

    def context(self) -> dict[str, Any]:
        """What the blocks show."""
        trigger = TRIGGERS[self.trigger]
        options = _Options(self.actor, self.department)
        return {
            "form": self.form,
            "builder": self,
            "rule": self.rule,
            "facts": [(one, FACTS[one]) for one in trigger.facts],
            "can": [(key, ACTS[key].label) for key in _can(trigger)],
            "conditions": [
                Shown(
                    n, one, TYPES[one["fact"]],
                    [(w, str(WAYS[w])) for w in OPERATORS[TYPES[one["fact"]]]],
                    options.of(one["fact"], one["value"]), focus=self.focus == f"condition-{n}",
                )
                for n, one in enumerate(self.conditions)
            ],
            "acts": [
                Shown(
                    n, one, one["act"], values=options.members(one["act"]),
                    says=ACTS[one["act"]].says, focus=self.focus == f"act-{n}",
                )
                for n, one in enumerate(self.acts)
            ],
            "more_conditions": len(self.conditions) < conditions.MOST,
            "more_acts": len(self.acts) < acts.MOST,
            "sentence": self.sentence(),
            "nav": "automations",
        }  # fmt: skip

    def _straighten(self) -> None:
        """Let every row say something this trigger tells and allows; what was typed stays."""
        trigger = TRIGGERS[self.trigger]
        for one in self.conditions:
            if one.get("fact") not in trigger.facts:
                one |= {"fact": trigger.facts[0], "value": "", "is": ""}
            ways = OPERATORS[TYPES[one["fact"]]]
            one["is"] = one["is"] if one.get("is") in ways else ways[0]
            one |= {key: one.get(key, "") for key in CONDITION}
        can = _can(trigger)
        for one in self.acts:
            if one.get("act") not in can:
                one["act"] = can[0]
            one |= {key: one.get(key, "") for key in ACT}


class _Options:
    """What a condition can compare with, and who can be told; each read once."""

    def __init__(self, actor: Actor, department: Department | None) -> None:
        self.actor, self.department = actor, department
        self.read: dict[str, Pairs] = {}

    def members(self, act: str) -> Pairs:
        """Those who see the department; and what it means to choose none of them."""
        if "member" not in self.read:
            found = people.holders(Capability.SEE, self.department.pk if self.department else None)
            self.read["member"] = [(str(one.pk), one.name) for one in found]
        none = _("Nobody yet") if act == "task" else _("Whoever answers for the rule")
        return [("", none), *self.read["member"]]

    def of(self, fact: str, chosen: str) -> Pairs:
        """The values of a fact; one that is chosen and not seen stays choosable."""
        if fact not in self.read:
            self.read[fact] = self._values(fact)
        pairs = self.read[fact]
        if not pairs or chosen in {key for key, _name in pairs}:
            return pairs
        left = [(chosen, _("something you do not see"))] if chosen else []
        return [("", _("Choose one")), *left, *pairs]

    def _values(self, fact: str) -> Pairs:
        if fact == "weekday":
            return [(str(n), str(day)) for n, day in enumerate(DAYS)]
        if fact == "network":
            return [(one.name, str(one.label)) for one in registry.all()]
        if fact == "department":
            return [(str(d.pk), d.name) for d in people.departments_seen(self.actor)]
        if fact == "campaign":
            return named(plan.campaigns(self.actor))
        if fact == "objective":
            return named(plan.objectives(self.actor))
        return named(channels.channels(self.actor)) if fact == "channel" else []


def _can(trigger: Trigger) -> list[str]:
    """The acts that can be done when this happens."""
    return [key for key, act in ACTS.items() if not act.needs or act.needs in trigger.yields]


def _rows(data: QueryDict, keys: tuple[str, ...]) -> list[Row]:
    columns = [data.getlist(key) for key in keys]
    most = max(conditions.MOST, acts.MOST)
    return [dict(zip(keys, row, strict=True)) for row in zip_longest(*columns, fillvalue="")][:most]


def _places(actor: Actor) -> Pairs:
    allowed = actor.departments_with(Capability.PLAN)
    found = [
        (str(d.pk), d.name) for d in actor.departments.rows if allowed is None or d.pk in allowed
    ]
    return [*found, (EVERYWHERE, _("The whole organization"))] if allowed is None else found


def _of_rule(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name, "trigger": rule.trigger,
        "department": str(rule.department_id or EVERYWHERE),
        "every": _holding(rule.every), "an_hour": rule.an_hour, "a_day": rule.a_day,
        "conditions": [{k: str(one.get(k, "")) for k in CONDITION} for one in rule.conditions],
        "acts": [{k: str(one.get(k, "")) for k in ACT} for one in rule.acts],
    }  # fmt: skip


def _of_recipe(actor: Actor, key: str) -> dict[str, Any]:
    recipe, places = BY_KEY.get(key), _places(actor)
    first = {
        "department": places[0][0] if places else "", "an_hour": 20, "a_day": 100, "every": "all",
        "trigger": next(iter(TRIGGERS)), "conditions": [], "acts": [{}],
    }  # fmt: skip
    if recipe is None:
        return first
    return first | {
        "name": str(recipe.name), "trigger": recipe.trigger, "every": _holding(recipe.every),
        "conditions": [{k: str(v) for k, v in one.items()} for one in recipe.conditions],
        "acts": [{k: str(v) for k, v in one.items()} for one in recipe.acts],
    }  # fmt: skip


def _holding(every: bool) -> str:
    return "all" if every else "any"
