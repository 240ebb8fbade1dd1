"""The API itself: its routers, its way of saying no, and who may knock."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.security import HttpBearer

from unisono import __version__
from unisono.api import problems


class Token(HttpBearer):
    """`Authorization: Bearer uni_<prefix>_<secret>`; issued under Settings → API tokens."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return getattr(request, "actor", None)


api = NinjaAPI(
    title="Unisono",
    version=__version__,
    description=(
        "Everything the screens can do. Errors are problem documents (RFC 9457). Lists are paged "
        "with cursors. Send an Idempotency-Key with whatever creates, and repeat without fear."
    ),
    auth=Token(),
    docs_url=None,
    urls_namespace="api",
)
for kind, answer in problems.ANSWERS.items():
    api.add_exception_handler(kind, answer)

FAMILIES = (
    "people", "plan", "campaigns", "audiences", "templates", "ideas", "requests", "content",
    "series", "workflow", "channels", "due", "publishing", "order", "queue", "timeline", "holds",
    "figures", "imports", "exports", "key_results", "key_dates", "pacing", "tasks", "work",
    "proposals", "plans", "kits", "experiments", "automation",
)  # fmt: skip
for family in FAMILIES:
    api.add_router("", f"unisono.api.{family}.router", tags=[family])
