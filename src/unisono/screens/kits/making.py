"""Share kits for those who make them: from a post, to colleagues, and what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.kernel.clock import zone_named
from unisono.kernel.refusals import Refusal
from unisono.rooms.advocacy import actions, links, offers, queries
from unisono.rooms.advocacy.figures import figures
from unisono.rooms.advocacy.models import Kit
from unisono.rooms.advocacy.offers import Offer
from unisono.rooms.content import queries as content
from unisono.rooms.people.capabilities import Capability
from unisono.screens.doors import ActorRequest, again, done, now, refusals_on, typed, uuids
from unisono.screens.kits.forms import InviteForm, KitForm, SendForm


def new(request: ActorRequest) -> HttpResponseBase:
    """Make a kit of a post; on to looking after it."""
    (pk,) = uuids([request.GET.get("post", "")]) or (None,)
    if pk is None:
        messages.info(request, _("A share kit is made from a post: open one, then choose More."))
        return done(request, "posts")
    post = content.post(request.actor, pk)
    request.actor.must(Capability.SCHEDULE, post.department_id)
    found = offers.offers(request.actor, post)
    own = [one.revision.pk for one in found if one.revision.variant.post_id == post.pk]
    form = KitForm(
        [one.revision.pk for one in found],
        typed(request),
        initial={"title": post.title, "revisions": own},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            kit = actions.make(post, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("The kit is a draft. Look at it, then open it."))
            return done(request, "kit.making", kit.pk)
    context = {"post": post, "form": form, "nav": "campaigns", **_told(found, post.pk, form)}
    return again(request, "kits/new.html", context, bad=bool(form.errors))


def making(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """A kit as its makers see it; a POST changes what it says."""
    kit = queries.looked_after(request.actor, pk)
    form = _form(request, kit, typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change(kit, **form.cleaned_data, by=request.actor, now=now())
            messages.success(request, _("Saved."))
            return done(request, "kit.making", pk)
    return _page(request, queries.looked_after(request.actor, pk), form=form)


def opening(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Let colleagues see it."""
    kit = queries.looked_after(request.actor, pk)
    try:
        actions.open_kit(kit, by=request.actor, now=now())
        messages.success(request, _("The kit is open."))
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _page(request, queries.looked_after(request.actor, pk), trouble=refusal.sentence)
    return done(request, "kit.making", pk)


def closing(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Offer it no more."""
    kit = queries.looked_after(request.actor, pk)
    actions.close(kit, by=request.actor, now=now())
    messages.success(request, _("The kit is closed. Links that are out go on working."))
    return done(request, "kit.making", pk)


def sending(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Tell chosen members of it."""
    kit = queries.looked_after(request.actor, pk)
    form = SendForm(request.actor, request.POST)
    if form.is_valid():
        with refusals_on(form):
            to = [
                *form.cleaned_data["members"],
                *queries.people_in(form.cleaned_data["departments"]),
            ]
            fresh = actions.send(kit, to=to, by=request.actor, now=now())
            said = ngettext("Sent to %(n)s colleague.", "Sent to %(n)s colleagues.", fresh)
            nobody = _("All of them have had it already.")
            messages.success(request, said % {"n": fresh} if fresh else nobody)
            return done(request, "kit.making", pk)
    return _page(request, queries.looked_after(request.actor, pk), send=form)


def invites(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """A new address for colleagues without an account, shown once, here."""
    kit = queries.looked_after(request.actor, pk)
    form, address = InviteForm(request.POST), ""
    if form.is_valid():
        with refusals_on(form):
            _invite, secret = links.invite(kit, **form.cleaned_data, by=request.actor, now=now())
            public = settings.UNISONO_PUBLIC_URL.text.rstrip("/")
            address = f"{public}{reverse('shared_kit', args=[secret.reveal()])}"
            form = InviteForm()
    return _page(request, queries.looked_after(request.actor, pk), invite=form, address=address)


def revocation(request: ActorRequest, pk: UUID, invite: UUID) -> HttpResponseBase:
    """End one of these addresses."""
    row = queries.invite(request.actor, pk, invite)
    links.revoke(row, by=request.actor, now=now())
    messages.success(request, _("The address for “%(name)s” is revoked.") % {"name": row.name})
    return done(request, "kit.making", pk)


def _form(request: ActorRequest, kit: Kit, data: Any = None) -> KitForm:
    found = offers.offers(request.actor, kit.post)
    chosen = list(kit.texts.values_list("revision_id", flat=True))
    known = {one.revision.pk for one in found}
    kept = [one for pk, one in offers.kept(chosen).items() if pk not in known]
    form = KitForm(
        [one.revision.pk for one in [*kept, *found]],
        data,
        initial={"title": kit.title, "note": kit.note, "revisions": chosen},
    )
    form.offers = [*kept, *found]
    return form


def _told(found: list[Offer], post_id: UUID, form: KitForm) -> dict[str, Any]:
    """The choice as the form shows it: the post's own texts, and those of its campaign."""
    own = [one for one in found if one.revision.variant.post_id == post_id]
    beside = [one for one in found if one.revision.variant.post_id != post_id]
    chosen = set(form.chosen())
    ticked = any(str(one.revision.pk) in chosen for one in beside)
    return {"own": own, "beside": beside, "beside_chosen": ticked}


def _page(request: ActorRequest, kit: Kit, **given: Any) -> HttpResponseBase:
    today = now().astimezone(zone_named(request.actor.organization.zone)).date()
    told, form = figures(kit, today), given.pop("form", None) or _form(request, kit)
    context: dict[str, Any] = {
        "kit": kit,
        "form": form,
        **_told(form.offers, kit.post_id, form),
        "figures": told,
        "counts": [n for _day, n in told.days],
        "invites": list(queries.invites(kit)),
        "invite": InviteForm(),
        "send": SendForm(request.actor),
        "out": offers.is_out(kit.post),
        "mailed": settings.UNISONO_MAILS,
        "nav": "campaigns",
        **given,
    }
    bad = bool(given.get("trouble")) or any(
        bool(getattr(one, "errors", False))
        for one in (form, given.get("send"), given.get("invite"))
    )
    answer = again(request, "kits/making.html", context, bad=bad)
    answer.headers["Cache-Control"] = "no-store"
    return answer
