"""Where ideas come from: feeds that are followed, and the web clipper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unisono.rooms.content import ideas
from unisono.rooms.content import sources as made_of
from unisono.rooms.content.models import Idea
from unisono.rooms.feeds import actions as feeds
from unisono.rooms.feeds import queries
from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import ActorRequest, again, done, now, page_of, refusals_on, typed
from unisono.screens.ideas.forms import FeedForm, IdeaForm

CLIPPED = 2_000


def sources(request: ActorRequest) -> HttpResponseBase:
    """The shelf of what feeds brought, the feeds themselves, and the clipper."""
    actor = request.actor
    form = FeedForm(actor, typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            feed = feeds.follow(**form.cleaned_data, by=actor, now=now())
            messages.success(request, _("“%(name)s” is read from now on.") % {"name": feed.name})
            return done(request, "idea.sources")
    context = {
        "page": page_of(request, queries.entries(actor), 30),
        "feeds": list(queries.feeds(actor)),
        "form": form,
        "bookmarklet": _bookmarklet(),
        "can_write": actor.can_anywhere(Capability.WRITE),
        "can_follow": actor.can_anywhere(Capability.CAMPAIGN),
        "nav": "ideas",
    }
    return again(request, "ideas/sources.html", context, bad=bool(form.errors))


def stop(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Read a feed no more."""
    feeds.stop(queries.feed(request.actor, pk), by=request.actor, now=now())
    return done(request, "idea.sources")


def resume(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Read a feed again."""
    feeds.resume(queries.feed(request.actor, pk), by=request.actor, now=now())
    return done(request, "idea.sources")


def take(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """An idea of a feed's entry, in one click."""
    made = made_of.from_entry(queries.entry(request.actor, pk), by=request.actor, now=now())
    messages.success(request, _("Captured: “%(title)s”.") % {"title": made.title})
    return done(request, "idea.sources")


def pass_over(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Take an entry off the shelf."""
    feeds.pass_over(queries.entry(request.actor, pk), by=request.actor, now=now())
    return done(request, "idea.sources")


def clip(request: ActorRequest) -> HttpResponseBase:
    """What the bookmarklet opens: a form with what was found on the page. Looking keeps nothing."""
    form = IdeaForm(request.actor, typed(request), initial=_clipped(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = ideas.capture(
                **form.cleaned_data,
                source=Idea.Source.CLIP,
                source_name=request.POST.get("source_name", ""),
                by=request.actor,
                now=now(),
            )
            return render(request, "ideas/clipped.html", {"idea": made}, status=201)
    named = request.POST.get("source_name", request.GET.get("title", ""))
    context = {"form": form, "source_name": named[:200]}
    return again(request, "ideas/clip.html", context, bad=bool(form.errors))


def _clipped(request: ActorRequest) -> dict[str, Any]:
    said = {
        name: request.GET.get(name, "").replace("\x00", "") for name in ("url", "title", "text")
    }
    link = said["url"] if said["url"].startswith(("http://", "https://")) else ""
    return {
        "title": (said["title"].strip() or said["text"].strip() or link)[:160],
        "note": said["text"].strip()[:CLIPPED],
        "link": link[:500],
    }


def _bookmarklet() -> str:
    """The address to keep as a bookmark: it opens our form with the page's title and selection."""
    where = f"{settings.UNISONO_PUBLIC_URL.text.rstrip('/')}{reverse('idea.clip')}"
    return (
        "javascript:(()=>{const e=encodeURIComponent;"
        f"window.open('{where}?url='+e(location.href)+'&title='+e(document.title)"
        f"+'&text='+e(String(getSelection()).slice(0,{CLIPPED})),"
        "'unisono','width=560,height=640')})()"
    )
