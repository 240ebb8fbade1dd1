"""What is in review: exactly what would be sent, and the two answers."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from itertools import zip_longest
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Invalid
from unisono.networks import registry
from unisono.networks.contract import Adapter
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Post, Revision
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow import queries
from unisono.rooms.workflow.models import ApprovalRequest
from unisono.screens.doors import ActorRequest, done, now

AT_ONCE = 60
"""Posts on the page; more wait their turn."""


@dataclass(frozen=True)
class Question:
    """One revision in review: its text, and where it differs from the last one approved."""

    request: ApprovalRequest
    adapter: Adapter
    diff: list[tuple[str, str]]
    parts: list[list[tuple[str, str]]]


@dataclass
class Group:
    """All that is in review of one post."""

    post: Post
    mine: bool
    questions: list[Question] = field(default_factory=list)

    @property
    def first(self) -> ApprovalRequest:
        return self.questions[0].request

    @property
    def shown(self) -> list[Question]:
        """The questions whose text is shown."""
        return self.questions[:1] if self.same_text else self.questions

    @property
    def note_id(self) -> str:
        return f"note-{self.post.pk}"

    @property
    def same_text(self) -> bool:
        """Whether all channels say the same, so that it is shown once."""
        return (
            len({(q.request.revision.text, str(q.diff), str(q.parts)) for q in self.questions}) == 1
        )


def approvals(request: ActorRequest) -> HttpResponse:
    """What waits for an answer, most urgent first."""
    rows = list(queries.requests(request.actor)[: AT_ONCE * 8])
    approved = _last_approved(rows)
    groups: dict[UUID, Group] = {}
    for row in rows:
        mine = request.actor.can(Capability.APPROVE, row.department_id)
        group = groups.setdefault(row.post_id, Group(row.post, mine))
        before = approved.get(row.variant_id)
        group.questions.append(
            Question(
                row,
                registry.adapter(row.variant.channel.network),
                difference(before.text, row.revision.text) if before else [],
                _parts(before, row.revision),
            )
        )
    shown = sorted(groups.values(), key=lambda g: not g.mine)[:AT_ONCE]
    waiting = sum(1 for group in groups.values() if group.mine)
    context = {"groups": shown, "waiting": waiting, "count": len(groups), "now": now()}
    template = "approvals/list.html" if request.htmx else "approvals/approvals.html"
    return render(request, template, context)


def decide_post(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """One answer to all that is in review of a post."""
    post = content.post(request.actor, pk)
    note, outcome = request.POST.get("note", ""), request.POST.get("outcome")
    if outcome == "approved":
        workflow.approve_post(post, note=note, by=request.actor, now=now())
        messages.success(request, _("Approved: “%(title)s”.") % {"title": post.title})
    elif outcome == "changes_asked":
        workflow.ask_changes_of_post(post, note=note, by=request.actor, now=now())
        messages.success(request, _("Changes asked for “%(title)s”.") % {"title": post.title})
    else:
        raise Invalid(_("Choose one of the two answers."), field="outcome")
    return done(request, "approvals")


def decide(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """An answer for one channel alone."""
    row = queries.request(request.actor, pk)
    verb = workflow.approve if request.POST.get("outcome") == "approved" else workflow.ask_changes
    verb(row, note=request.POST.get("note", ""), by=request.actor, now=now())
    return done(request, "approvals")


def withdraw(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take a question or an agreement back."""
    row = queries.request(request.actor, pk)
    workflow.withdraw_approval(row, note=request.POST.get("note", ""), by=request.actor, now=now())
    return done(request, "post", row.post_id)


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """(kind, words) pairs: kind is same, gone or new."""
    old, new = before.split(" "), after.split(" ")
    found: list[tuple[str, str]] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            found.append(("same", " ".join(old[i1:i2])))
            continue
        if i2 > i1:
            found.append(("gone", " ".join(old[i1:i2])))
        if j2 > j1:
            found.append(("new", " ".join(new[j1:j2])))
    return found


def _parts(before: Revision | None, after: Revision) -> list[list[tuple[str, str]]]:
    """The follow-ups, each as `difference` gives it; what was never approved before is plain."""
    if before is None:
        return [[("same", text)] for text in after.follow_ups]
    both = zip_longest(before.follow_ups, after.follow_ups, fillvalue="")
    return [[(kind, words) for kind, words in difference(*pair) if words] for pair in both]


def _last_approved(rows: list[ApprovalRequest]) -> dict[UUID, Revision]:
    """The latest approved revision of each variant in review, in one query."""
    found = (
        Revision.objects.filter(
            variant__in={row.variant_id for row in rows}, requests__state="approved"
        )
        .order_by("number")
        .distinct()
    )
    return {revision.variant_id: revision for revision in found}
