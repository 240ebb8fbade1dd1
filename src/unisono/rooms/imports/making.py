"""Making campaigns and posts of rows, through the verbs of the rooms below."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from unisono.kernel import clock, events
from unisono.kernel.refusals import Refusal
from unisono.kernel.states import advance
from unisono.rooms.channels.queries import rules_on
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.imports.models import ImportedRow, ImportRun
from unisono.rooms.imports.names import Names, names_for
from unisono.rooms.imports.reading import forget_file, settings_of, table_of_run
from unisono.rooms.imports.rows import BAD, WARN, PlannedPost, Problem, RowResult, read_rows
from unisono.rooms.imports.states import IMPORT_RUN
from unisono.rooms.library.models import Asset
from unisono.rooms.people.actors import Actor, actor_for, system
from unisono.rooms.people.models import Department
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan.models import Campaign, Objective
from unisono.rooms.publishing.pacing.asking import collision

BATCH = 100
PROBLEMS_KEPT = 2_000


@dataclass
class Work:
    """A run being made: what was read of its file, and what has been found of what it names.

    `ruled` are the channels that have house rules.
    """

    run: ImportRun
    by: Actor
    names: Names
    results: list[RowResult]
    windows: dict[str, tuple[date, date]]
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    departments: dict[UUID, Department] = field(default_factory=dict)
    ruled: set[UUID] = field(default_factory=set)
    at: int = 0


def begin(run: ImportRun, *, now: datetime) -> Work | None:
    """Read the file for a running import; None when it is not running (any more)."""
    if run.state != "running" or run.by is None:
        return None
    by = actor_for(run.by)
    names = names_for(by)
    with translation.override(by.language):
        settings = settings_of(run, by, now)
        results = list(read_rows(table_of_run(run), run.mapping, names, settings))
    work = Work(run, by, names, results, _windows(results, clock.to_wall(now, run.zone).date()))
    work.departments = {department.pk: department for department in Department.objects.all()}
    work.ruled = set(rules_on())
    while work.at < len(results) and results[work.at].number <= run.reached:
        work.at += 1
    return work


def make_batch(work: Work, *, now: datetime) -> bool:
    """Make the next rows in one transaction; False when all are made, or the run is not ours."""
    run = ImportRun.objects.select_for_update().get(pk=work.run.pk)
    batch = work.results[work.at : work.at + BATCH]
    if run.state != "running" or (batch and run.reached >= batch[0].number):
        return False
    work.run = run
    with translation.override(work.by.language), events.gathered():
        made = [row for row in (_make_row(work, result, now=now) for result in batch) if row]
    ImportedRow.objects.bulk_create(made)
    work.at += len(batch)
    run.reached = batch[-1].number if batch else run.reached
    run.done_rows += len(batch)
    run.save()
    events.announce(run.organization_id, "import.progress", f"importrun:{run.pk}")
    if work.at < len(work.results):
        return True
    advance(run, IMPORT_RUN, "done", by=work.by, now=now, finished_at=now)
    forget_file(run)
    return False


def fail(run: ImportRun, *, now: datetime) -> None:
    """Something of ours broke: say so, and keep what was made."""
    if run.state == "running":
        advance(run, IMPORT_RUN, "failed", by=system(run.organization_id), now=now)


def _make_row(work: Work, result: RowResult, *, now: datetime) -> ImportedRow | None:
    """One row in a savepoint of its own: what is refused is told, and nothing else is lost."""
    run, made = work.run, None
    problems = list(result.problems)
    if result.planned is not None:
        known = dict(work.campaigns)
        try:
            with transaction.atomic():
                made = _make(work, result.number, result.planned, now=now)
        except Refusal as refusal:
            work.campaigns = known
            problems.append(Problem(result.number, "", BAD, refusal.sentence))
    if made is not None:
        problems += _colliding(work, result, made, now=now)
        run.posts_made += 1
        run.campaigns_made += made.campaign is not None
    run.rows_refused += any(problem.level == BAD for problem in problems)
    room = max(0, PROBLEMS_KEPT - len(run.problems))
    run.problems = run.problems + [problem.as_data() for problem in problems[:room]]
    return made


def _colliding(work: Work, result: RowResult, made: ImportedRow, *, now: datetime) -> list[Problem]:
    """What house rules have against the time: the post is made and pencilled in, and told of."""
    planned = result.planned
    if planned is None or planned.wall is None or work.ruled.isdisjoint(planned.channels):
        return []
    variants = list(made.post.variants.select_related("channel", "post")) if made.post else []
    at = variants[0].planned_at if variants else None
    if at is None or at <= now:
        return []
    found = collision(variants, at, zone=planned.zone, by=work.by, now=now)
    sentences = found.sentences if found else []
    return [Problem(result.number, "", WARN, sentence) for sentence in sentences]


def _make(work: Work, number: int, planned: PlannedPost, *, now: datetime) -> ImportedRow:
    by = work.by
    department = work.departments.get(planned.department) if planned.department else None
    if department is None:
        raise Refusal(_("Say which department this is for, or choose one for all."))
    campaign, opened = _campaign(work, planned, department, now=now)
    objective = Objective.objects.get_or_none(pk=planned.objective) if planned.objective else None
    post = content.write_post(
        title=planned.title,
        text=planned.text,
        language=planned.language or by.language,
        department=department,
        campaign=campaign,
        objective=objective,
        channels=[work.names.accounts[pk] for pk in planned.channels if pk in work.names.accounts],
        wall=planned.wall,
        zone=planned.zone,
        by=by,
        now=now,
    )
    _illustrate(post, planned, by=by, now=now)
    return ImportedRow(
        run=work.run,
        number=number,
        post=post,
        version=post.version,
        campaign=campaign if opened else None,
    )


def _illustrate(post: Post, planned: PlannedPost, *, by: Actor, now: datetime) -> None:
    asset = Asset.objects.get_or_none(pk=planned.image) if planned.image else None
    if asset is not None:
        content.attach_image(post, asset, alt=planned.alt or None, by=by, now=now)
        post.refresh_from_db(fields=["version"])


def _campaign(
    work: Work, planned: PlannedPost, department: Department, *, now: datetime
) -> tuple[Campaign | None, bool]:
    """The campaign of a row, and whether it was opened for it: its window is that of its rows."""
    if not planned.campaign:
        return None, False
    key = planned.campaign.casefold()
    if key in work.campaigns:
        return work.campaigns[key], False
    found = work.names.campaigns.find(planned.campaign).id
    campaign = Campaign.objects.get_or_none(pk=found) if found else None
    campaign = campaign or Campaign.objects.get_or_none(
        name__iexact=planned.campaign, archived_at=None
    )
    opened = campaign is None
    if campaign is None:
        first, last = work.windows[key]
        campaign = plan.open_campaign(
            name=planned.campaign,
            starts_on=first,
            ends_on=last,
            department=department,
            by=work.by,
            now=now,
        )
    work.campaigns[key] = campaign
    return campaign, opened


def _windows(results: list[RowResult], today: date) -> dict[str, tuple[date, date]]:
    """For each campaign named, the first and last day of its dated rows; today without any."""
    windows: dict[str, tuple[date, date]] = {}
    for result in results:
        planned = result.planned
        if planned is None or not planned.campaign:
            continue
        key = planned.campaign.casefold()
        if planned.wall is None:
            continue
        day = planned.wall.date()
        first, last = windows.get(key, (day, day))
        windows[key] = (min(first, day), max(last, day))
    undated = {
        r.planned.campaign.casefold() for r in results if r.planned and r.planned.campaign
    } - set(windows)
    return windows | dict.fromkeys(undated, (today, today))
