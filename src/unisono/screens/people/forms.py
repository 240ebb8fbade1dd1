"""Roles by department, and invitations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unisono.rooms.people import queries
from unisono.rooms.people.actions import Grant
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability, Role
from unisono.rooms.people.models import Department, Language, MemberRole

EVERYWHERE = "role-everywhere"


class RolesForm(forms.Form):
    """A role in each department or none, and one that holds everywhere.

    `held` are the roles held now. What lies outside the actor's reach stays as it is, and is shown
    where they see the department.
    """

    def __init__(
        self,
        actor: Actor,
        *args: Any,
        held: Iterable[MemberRole] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.departments = list(queries.departments(actor))
        named = {None, *(row.pk for row in self.departments)}
        roles = {row.department_id: row.role for row in held}
        self.unseen = [
            Grant(row.role, row.department) for row in held if row.department_id not in named
        ]
        self._offer(EVERYWHERE, _("Everywhere"), roles.get(None), actor.can(Capability.PEOPLE))
        for row in self.departments:
            may = actor.can(Capability.PEOPLE, row)
            self._offer(f"role-{row.pk}", row.name, roles.get(row.pk), may)

    def _offer(self, name: str, label: Any, held: str | None, may: bool) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=[("", _("no role")), *Role.choices],
            required=False,
            initial=held or "",
            disabled=not may,
        )

    def rows(self) -> Iterator[tuple[Department | None, forms.BoundField]]:
        """The grid: a department (None: everywhere) and its choice."""
        yield None, self[EVERYWHERE]
        for row in self.departments:
            yield row, self[f"role-{row.pk}"]

    def grants(self) -> list[Grant]:
        """What the grid says."""
        chosen = [
            (row, self.cleaned_data[f"role-{row.pk}" if row else EVERYWHERE])
            for row in (None, *self.departments)
        ]
        return [*self.unseen, *(Grant(role, row) for row, role in chosen if role)]


class InviteForm(RolesForm):
    """Somebody's address, and the roles kept for them."""

    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("The place is kept for this address alone."),
    )
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=Language.choices)
