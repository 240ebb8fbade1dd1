"""The first page of a fresh installation."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from unisono.rooms.people.first_run import (
    forget_setup_code,
    found_first,
    is_setup_code,
    setup_code,
)
from unisono.rooms.people.queries import nobody_yet
from unisono.screens.doors import again, now, refusals_on, typed
from unisono.screens.entrance.forms import PROPOSED, DepartmentRows, SetupForm, departments_of
from unisono.screens.entrance.signing import sign_in
from unisono.screens.zones import zone_names

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")


def setup(request: HttpRequest) -> HttpResponseBase:
    """Found the organization, and be its admin. From elsewhere only with the code."""
    if not nobody_yet():
        return redirect("desk")
    needs_code = not _from_this_machine(request)
    if needs_code:
        setup_code(settings.UNISONO_DATA)
    form = SetupForm(
        typed(request),
        needs_code=needs_code,
        initial={"language": translation.get_language(), "code": request.GET.get("code", "")},
    )
    proposed = [{"name": str(name), "hue": hue} for name, hue in PROPOSED]
    rows = DepartmentRows(typed(request), initial=proposed, prefix="departments")
    if request.method == "POST" and _agree(form, rows):
        with refusals_on(form):
            values: dict[str, Any] = {
                name: form.cleaned_data[name]
                for name in ("name", "zone", "language", "admin_name", "admin_email")
            }
            admin = found_first(
                **values, password=form.secret(), departments=departments_of(rows), now=now()
            )
            assert admin.member is not None
            sign_in(request, admin.member.user, admin.organization.pk)
            forget_setup_code(settings.UNISONO_DATA)
            return redirect("channels")
    bad = request.method == "POST"
    context = {"form": form, "rows": rows, "zones": zone_names(), "wide": True}
    return again(request, "entrance/setup.html", context, bad=bad)


def _agree(form: SetupForm, rows: Any) -> bool:
    """Whether all was typed well; the code is looked at before anything else is told."""
    good = form.is_valid() & rows.is_valid()
    code = form.cleaned_data.get("code")
    if code is not None and not is_setup_code(settings.UNISONO_DATA, code):
        form.add_error("code", _("This is not the code. It is in the file “setup_code”."))
    if not good or form.errors:
        return False
    return _told_once(rows)


def _told_once(rows: Any) -> bool:
    """No two departments of one name; the second one is told so."""
    seen: Counter[str] = Counter()
    for row in rows:
        name = row.cleaned_data.get("name", "").lower()
        seen[name] += 1
        if name and seen[name] > 1:
            row.add_error("name", _("There is a department of that name already."))
            return False
    return True


def _from_this_machine(request: HttpRequest) -> bool:
    """Whether the browser sits at the server itself; behind a proxy everybody seems to."""
    forwarded = any(name in request.headers for name in FORWARDED)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded
