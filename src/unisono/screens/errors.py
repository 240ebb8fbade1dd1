"""Pages for what no view answered: a wrong address, a defect of ours, a form that is too old."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from unisono.screens.doors import came_from


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing answers at this address."""
    return _told(request, _("There is no page at this address. It may have moved."), 404)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's proof of where it came from is missing or belongs to an earlier sign-in."""
    return _told(
        request,
        _("This page was open for too long. Go back, reload it, and send the form again."),
        403,
    )


def defect(request: HttpRequest) -> HttpResponse:
    """Something raised. Nothing is asked of the database or of the request: either may be ill."""
    return HttpResponse(render_to_string("screens/defect.html"), status=500)


def _told(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    context = {"sentence": sentence, "status": status, "came_from": came_from(request)}
    return render(request, "screens/refused.html", context, status=status)
