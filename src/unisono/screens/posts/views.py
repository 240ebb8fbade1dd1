"""The composer and the list of posts."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Refusal
from unisono.rooms.advocacy import queries as kits
from unisono.rooms.channels import queries as channels
from unisono.rooms.content import actions as content
from unisono.rooms.content import queries
from unisono.rooms.content.models import Post
from unisono.rooms.people import queries as people
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.plan import queries as plan
from unisono.rooms.publishing import placing
from unisono.rooms.publishing.standings import standing
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
from unisono.screens.posts.board import board, free_slots, saved
from unisono.screens.posts.forms import NewPostForm, TextForm
from unisono.screens.posts.turn import around
from unisono.screens.zones import zone_names
from unisono.ui.states import badge

STANDINGS = (
    "draft",
    "in_review",
    "changes_asked",
    "approved",
    "scheduled",
    "publishing",
    "published",
    "failed",
    "incomplete",
    "gone",
    "changed",
    "held",
    "unknown",
)
MORNING = time(9)
"""When a post goes out that was begun on a day of the calendar, until somebody says otherwise."""


def posts(request: ActorRequest) -> HttpResponse:
    """All posts, last changed first, with their badges."""
    rows: Any = queries.posts(request.actor)
    for name in ("department", "campaign"):
        chosen = uuids(request.GET.getlist(name))
        if chosen:
            rows = rows.filter(**{f"{name}__in": chosen})
    audience = uuids(request.GET.getlist("audience"))
    if audience:
        rows = rows.filter(queries.for_audiences(audience))
    search = request.GET.get("q", "").strip()
    if search:
        rows = rows.filter(title__icontains=search)
    channel = uuids(request.GET.getlist("channel"))
    if channel:
        rows = rows.filter(variants__channel__in=channel, variants__dropped_at=None).distinct()
    state = request.GET.get("state", "")
    if state:
        every = list(rows)
        stands = standing(every)
        rows = [row for row in every if stands[row.pk]["state"] == state]
    page = page_of(request, rows, 40)
    badges = standing(page.object_list)
    context = {
        "page": page,
        "rows": [(row, badges[row.pk]) for row in page.object_list],
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(request.actor)],
        "channels": named(channels.usable(request.actor)),
        "states": [(name, badge(name)[1]) for name in STANDINGS],
        "campaigns": named(plan.campaigns(request.actor)),
        "audiences": named(plan.audiences(request.actor)),
        "search": search,
        "chosen": request.GET,
        "can_write": request.actor.can_anywhere(Capability.WRITE),
        "nav": "calendar",
    }
    return render(request, "posts/posts.html", context)


def new(request: ActorRequest) -> HttpResponseBase:
    """Start a post; on to its composer."""
    asked = ("campaign", "department", "objective", "day")
    first = {name: request.GET[name] for name in asked if name in request.GET}
    chosen = plan.campaigns(request.actor).filter(pk__in=uuids([first.get("campaign", "")]))
    where = list(chosen.exclude(channels=None).values_list("channels", flat=True))
    initial = {"language": request.actor.language, "channels": where, **first}
    form = NewPostForm(request.actor, typed(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            values = dict(form.cleaned_data)
            values["channels"] = list(values["channels"])
            values["audiences"] = list(values["audiences"])
            day = values.pop("day")
            post = content.write_post(**values, by=request.actor, now=now())
            if day:
                placing.pencil(
                    post,
                    wall=datetime.combine(day, MORNING),
                    zone=request.actor.zone,
                    by=request.actor,
                    now=now(),
                )
            return done(request, "post", post.pk)
    context = {"form": form, "nav": "calendar"}
    return again(request, "posts/new.html", context, bad=bool(form.errors))


def composer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The composer of one post."""
    post = queries.post(request.actor, pk)
    found = board(request.actor, post)
    form = TextForm(
        request.actor,
        post,
        initial={
            "title": post.title,
            "language": post.language,
            "department": post.department_id,
            "campaign": post.campaign_id,
            "objective": post.objective_id,
            "audiences": [audience.pk for audience in post.audiences.all()],
        },
    )
    chosen = {tab.variant.channel_id for tab in found.tabs}
    usable = [(c, c.pk in chosen) for c in channels.usable(request.actor)]
    context = _context(request, post) | {
        "form": form,
        "board": found,
        "usable": usable,
        "occurrence": queries.occurrence_of(post),
        "zones": zone_names(),
        "turn": around(request, post),
        "free_slots": free_slots(found, now()),
        "may_share": request.actor.can(Capability.SCHEDULE, post.department_id),
        "kits": kits.line_of_post(request.actor, post),
        "nav": "calendar",
    }
    return render(request, "posts/composer.html", context)


def text(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Save what is typed. Answers with what follows from it: counters, checks, preview."""
    post = queries.post(request.actor, pk)
    form = TextForm(request.actor, post, request.POST)
    if not form.is_valid():
        return _not_saved(request, _first_error(form), post=post)
    found = board(request.actor, post)
    variants = [tab.variant for tab in found.tabs]
    try:
        content.change_post(
            post,
            **form.values(),
            follow_ups=form.follow_ups(),
            words=form.words(post, variants),
            own_follow_ups=form.own_follow_ups(post, variants),
            options=form.options(variants),
            alts=form.alts(found.images),
            by=request.actor,
            now=now(),
        )
    except content.Outdated as refusal:
        theirs = queries.post(request.actor, pk)
        # htmx puts answers with 422 into the page, and only those.
        status = 422 if request.htmx else refusal.status
        keep = json.dumps({"version": theirs.version})
        return _not_saved(request, refusal.sentence, status, post=post, theirs=theirs, keep=keep)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _not_saved(
            request, refusal.sentence, 422 if request.htmx else refusal.status, post=post
        )
    if not request.htmx:
        return done(request, "post", post.pk)  # type: ignore[return-value]
    post = queries.post(request.actor, pk)
    found = board(request.actor, post)
    context = _context(request, post) | {"board": found, "acted": form.acted, "added": form.added}
    return saved(render(request, "posts/saved.html", context))


def removal(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take the post off every list."""
    content.remove_post(queries.post(request.actor, pk), by=request.actor, now=now())
    return done(request, "calendar")


def _context(request: ActorRequest, post: Post) -> dict[str, Any]:
    return {"post": post, "actor": request.actor}


def _first_error(form: TextForm) -> str:
    for name, errors in form.errors.items():
        label = form.fields[name].label or name if name in form.fields else ""
        return f"{label}: {errors[0]}" if label else str(errors[0])
    return _("This could not be saved.")


def _not_saved(
    request: ActorRequest, sentence: str, status: int = 422, **more: Any
) -> HttpResponse:
    """Say why; what was typed stays in the browser, or without scripts stands on the page."""
    template = "posts/not_saved.html" if request.htmx else "posts/not_saved_page.html"
    context = {"sentence": sentence, "typed": request.POST.get("text", ""), **more}
    return render(request, template, context, status=status)
