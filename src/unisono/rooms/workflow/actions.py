"""The verbs of agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.content import occurrences
from unisono.rooms.content.models import Post, Revision, Series, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.workflow.models import ApprovalRequest, Comment, Decision
from unisono.rooms.workflow.queries import needs_approval
from unisono.rooms.workflow.states import APPROVAL_REQUEST


class NothingToAsk(Conflict):
    """Every variant is approved or in review as it stands."""

    code = "nothing_to_ask"


def ask_approval(
    post: Post,
    *,
    variants: Sequence[Variant] | None = None,
    note: str = "",
    schedule_when_approved: bool = True,
    by: Actor,
    now: datetime,
) -> list[ApprovalRequest]:
    """Freeze the post's variants and ask for agreement to each; older questions are withdrawn.

    What is approved or in review as it stands is not asked again. Raises NotReady when a variant
    breaks a rule of its network, NothingToAsk when nothing is left to ask.
    """
    by.must(Capability.WRITE, post.department_id)
    wanted = variants_of(post) if variants is None else list(variants)
    if not wanted:
        raise Invalid(_("Choose at least one channel first."), field="channels")
    asked = []
    with transaction.atomic():
        for variant in wanted:
            revision = content.freeze(variant, by=by, now=now)
            request = _ask(revision, variant, note, schedule_when_approved, by=by, now=now)
            if request:
                asked.append(request)
        if not asked:
            raise NothingToAsk(_("This is approved or in review already, just as it stands."))
    return asked


@dataclass
class Asked:
    """What came of asking for the posts of a series: the questions, and the posts that break a
    rule of their network and were left out."""

    requests: list[ApprovalRequest] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    not_ready: list[Post] = field(default_factory=list)


def ask_approval_of_series(
    series: Series,
    *,
    note: str = "",
    schedule_when_approved: bool = True,
    by: Actor,
    now: datetime,
) -> Asked:
    """Ask for agreement to every post of the series ahead that has not been asked about yet.

    Each post is a question of its own, as ever. Raises NothingToAsk when none is left, NotReady
    when none can be asked about.
    """
    by.must(Capability.WRITE, series.department_id)
    asked, trouble = Asked(), None
    with transaction.atomic():
        for row in occurrences.ahead(series, now).select_related("post__department"):
            if row.post is None or not _unasked(row.post):
                continue
            try:
                asked.requests += ask_approval(
                    row.post,
                    note=note,
                    schedule_when_approved=schedule_when_approved,
                    by=by,
                    now=now,
                )
                asked.posts.append(row.post)
            except content.NotReady as refusal:
                trouble = refusal
                asked.not_ready.append(row.post)
    if trouble and not asked.posts:
        raise trouble
    if not asked.posts:
        raise NothingToAsk(_("No post of this series ahead is left to ask about."))
    return asked


def approve(
    request: ApprovalRequest, *, note: str = "", by: Actor, now: datetime
) -> ApprovalRequest:
    """Agree that exactly this revision goes out."""
    return _decide(request, "approved", note, by=by, now=now)


def ask_changes(
    request: ApprovalRequest, *, note: str, by: Actor, now: datetime
) -> ApprovalRequest:
    """Say what has to change first."""
    if not note.strip():
        raise Invalid(_("Say what should change."), field="note")
    return _decide(request, "changes_asked", note, by=by, now=now)


def approve_post(post: Post, *, note: str = "", by: Actor, now: datetime) -> list[ApprovalRequest]:
    """Agree to all that is in review of one post, at once."""
    return _decide_all(post, "approved", note, by=by, now=now)


def ask_changes_of_post(
    post: Post, *, note: str, by: Actor, now: datetime
) -> list[ApprovalRequest]:
    """Ask for changes to all that is in review of one post."""
    if not note.strip():
        raise Invalid(_("Say what should change."), field="note")
    return _decide_all(post, "changes_asked", note, by=by, now=now)


def withdraw_approval(
    request: ApprovalRequest, *, note: str = "", by: Actor, now: datetime
) -> ApprovalRequest:
    """Take a question back (its asker), or an agreement (an approver)."""
    mine = by.member is not None and request.asked_by_id == by.member.pk
    if request.state != "open" or not mine:
        by.must(Capability.APPROVE, request.department_id)
    with transaction.atomic():
        advance(request, APPROVAL_REQUEST, "withdrawn", by=by, now=now)
        _noted(request, "withdrawn", note, by=by, now=now)
    return request


def write_comment(post: Post, *, text: str, by: Actor, now: datetime) -> Comment:
    """Say something about a post to colleagues."""
    by.must(Capability.WRITE, post.department_id)
    if not text.strip():
        raise Invalid(_("Write something first."), field="text")
    comment = Comment.objects.create(post=post, text=text.strip(), by=by.member, at=now)
    events.record("comment.written", comment, by=by, now=now, post=str(post.pk))
    return comment


def _unasked(post: Post) -> bool:
    """Whether there is anything of the post to ask about, as it stands."""
    if not needs_approval(post):
        return False
    return any(
        not variant.requests.filter(
            revision__digest=variant.digest, state__in=("open", "approved")
        ).exists()
        for variant in variants_of(post)
    )


def _ask(
    revision: Revision,
    variant: Variant,
    note: str,
    schedule: bool,
    *,
    by: Actor,
    now: datetime,
) -> ApprovalRequest | None:
    post = variant.post
    if not needs_approval(post):
        return None
    if revision.requests.filter(state__in=("open", "approved")).exists():
        return None
    for older in variant.requests.filter(state="open"):
        advance(older, APPROVAL_REQUEST, "withdrawn", by=by, now=now)
    request = ApprovalRequest.objects.create(
        revision=revision,
        variant=variant,
        post=post,
        department=post.department,
        asked_by=by.member,
        asked_at=now,
        due_at=variant.planned_at,
        note=note.strip(),
        schedule_when_approved=schedule,
    )
    events.record("approval_request.open", request, by=by, now=now, post=str(post.pk))
    return request


def _decide(
    request: ApprovalRequest, outcome: str, note: str, *, by: Actor, now: datetime
) -> ApprovalRequest:
    by.must(Capability.APPROVE, request.department_id)
    if by.member is None:
        raise Conflict(_("An approval is a person's word."))
    with transaction.atomic():
        advance(
            request,
            APPROVAL_REQUEST,
            outcome,
            by=by,
            now=now,
            data={"revision": str(request.revision_id), "note": note.strip()},
        )
        _noted(request, outcome, note, by=by, now=now)
    return request


def _decide_all(
    post: Post, outcome: str, note: str, *, by: Actor, now: datetime
) -> list[ApprovalRequest]:
    by.must(Capability.APPROVE, post.department_id)
    with transaction.atomic():
        requests = list(post.requests.filter(state="open").select_related("revision"))
        if not requests:
            raise Conflict(_("Nothing of this post is in review any more."))
        return [_decide(request, outcome, note, by=by, now=now) for request in requests]


def _noted(request: ApprovalRequest, outcome: str, note: str, *, by: Actor, now: datetime) -> None:
    Decision.objects.create(
        request=request,
        outcome=outcome,
        note=note.strip(),
        by=by.member,
        by_name=by.author_name,
        at=now,
    )
