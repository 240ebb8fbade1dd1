"""Taking an import back: what nobody has touched since goes, the rest stays and is named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from unisono.kernel import events
from unisono.kernel.refusals import Refusal
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.imports import returns
from unisono.rooms.imports.models import ImportedRow, ImportRun
from unisono.rooms.imports.names import names_for
from unisono.rooms.imports.reading import forget_file
from unisono.rooms.imports.states import IMPORT_RUN
from unisono.rooms.people.actors import Actor, actor_for, system
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
    with translation.override(run.by.language if run.by else by.language), events.gathered():
        _undo_rows(run, [row for row in rows if row.before is None], by=by, now=now)
        _turn_back(run, [row for row in rows if row.before is not None], now=now)
        _tick(rows, now)
        if not rows:
            _close_campaigns(run, by=by, now=now)
            advance(run, IMPORT_RUN, "undone", by=by, now=now, finished_at=now)
            forget_file(run)
    run.save()
    events.announce(run.organization_id, "import.progress", f"importrun:{run.pk}")
    return bool(rows)


def _undo_rows(run: ImportRun, rows: list[ImportedRow], *, by: Actor, now: datetime) -> None:
    living = {row.post: row.version for row in rows if row.post and not row.post.removed_at}
    worked_on = _worked_on(living)
    for post, version in living.items():
        why = worked_on.get(post.pk) or (
            _("It has been edited since.") if post.version != version else ""
        )
        if why:
            run.left = [*run.left, {"post": str(post.pk), "title": post.title, "why": why}]
        else:
            content.remove_post(post, by=by, now=now)
            run.posts_made = max(0, run.posts_made - 1)


def _turn_back(run: ImportRun, rows: list[ImportedRow], *, now: datetime) -> None:
    """What a returned plan has changed stands as it did, unless somebody has edited it since."""
    by = actor_for(run.by) if run.by else system(run.organization_id)
    names = names_for(by)
    for row in rows:
        if row.post is None or row.post.removed_at:
            continue
        why = _("It has been edited since.") if row.post.version != row.version else ""
        try:
            if not why:
                returns.reverse(row.post, row.before, names, by=by, now=now)
                run.posts_made = max(0, run.posts_made - 1)
        except Refusal as refusal:
            why = refusal.sentence
        if why:
            told = {"post": str(row.post_id), "title": row.post.title, "why": why}
            run.left = [*run.left, told]


def _tick(rows: list[ImportedRow], now: datetime) -> None:
    ImportedRow.objects.filter(pk__in=[row.pk for row in rows]).update(undone_at=now)


def _worked_on(posts: Iterable[Post]) -> dict[UUID, str]:
    """Why posts stay that somebody did more with than edit them; the weightiest reason of each."""
    pks = [post.pk for post in posts]
    commented = Comment.objects.filter(post__in=pks).values_list("post", flat=True)
    asked = ApprovalRequest.objects.filter(post__in=pks).values_list("post", flat=True)
    scheduled = Publication.objects.filter(variant__post__in=pks).values_list(
        "variant__post", flat=True
    )
    return {
        **dict.fromkeys(commented, _("Colleagues have commented on it.")),
        **dict.fromkeys(asked, _("Approval has been asked for it.")),
        **dict.fromkeys(scheduled, _("It has been scheduled or published.")),
    }


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
