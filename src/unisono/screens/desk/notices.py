"""What the member was told."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from unisono.rooms.notifications import actions as notifications
from unisono.rooms.notifications import queries
from unisono.rooms.notifications.sentences import sentence
from unisono.screens.doors import ActorRequest, done, now, page_of

TONES = {
    "publication.failed": ("failed", "bad"),
    "publication.held": ("hold", "warn"),
    "publication.doubtful": ("alert", "bad"),
    "approval_request.open": ("approvals", "warn"),
    "approval_request.approved": ("check", "ok"),
    "approval_request.changes_asked": ("undo", "warn"),
    "channel.needs_sign_in": ("channels", "bad"),
    "comment.written": ("comment", "info"),
    "task.assigned": ("work", "info"),
    "task.assigned.dated": ("work", "info"),
    "task.assigned.several": ("work", "info"),
    "task.due_tomorrow": ("clock", "warn"),
    "task.overdue": ("clock", "bad"),
    "task.overdue.unowned": ("clock", "bad"),
    "task.freed": ("work", "ok"),
    "rule.told": ("automations", "info"),
    "rule.paused": ("automations", "warn"),
    "rule.paused.rights": ("automations", "warn"),
    "rule.failed": ("automations", "bad"),
}
"""The icon and the tone of each kind of notice."""


def notices(request: ActorRequest) -> HttpResponse:
    """The member's notices, newest first."""
    page = page_of(request, queries.notices(request.actor), 40)
    rows = [
        (row, sentence(row.kind, row.params), *TONES.get(row.kind, ("notices", "")))
        for row in page.object_list
    ]
    context = {"page": page, "rows": rows, "new": queries.unread(request.actor).count()}
    template = "desk/notices_list.html" if request.htmx else "desk/notices.html"
    return render(request, template, context)


def read(request: ActorRequest) -> HttpResponseBase:
    """All that is new has been seen."""
    notifications.mark_read(by=request.actor, now=now())
    return done(request, "notices")
