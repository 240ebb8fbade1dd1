"""What is typed at the entrance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from unisono.kernel.secrets import Secret
from unisono.rooms.people.models import Hue, Language, User

ROWS = 6
PROPOSED = (
    (_("Marketing"), Hue.VIOLET),
    (_("Sales"), Hue.TEAL),
    (_("People & culture"), Hue.ROSE),
    (_("Customer service"), Hue.BLUE),
    ("", Hue.AMBER),
    ("", Hue.GREEN),
)


def new_password(autocomplete: str = "new-password") -> forms.CharField:
    """A password that somebody chooses; never shown again, not even after a mistake."""
    return forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        help_text=_("At least 12 characters. Three or four unrelated words do well."),
    )


class ChoosesPassword(forms.Form):
    """Checks a chosen password against the rules of the installation."""

    def user(self) -> User:
        """Whose password it is to be, for the rule that it is not like their address."""
        return User(email=str(self.cleaned_data.get("admin_email", "")))

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        try:
            validate_password(password, self.user())
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from None
        return password

    def secret(self) -> Secret:
        return Secret(self.cleaned_data["password"])


class SetupForm(ChoosesPassword):
    """The first organization and its admin."""

    name = forms.CharField(
        label=_("Organization"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        help_text=_("The zone in which you speak of times, such as Europe/Paris."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    admin_name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    admin_email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = new_password()
    code = forms.CharField(
        label=_("Set-up code"),
        required=False,
        max_length=60,
        help_text=_("The line that “unisono up” printed on your server."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_code:
            self.fields["code"].required = True
        else:
            del self.fields["code"]


class DepartmentRow(forms.Form):
    """One department; an empty name is no department."""

    name = forms.CharField(
        label=_("Department"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "aria-label": _("Department")}),
    )
    hue = forms.ChoiceField(label=_("Colour"), choices=Hue.choices)


DepartmentRows = forms.formset_factory(DepartmentRow, extra=0, min_num=ROWS, max_num=20)


def departments_of(rows: Any) -> list[tuple[str, str]]:
    """The (name, hue) pairs of the rows that have a name."""
    return [
        (row.cleaned_data["name"], row.cleaned_data["hue"])
        for row in rows
        if row.cleaned_data.get("name")
    ]


class JoinForm(ChoosesPassword):
    """Somebody new: their name and password. Who has an account joins without a form."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = new_password()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def user(self) -> User:
        return User(email=self.email)
