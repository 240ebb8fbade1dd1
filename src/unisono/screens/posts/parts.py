"""The composer's parts, each its own door: channels, images, time, approval, publication, talk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel import events
from unisono.kernel.refusals import Invalid, NotFound
from unisono.rooms.channels import queries as channel_queries
from unisono.rooms.content import actions as content
from unisono.rooms.content import queries
from unisono.rooms.content.models import Post
from unisono.rooms.library import actions as library
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.pacing.asking import Collides
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow import queries as workflow_queries
from unisono.screens.collisions.panel import Panel, panel
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, uuids
from unisono.screens.posts.board import board, follow_ups_of, free_slots, ids, preview_of, saved
from unisono.screens.posts.forms import TimeForm


def channels(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Choose where the post goes."""
    post = queries.post(request.actor, pk)
    chosen = channel_queries.usable(request.actor).filter(
        pk__in=uuids(request.POST.getlist("channels"))
    )
    content.choose_channels(post, chosen, by=request.actor, now=now())
    return done(request, "post", pk)


def images(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Upload images into the library and attach them; answers with the images."""
    post = queries.post(request.actor, pk)
    files = request.FILES.getlist("image")
    if not files:
        raise Invalid(_("Choose an image first."), field="file")
    for file in files:
        asset = library.add_asset(
            data=file.read(), name=file.name or "", by=request.actor, now=now()
        )
        content.attach_image(post, asset, by=request.actor, now=now())
    return _media(request, pk)


def image(request: ActorRequest, pk: UUID, image: UUID) -> HttpResponse:
    """Take an image out of the post."""
    row = queries.image(request.actor, pk, image)
    content.detach_image(row, by=request.actor, now=now())
    return _media(request, pk)


def time(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Give the post its time, on one channel or on all where it has not gone out."""
    post = queries.post(request.actor, pk)
    form = TimeForm(request.POST)
    collision = None
    if form.is_valid():
        try:
            with refusals_on(form, but=(Collides,)):
                _plan(request, post, form)
        except Collides as found:
            collision = panel(found, request)
    if request.htmx or form.errors or collision:
        return _when(request, pk, form, collision)
    return done(request, "post", pk)


def _plan(request: ActorRequest, post: Post, form: TimeForm) -> None:
    zone = form.cleaned_data["zone"] or request.actor.zone
    anyway = request.POST.get("reason", "") if "override" in request.POST else ""
    one = form.cleaned_data["variant"]
    if one is None:
        publishing.move_post(
            post,
            wall=form.wall,
            zone=zone,
            along=form.along,
            anyway=anyway,
            by=request.actor,
            now=now(),
        )
        return
    variant = queries.variant(request.actor, one)
    if variant.post_id != post.pk:
        raise NotFound(_("There is no such variant."))
    if form.wall is None:
        content.plan_variant(variant, wall=None, zone=zone, by=request.actor, now=now())
    else:
        publishing.move(
            variant,
            wall=form.wall,
            zone=zone,
            along=form.along,
            anyway=anyway,
            by=request.actor,
            now=now(),
        )


def approvals(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Ask for agreement to the post as it stands."""
    workflow.ask_approval(
        queries.post(request.actor, pk),
        note=request.POST.get("note", ""),
        by=request.actor,
        now=now(),
    )
    messages.success(request, _("Approval asked. You are told as soon as somebody decides."))
    return done(request, "post", pk)


def publications(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Schedule the post at its pencilled times, or send it now."""
    post = queries.post(request.actor, pk)
    if request.POST.get("when") == "now":
        publishing.publish_post_now(post, by=request.actor, now=now())
        messages.success(request, _("It is on its way."))
    else:
        publishing.schedule_post(post, by=request.actor, now=now())
        messages.success(request, _("Scheduled."))
    return done(request, "post", pk)


def preview(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The post as one channel's readers will see it."""
    post = queries.post(request.actor, pk)
    found = board(request.actor, post)
    tab = found.tab(request.GET.get("variant", ""))
    shown = preview_of(tab, found.images) if tab else None
    following = follow_ups_of(tab) if tab else []
    return _panel(request, post, "preview", tab=tab, preview=shown, follow_ups=following)


def progress(request: ActorRequest, pk: UUID) -> HttpResponse:
    """When, approval and publication of each channel."""
    return _progress(request, pk)


def comments(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What colleagues said; a POST adds to it."""
    post = queries.post(request.actor, pk)
    if request.method == "POST":
        workflow.write_comment(post, text=request.POST.get("text", ""), by=request.actor, now=now())
    rows = workflow_queries.comments(request.actor, post)
    writes = request.actor.can(Capability.WRITE, post.department_id)
    return _panel(request, post, "comments", comments=rows, may_write=writes)


def history(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What happened to the post, newest first, and its revisions."""
    post = queries.post(request.actor, pk)
    rows = events.history(*ids(board(request.actor, post)))[:60]
    revisions = queries.revisions_of(post)[:40]
    return _panel(request, post, "history", events=rows, revisions=revisions)


def _panel(request: ActorRequest, post: Post, panel: str, **more: Any) -> HttpResponse:
    said = workflow_queries.comments(request.actor, post).count()
    context = {"post": post, "panel": panel, "said": said, **more}
    return render(request, "posts/panel.html", context)


def _media(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = board(request.actor, queries.post(request.actor, pk))
    return saved(render(request, "posts/media_saved.html", {"board": found, "post": found.post}))


def _when(request: ActorRequest, pk: UUID, form: TimeForm, collision: Panel | None) -> HttpResponse:
    found = board(request.actor, queries.post(request.actor, pk))
    bad = bool(form.errors or collision)
    context = {
        "collision": collision,
        "board": found,
        "post": found.post,
        "planned": found.planned,
        "times": form if bad else None,
        "free_slots": free_slots(found, now()),
    }
    if not request.htmx:
        return again(request, "posts/progress_page.html", context, bad=bad)
    answer = again(request, "posts/when.html", context, bad=bad)
    if not bad:
        answer.headers["HX-Trigger"] = "post:timed"
    return answer


def _progress(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = board(request.actor, queries.post(request.actor, pk))
    context = {"board": found, "post": found.post, "fresh": True}
    return render(request, "posts/progress.html", context)
