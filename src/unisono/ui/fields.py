"""One look for every form control, whether it comes from a Django form or from plain values."""

# Arguments carry the names HTML gives them: type, help.
# ruff: noqa: A002

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from unisono.ui.attributes import attributes

GROUPS = ("radio", "checkboxes")


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass
class FieldView:
    """What `ui/field.html` draws."""

    id: str
    label: str
    control: SafeString | str
    kind: str
    help: str = ""
    errors: Sequence[str] = ()
    required: bool = False
    most: int = 0
    length: int = 0
    choices: Sequence[BoundField | object] = field(default_factory=list)

    @property
    def grouped(self) -> bool:
        return self.kind in GROUPS

    @property
    def counter_tone(self) -> str:
        if self.length > self.most:
            return "bad"
        return "warn" if self.length > self.most * 0.9 else ""


def described_by(id_: str, help_: object, errors: object) -> str:
    parts = [f"{id_}_error"] if errors else []
    return " ".join([*parts, f"{id_}_help"] if help_ else parts)


def kind_of(bound: BoundField) -> str:
    widget = bound.widget_type
    known = {"checkbox": "checkbox", "radioselect": "radio", "checkboxselectmultiple": "checkboxes"}
    if widget in known:
        return known[widget]
    if "select" in widget:
        return "select"
    return "textarea" if widget == "textarea" else "input"


def from_bound(
    bound: BoundField, label: str, help_: str, switch: bool, given: dict[str, object]
) -> FieldView:
    """The view of a form's field; what was typed and its errors come from the form."""
    kind = kind_of(bound)
    help_ = help_ or str(bound.help_text or "")
    most = int(str(given.pop("counter", 0) or 0))
    id_ = bound.id_for_label or bound.auto_id or bound.html_name
    extra: dict[str, str | bool] = {
        name.strip("_").replace("_", "-"): value if isinstance(value, bool) else str(value)
        for name, value in given.items()
    }
    if describe := described_by(id_, help_, bound.errors):
        extra["aria-describedby"] = describe
    if most:
        extra["data-counts"] = f"{id_}_counter"
    if kind not in ("checkbox", *GROUPS):
        extra["class"] = "input"
    return FieldView(
        id=id_,
        label=label or str(bound.label),
        control="" if kind in GROUPS else bound.as_widget(attrs=extra),
        kind="switch" if switch and kind == "checkbox" else kind,
        help=help_,
        errors=[str(error) for error in bound.errors],
        required=bound.field.required,
        most=most,
        length=len(str(bound.value() or "")),
        choices=list(bound.subwidgets) if kind in GROUPS else [],
    )


def from_values(
    name: str,
    label: str,
    *,
    value: object = "",
    type: str = "text",
    options: Iterable[tuple[object, object]] = (),
    error: str = "",
    help: str = "",
    required: bool = False,
    **given: object,
) -> FieldView:
    """The view of a control that belongs to no Django form.

    `type` is an input type, or textarea, select, checkbox, switch.
    """
    id_ = str(given.pop("id", "") or f"id_{name}")
    most = int(str(given.pop("counter", 0) or 0))
    boxed = type in ("checkbox", "switch")
    common: dict[str, object] = {
        "id": id_,
        "name": name,
        "class": "" if boxed else "input",
        "required": required,
        "aria_invalid": "true" if error else "",
        "aria_describedby": described_by(id_, help, error),
        "data_counts": f"{id_}_counter" if most else "",
        **given,
    }
    kind = type if boxed or type in ("textarea", "select") else "input"
    text = "" if value is None else str(value)
    return FieldView(
        id=id_,
        label=label,
        control=control(kind, type, text, value, options, common),
        kind=kind,
        help=help,
        errors=[error] if error else [],
        required=required,
        most=most,
        length=len(text),
    )


def control(
    kind: str,
    type: str,
    text: str,
    value: object,
    options: Iterable[tuple[object, object]],
    common: dict[str, object],
) -> SafeString:
    if kind == "textarea":
        return format_html("<textarea{}>\n{}</textarea>", attributes(common), text)
    if kind == "select":
        return format_html("<select{}>{}</select>", attributes(common), drawn(options, text))
    if kind in ("checkbox", "switch"):
        boxed = {"type": "checkbox", "checked": bool(value), **common}
        return format_html("<input{}>", attributes(boxed))
    return format_html("<input{}>", attributes({"type": type, "value": text, **common}))


def drawn(options: Iterable[tuple[object, object]], chosen: str) -> SafeString:
    """The options of a select; the chosen one is compared as text."""
    html = SafeString("")
    for value, label in options:
        mark = SafeString(" selected") if str(value) == chosen else ""
        html += format_html('<option value="{}"{}>{}</option>', value, mark, label)
    return html
