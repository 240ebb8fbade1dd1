"""Collisions: what is planned against house rules, and the doors to ways out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unisono.kernel import clock
from unisono.kernel.refusals import Invalid, Refusal
from unisono.rooms.channels import queries as channels
from unisono.rooms.content import actions as content
from unisono.rooms.content import queries
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.pacing import queries as pacing
from unisono.rooms.publishing.pacing.asking import collision
from unisono.rooms.publishing.pacing.queries import Clash
from unisono.rooms.publishing.pacing.ways import REACH
from unisono.rooms.publishing.pacing.words import reader, said
from unisono.rooms.publishing.placing import place
from unisono.screens.collisions.panel import offers, panel
from unisono.screens.doors import ActorRequest, back_to, done, named, now, page_of, uuids
from unisono.screens.posts.forms import TimeForm

WINDOW = timedelta(days=28)
KEPT = ("department", "channel")
AT_ONCE = 25


def collisions(request: ActorRequest) -> HttpResponse:
    """What collides in four weeks from `?day=`, each with its ways out."""
    actor, at = request.actor, now()
    today = clock.to_wall(at, actor.zone).date()
    first = max(_day(request.GET.get("day"), today), today)
    start = max(clock.start_of_day(first, actor.zone), at)
    end = clock.start_of_day(first + WINDOW, actor.zone)
    chosen = {name: request.GET.get(name, "") for name in KEPT}
    found = [c for c in pacing.collisions(actor, start, end, reach=REACH) if _wanted(c, chosen)]
    page = page_of(request, found, AT_ONCE)
    eyes = reader(actor)

    def link(day: date) -> str:
        kept = {name: value for name, value in chosen.items() if value}
        return f"{reverse('collisions')}?{urlencode({**kept, 'day': day.isoformat()})}"

    context: dict[str, Any] = {
        "rows": [
            {
                "clash": clash,
                "sentences": [said(one, clash.place, eyes) for one in clash.findings],
                "offers": offers(clash.ways(now=at, zone=actor.zone), actor.zone)
                if _may_move(actor, clash)
                else [],
                "href": reverse("publication", args=[clash.publication_id])
                if clash.publication_id
                else reverse("post", args=[clash.post_id]),
            }
            for clash in page.object_list
        ],
        "page": page,
        "count": len(found),
        "first": first,
        "last": first + WINDOW - timedelta(days=1),
        "earlier": link(first - WINDOW) if first > today else "",
        "later": link(first + WINDOW),
        "chosen": chosen,
        "departments": [(str(d.pk), d.name) for d in people.departments_seen(actor)],
        "channels": named(channels.usable(actor)),
        "here": request.get_full_path(),
        "nav": "calendar",
    }
    template = "collisions/list.html" if request.htmx else "collisions/collisions.html"
    return render(request, template, context)


def way(request: ActorRequest) -> HttpResponseBase:
    """Take a way out, or plan it at the wanted time nevertheless; all its posts or none."""
    variants = [queries.variant(request.actor, pk) for pk in _variants(request)]
    override = "override" in request.POST
    anyway = request.POST.get("reason", "") if override else ""
    wall = _wall(request.POST.get("wall" if override else "way", ""))
    post = variants[0].post
    if override and request.POST.get("then") == "now":
        publishing.publish_post_now(post, anyway=anyway, by=request.actor, now=now())
    else:
        place(
            variants,
            wall=wall,
            zone=request.POST.get("zone") or request.actor.zone,
            scheduling=request.POST.get("then") in ("schedule", "now"),
            anyway=anyway,
            by=request.actor,
            now=now(),
        )
    messages.success(request, _("“%(title)s” has its time.") % {"title": post.title})
    return done(request, back_to(request, reverse("post", args=[post.pk])))


def check(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What the house rules have against the time in the composer's form, as it is typed."""
    post = queries.post(request.actor, pk)
    form = TimeForm(request.GET)
    told = None
    if form.is_valid() and form.wall:
        zone = form.cleaned_data["zone"] or request.actor.zone
        one = form.cleaned_data["variant"]
        asked = [v for v in variants_of(post) if one in (None, v.pk) and _can_move(v)]
        try:
            at = content.meant(form.wall, zone, now=now())
            found = collision(asked, at, zone=zone, by=request.actor, now=now())
        except Refusal:
            # A time that cannot be meant is named where the form is kept.
            found = None
        told = panel(found, request) if found else None
    return render(request, "collisions/check.html", {"collision": told, "fits": form.is_valid()})


def _can_move(variant: Variant) -> bool:
    """Whether a time given to all of a post would be given to this one."""
    own = variant.publications.filter(part=0).exclude(state="cancelled")
    latest = own.order_by("-scheduled_at").first()
    return latest is None or latest.state in ("scheduled", "held")


def _may_move(actor: Actor, clash: Clash) -> bool:
    needed = Capability.SCHEDULE if clash.publication_id else Capability.WRITE
    return actor.can(needed, clash.department)


def _wanted(clash: Clash, chosen: dict[str, str]) -> bool:
    return chosen["department"] in ("", str(clash.department.pk)) and chosen["channel"] in (
        "",
        str(clash.channel.pk),
    )


def _variants(request: ActorRequest) -> tuple[UUID, ...]:
    found = uuids(request.POST.getlist("variant"))
    if not found:
        raise Invalid(_("Choose what shall get another time."), field="variant")
    return found


def _wall(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Invalid(_("This is not a day and a time."), field="way") from None


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise
