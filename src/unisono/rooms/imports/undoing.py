"""Taking an import back: what nobody has touched since goes, the rest stays and is named."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from unisono.kernel import events
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.imports.models import ImportedRow, ImportRun
from unisono.rooms.imports.reading import forget_file
from unisono.rooms.imports.states import IMPORT_RUN
from unisono.rooms.people.actors import Actor, system
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow.models import ApprovalRequest, Comment

BATCH = 100


def undo_batch(pk: UUID, *, now: datetime) -> bool:
    """Take the next rows back in one transaction; False when there is nothing left to do."""
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("by").get(pk=pk)
    if run.state != "undoing":
        return False
    by = system(run.organization_id)
    rows = list(run.imported.filter(undone_at=None).select_related("post")[:BATCH])
    with translation.override(run.by.language if run.by else by.language):
        for row in rows:
            _undo_row(run, row, by=by, now=now)
        if not rows:
            _close_campaigns(run, by=by, now=now)
            advance(run, IMPORT_RUN, "undone", by=by, now=now, finished_at=now)
            forget_file(run)
    run.save()
    events.announce(run.organization_id, "import.progress", f"importrun:{run.pk}")
    return bool(rows)


def _undo_row(run: ImportRun, row: ImportedRow, *, by: Actor, now: datetime) -> None:
    post = row.post
    if post is not None and post.removed_at is None:
        why = _touched(post, row.version)
        if why:
            run.left = [*run.left, {"post": str(post.pk), "title": post.title, "why": why}]
        else:
            content.remove_post(post, by=by, now=now)
            run.posts_made = max(0, run.posts_made - 1)
    ImportedRow.objects.filter(pk=row.pk).update(undone_at=now)


def _touched(post: Post, version: int) -> str:
    """Why the post stays, or "" when it is as it was imported."""
    if Publication.objects.filter(variant__post=post).exists():
        return _("It has been scheduled or published.")
    if ApprovalRequest.objects.filter(post=post).exists():
        return _("Approval has been asked for it.")
    if Comment.objects.filter(post=post).exists():
        return _("Colleagues have commented on it.")
    if post.version != version:
        return _("It has been edited since.")
    return ""


def _close_campaigns(run: ImportRun, *, by: Actor, now: datetime) -> None:
    """Campaigns opened by the import go with the last of their posts."""
    opened = run.imported.exclude(campaign=None).values("campaign")
    for campaign in Campaign.objects.filter(pk__in=opened, archived_at=None):
        if campaign.posts.filter(removed_at=None).exists():
            why = _("Posts that stay belong to it.")
            run.left = [*run.left, {"post": "", "title": campaign.name, "why": why}]
        else:
            plan.archive_campaign(campaign, by=by, now=now)
            run.campaigns_made = max(0, run.campaigns_made - 1)
