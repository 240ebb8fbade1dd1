"""Pages for people without an account: who is counted, in which language, and what no page shows.

They are drawn without the request: nothing of somebody who happens to be signed in gets there.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation


def sender(request: HttpRequest, purpose: str) -> str:
    """A keyed digest of the address, another for each purpose: enough to count by, nothing to find
    somebody with."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"{purpose}:{address}".encode(), hashlib.sha256).hexdigest()


def language(request: HttpRequest, otherwise: str = "") -> str:
    """The language asked for in the address, else `otherwise`, else the browser's."""
    wanted = request.GET.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        return wanted
    return otherwise or translation.get_language_from_request(request)


def page(template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page that nobody keeps, indexes, or is told of by the next one."""
    context["languages"] = settings.LANGUAGES
    context["language"] = translation.get_language()
    answer = HttpResponse(render_to_string(template, context), status=status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def gone(request: HttpRequest, template: str) -> HttpResponse:
    """The same answer for what never was, was revoked, or is nobody's to see."""
    with translation.override(language(request)):
        return page(template, {"status": 404}, 404)
