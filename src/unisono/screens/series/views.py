"""Series: what comes again and again, as posts that are each their own."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.kernel import events
from unisono.kernel.clock import to_wall
from unisono.kernel.refusals import Invalid, Refusal
from unisono.rooms.content import queries
from unisono.rooms.content import series as content
from unisono.rooms.content.models import Post, Series
from unisono.rooms.library import actions as library
from unisono.rooms.library.models import Asset
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.rooms.workflow import actions as workflow
from unisono.screens.doors import (
    ActorRequest,
    again,
    done,
    named,
    now,
    page_of,
    refusals_on,
    typed,
    uuids,
)
from unisono.screens.series.forms import RhythmForm, SeriesForm
from unisono.screens.series.lines import foretold, lines, next_dates
from unisono.screens.series.words import end_words, rule_words, short_months, words_of
from unisono.screens.zones import zone_names
from unisono.ui import wording

MORNING = time(9)
SHOWN = 10
"""How many dates a preview lists."""


def all_series(request: ActorRequest) -> HttpResponse:
    """All series, last changed first."""
    rows: Any = queries.all_series(request.actor).prefetch_related("occurrences")
    for name in ("department", "campaign"):
        chosen = uuids(request.GET.getlist(name))
        if chosen:
            rows = rows.filter(**{f"{name}__in": chosen})
    page = page_of(request, rows, 30)
    dates = next_dates(list(page.object_list), now())
    context = {
        "page": page,
        "rows": [(row, words_of(row), dates.get(row.pk)) for row in page.object_list],
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(request.actor)],
        "campaigns": named(plan.campaigns(request.actor)),
        "chosen": request.GET,
        "can_write": request.actor.can_anywhere(Capability.WRITE),
        "nav": "calendar",
    }
    return render(request, "series/all.html", context)


def series(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One series: its rule, its posts, its pattern."""
    row = queries.series(request.actor, pk)
    writes = request.actor.can(Capability.WRITE, row.department_id)
    context = lines(request.actor, row, now()) | {
        "series": row,
        "words": words_of(row),
        "end": end_words(row.end),
        "first": wording.day(row.anchor, year=True),
        "short": short_months(row.rule, row.anchor.date()),
        "over": row.state == "ended" or row.last_at <= now(),
        "parts": row.channels.select_related("channel"),
        "images": row.images.select_related("asset"),
        "history": events.history(row.pk)[:20],
        "can_write": writes and row.state == "running",
        "can_skip": writes,
        "approval": row.department.approval_required,
        "nav": "calendar",
    }
    template = "series/occurrences.html" if request.htmx else "series/series.html"
    return render(request, template, context)


def new(request: ActorRequest) -> HttpResponseBase:
    """Start a series: anew, or with `?post=` as its pattern."""
    actor = request.actor
    chosen = uuids([request.GET.get("post", "")])
    post = queries.post(actor, chosen[0]) if chosen else None
    if post:
        actor.must(Capability.WRITE, post.department_id)
    form = _new_form(request, post)
    if _rearranges(form):
        return _form(request, form, post=post, bad=False)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            if isinstance(form, SeriesForm):
                pattern = form.pattern(_uploaded(request))
                row = content.make_series(pattern, form.rhythm(), by=actor, now=now())
            else:
                row = content.repeat_post(post, form.rhythm(), by=actor, now=now())  # type: ignore[arg-type]
            messages.success(request, _("The series is made. Its posts lie ahead as drafts."))
            return done(request, "series", row.pk)
    return _form(request, form, post=post)


