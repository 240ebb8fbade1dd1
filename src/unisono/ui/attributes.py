"""HTML written without a template, for what a page holds hundreds of times."""

from collections.abc import Mapping
from html import escape

from django.utils.safestring import SafeString


def safe(value: object) -> str:
    """The value as HTML: escaped, unless it is marked as HTML already."""
    return str(value) if hasattr(value, "__html__") else escape(str(value))


def attributes(given: Mapping[str, object]) -> SafeString:
    """`hx_post="/x"` -> ` hx-post="/x"`; True stands alone; None, False and "" are left out."""
    drawn = ""
    for key, value in given.items():
        if value is None or value is False or value == "":
            continue
        name = key.strip("_").replace("_", "-")
        drawn += f" {name}" if value is True else f' {name}="{safe(value)}"'
    return SafeString(drawn)
