"""A post's turn: which other it follows, and before when nothing of it goes out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from unisono.rooms.content import queries
from unisono.rooms.content.models import Post
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import order as publishing
from unisono.rooms.publishing import turns
from unisono.screens.doors import ActorRequest, done, now, refusals_on, uuids
from unisono.screens.posts.forms import TimeForm

USUAL = 30
"""Minutes between two posts, until somebody says otherwise."""

MOST = 200
"""Posts of a campaign that are offered to be followed."""


class OrderForm(forms.Form):
    """Which post goes first, and how long before."""

    after = forms.CharField(label=_("Goes out after"))
    minutes = forms.IntegerField(label=_("Minutes later, at least"), min_value=0)


def order(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Put the post after another of its campaign, or (`wipe`) after none."""
    post = queries.post(request.actor, pk)
    form = OrderForm(request.POST)
    if "wipe" in request.POST:
        publishing.unfollow(post, by=request.actor, now=now())
    elif form.is_valid():
        with refusals_on(form):
            (first,) = uuids([form.cleaned_data["after"]]) or (post.pk,)
            publishing.follow(
                post,
                queries.post(request.actor, first),
                minutes=form.cleaned_data["minutes"],
                along="along" in request.POST,
                by=request.actor,
                now=now(),
            )
    return _answer(request, post, order_form=None if "wipe" in request.POST else form)


def embargo(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Place an embargo on the post, or (`wipe`) lift it."""
    post = queries.post(request.actor, pk)
    form = TimeForm(request.POST)
    if "wipe" in request.POST:
        publishing.lift_embargo(post, by=request.actor, now=now())
    elif form.is_valid() and form.wall:
        with refusals_on(form):
            publishing.embargo(
                post,
                wall=form.wall,
                zone=form.cleaned_data["zone"] or request.actor.zone,
                by=request.actor,
                now=now(),
            )
    return _answer(request, post, embargo_form=form)


def _answer(request: ActorRequest, post: Post, **forms_sent: Any) -> HttpResponseBase:
    """The card again; without htmx the composer, or the card as a page where something is wrong."""
    bad = any(form is not None and form.errors for form in forms_sent.values())
    if not request.htmx and not bad:
        return done(request, "post", post.pk)
    context = {"post": post, "turn": around(request, post)}
    if bad:
        context |= forms_sent
    template = "posts/turn.html" if request.htmx else "posts/turn_page.html"
    answer: HttpResponse = render(request, template, context, status=422 if bad else 200)
    if not bad:
        answer.headers["HX-Trigger"] = "post:timed"
    return answer


def around(request: ActorRequest, post: Post) -> dict[str, Any]:
    """What the card shows of the post's turn."""
    found = turns.order_of(post)
    stand = turns.turns_of([found.after_id])[found.after_id] if found else None
    embargoes = turns.embargoes_on(post)
    offered = queries.posts(request.actor).filter(campaign=post.campaign_id).exclude(pk=post.pk)
    may = request.actor.can(Capability.SCHEDULE, post.department_id)
    return {
        "order": found,
        "stand": stand,
        "minutes": found.minutes if found else USUAL,
        "followers": list(turns.followers_of(post)),
        "own": next((e for e in embargoes if e.post_id), None),
        "common": next((e for e in embargoes if e.campaign_id), None),
        "may": may,
        "choices": [
            ("", str(_("Choose a post"))),
            *((str(key), title) for key, title in offered.values_list("pk", "title")[:MOST]),
        ]
        if may and post.campaign_id
        else [],
    }
