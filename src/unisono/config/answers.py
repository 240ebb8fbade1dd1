"""What is answered where no view did: the API's way below /api/, a page elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from unisono.api.problems import problem
from unisono.screens import errors


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Nothing answers at this address."""
    if request.path.startswith("/api/"):
        return problem(404, "not_found", _("There is nothing at this address."))
    return errors.not_found(request, exception)


def defect(request: HttpRequest) -> HttpResponseBase:
    """Something raised."""
    if request.path.startswith("/api/"):
        return problem(500, "defect", _("Something went wrong here. Nothing was half done."))
    return errors.defect(request)
