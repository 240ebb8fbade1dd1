"""Attributes of HTML elements from keyword arguments of a tag."""

from collections.abc import Mapping

from django.forms.utils import flatatt
from django.utils.safestring import SafeString


def attributes(given: Mapping[str, object]) -> SafeString:
    """`hx_post="/x"` -> ` hx-post="/x"`; True stands alone; None, False and "" are left out."""
    named = {
        name.strip("_").replace("_", "-"): value
        for name, value in given.items()
        if value is not None and value is not False and value != ""
    }
    return flatatt(named)