def edit(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Change what a series says, or when."""
    actor = request.actor
    row = queries.series(actor, pk)
    actor.must(Capability.WRITE, row.department_id)
    form = SeriesForm(actor, typed(request), initial=SeriesForm.of(row), series=row)
    if _rearranges(form):
        return _form(request, form, series=row, bad=False)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            changed = content.change_series(
                row,
                pattern=form.pattern(_uploaded(request)),
                rhythm=form.rhythm(),
                version=form.cleaned_data["version"],
                by=actor,
                now=now(),
            )
            messages.success(request, _told(changed))
            return done(request, "series", row.pk)
    return _form(request, form, series=row)


def dates(request: ActorRequest) -> HttpResponse:
    """The dates that what is typed so far would give."""
    form = RhythmForm(request.GET)
    context: dict[str, Any] = {}
    if form.is_valid():
        rhythm = form.rhythm()
        try:
            found = content.foreseen(rhythm)
        except Refusal as refusal:
            context["trouble"] = refusal.sentence
        else:
            ahead = [slot for slot in found if slot.at > now()]
            anchor = rhythm.wall.date()
            context = {
                "words": rule_words(rhythm.rule, anchor),
                "short": short_months(rhythm.rule, anchor),
                "dates": foretold(ahead[:SHOWN], rhythm.zone),
                "more": foretold(
                    [s for s in ahead[SHOWN:] if s.shifted or s.ambiguous], rhythm.zone
                ),
                "left": max(0, len(ahead) - SHOWN),
                "last": foretold(ahead[-1:], rhythm.zone),
                "gone": len(found) - len(ahead),
            }
    return render(request, "series/dates.html", context)


def skipping(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Leave a day out."""
    row = queries.series(request.actor, pk)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Invalid(_("Choose the day to skip."), field="day") from None
    content.skip(row, day=day, by=request.actor, now=now())
    messages.success(request, _("Skipped. It is not made again."))
    return done(request, "series", pk)


def approvals(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Ask for agreement to every post ahead that was not asked about yet."""
    row = queries.series(request.actor, pk)
    asked = workflow.ask_approval_of_series(
        row, note=request.POST.get("note", ""), by=request.actor, now=now()
    )
    n = len(asked.posts)
    messages.success(
        request,
        ngettext("Approval asked for %(n)s post.", "Approval asked for %(n)s posts.", n) % {"n": n},
    )
    if asked.not_ready:
        left = len(asked.not_ready)
        messages.warning(
            request,
            ngettext(
                "%(n)s post breaks a rule of its network and was left out.",
                "%(n)s posts break a rule of their network and were left out.",
                left,
            )
            % {"n": left},
        )
    return done(request, "series", pk)


def ending(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Make no more."""
    row = queries.series(request.actor, pk)
    ended = content.end_series(row, by=request.actor, now=now())
    messages.success(request, _("The series has ended.") + " " + _counts(ended))
    return done(request, "series", pk)


def _new_form(request: ActorRequest, post: Post | None) -> RhythmForm:
    actor = request.actor
    wall, zone = _first_time(actor, post)
    start = RhythmForm.starting(wall, zone)
    if post:
        return RhythmForm(typed(request), initial=start)
    asked = {name: request.GET[name] for name in ("campaign", "department") if name in request.GET}
    return SeriesForm(actor, typed(request), initial={"language": actor.language, **start, **asked})


def _first_time(actor: Actor, post: Post | None) -> tuple[datetime, str]:
    """The time a post has, where it lies ahead; else 9 o'clock of the coming day."""
    planned = post.variants.filter(dropped_at=None, planned_at__gt=now()).first() if post else None
    if planned:
        return datetime.fromisoformat(planned.planned_wall), planned.planned_zone
    tomorrow = to_wall(now(), actor.zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, MORNING), actor.zone


def _form(
    request: ActorRequest,
    form: RhythmForm,
    *,
    post: Post | None = None,
    series: Series | None = None,
    bad: bool | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "whole": isinstance(form, SeriesForm),
        "post": post,
        "series": series,
        "zones": zone_names(),
        "nav": "calendar",
    }
    wrong = bool(form.errors) if bad is None else bad
    return again(request, "series/form.html", context, bad=wrong)


def _rearranges(form: RhythmForm) -> bool:
    """Whether a button changed a list of follow-ups: nothing is saved then."""
    return isinstance(form, SeriesForm) and bool(form.acted)


def _uploaded(request: HttpRequest) -> list[Asset]:
    return [
        library.add_asset(data=file.read(), name=file.name or "", by=request.actor, now=now())  # type: ignore[attr-defined]
        for file in request.FILES.getlist("image")
    ]


def _told(changed: content.Changed) -> str:
    return _("The series is changed.") + " " + _counts(changed)


def _counts(changed: content.Changed) -> str:
    """What became of the posts ahead, each in a sentence of its own."""
    told = [
        (
            changed.followed,
            ngettext("%(n)s post follows.", "%(n)s posts follow.", changed.followed),
        ),
        (
            changed.removed,
            ngettext("%(n)s post is taken back.", "%(n)s posts are taken back.", changed.removed),
        ),
        (changed.made, ngettext("%(n)s post is new.", "%(n)s posts are new.", changed.made)),
        (
            changed.left,
            ngettext(
                "%(n)s post that was edited, moved, asked about or scheduled stays as it is.",
                "%(n)s posts that were edited, moved, asked about or scheduled stay as they are.",
                changed.left,
            ),
        ),
    ]
    return " ".join(sentence % {"n": n} for n, sentence in told if n)
