"""What the frame around every page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from unisono.kernel.rows import counted
from unisono.rooms.content.queries import ideas
from unisono.rooms.notifications.queries import unread
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.queries import departments_seen
from unisono.rooms.publishing.stops import holds
from unisono.rooms.requests.queries import requests
from unisono.rooms.workflow.queries import due_now, waiting_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the organization, its departments, and what waits where.

    A view that has counted the approvals already says so in `request.approvals_waiting`.
    """
    actor = getattr(request, "actor", None)
    if actor is None or request.headers.get("HX-Request"):
        return {}
    calendar = reverse("calendar")
    chosen = request.GET.get("department", "")
    known = getattr(request, "approvals_waiting", None)
    asked: dict[str, Any] = (
        {} if known is not None else {"waiting": waiting_for(actor).values("post").distinct()}
    )
    if actor.can_anywhere(Capability.CAMPAIGN):
        asked["requests"] = requests(actor, "new").values("pk")
    if actor.author_id:
        asked["work"] = due_now(actor, timezone.now()).values("pk")
    counts = counted(ideas=ideas(actor).values("pk"), unread=unread(actor).values("pk"), **asked)
    waiting = counts.get("waiting", known)
    return {
        "actor": actor,
        "shell": {
            "organization": actor.organization.name,
            "member": actor.author_name,
            "departments": [
                {
                    "name": d.name,
                    "hue": d.hue,
                    "url": f"{calendar}?department={d.pk}",
                    "current": str(d.pk) == chosen,
                }
                for d in departments_seen(actor)
            ],
            "counts": {
                "ideas": counts["ideas"],
                "work": (counts.get("work", 0), "warn" if counts.get("work") else ""),
                "requests": counts.get("requests", 0),
                "approvals": (waiting, "warn" if waiting else ""),
            },
            "unread": counts["unread"],
            "held": list(holds(actor).select_related(None).values("why")[:1]),
        },
    }
