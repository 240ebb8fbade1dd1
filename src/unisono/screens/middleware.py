"""From a browser's session to an actor in scope; from a refusal to a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from unisono.kernel import tenancy
from unisono.kernel.clock import zone_named
from unisono.kernel.refusals import Refusal
from unisono.rooms.people.actors import actor_for
from unisono.rooms.people.models import Organization
from unisono.rooms.people.queries import nobody_yet
from unisono.rooms.people.sessions import CHOSEN, membership
from unisono.rooms.publishing.pacing.asking import Collides
from unisono.screens.access import PUBLIC, SIGNED_IN
from unisono.screens.collisions.panel import refused as collides
from unisono.screens.doors import came_from
from unisono.screens.table import access_to

Answer = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Puts `request.actor` in place and runs everything inside the organization's scope."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        if request.path.startswith(("/api/", "/static/", "/healthz", "/readyz")):
            return self.get_response(request)
        request.actor = None
        user = request.user
        member = membership(user, request.session.get(CHOSEN)) if user.is_authenticated else None
        if member is None:
            return self.get_response(request)
        organization = Organization.objects.get(pk=member.organization_id)
        with tenancy.within(organization.pk):
            actor = actor_for(member, organization)
            request.actor, request.member = actor, member
            request.LANGUAGE_CODE = actor.language
            with translation.override(actor.language), timezone.override(zone_named(actor.zone)):
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
        return response

    def process_view(
        self, request: Any, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.path.startswith("/api/"):
            return None
        match = request.resolver_match
        access = access_to(match)
        if access is None:
            raise ImproperlyConfigured(f"{match.view_name} has no row in its family's ACCESS.")
        need = access.methods.get("GET" if request.method == "HEAD" else request.method)
        if need is None:
            return HttpResponseNotAllowed(list(access.methods))
        if need == PUBLIC:
            return None
        if request.actor is None:
            return self._not_in(request)
        try:
            if need != SIGNED_IN:
                request.actor.must_anywhere(need)
        except Refusal as refusal:
            # Django asks process_exception for errors of views only, not of this hook.
            return self.process_exception(request, refusal)
        return None

    def process_exception(self, request: Any, error: Exception) -> HttpResponseBase | None:
        if not isinstance(error, Refusal) or request.path.startswith("/api/"):
            return None
        answer = self._refused(request, error)
        # After the page is drawn: a transaction marked for rollback answers no more questions.
        if request.actor is not None:
            transaction.set_rollback(True)
        return answer

    def _refused(self, request: Any, error: Refusal) -> HttpResponse:
        if request.headers.get("HX-Request"):
            said = {"toast": {"text": error.sentence, "tone": "bad"}}
            return HttpResponse(
                error.sentence,
                status=error.status,
                headers={"HX-Trigger": json.dumps(said), "HX-Reswap": "none"},
            )
        if isinstance(error, Collides):
            return collides(request, error)
        if request.headers.get("X-Requested-With") == "fetch":
            page = HttpResponse(error.sentence, status=error.status, content_type="text/plain")
        else:
            context = {"sentence": error.sentence, "status": error.status, "refusal": error}
            context |= {"came_from": came_from(request)}
            page = render(request, "screens/refused.html", context, status=error.status)
        if getattr(error, "along", False):
            page.headers["X-Along"] = "1"
        return page

    def _not_in(self, request: Any) -> HttpResponseBase:
        if nobody_yet():
            return redirect("setup")
        if request.user.is_authenticated:
            context = {
                "sentence": _("You are not a member of any organization here."),
                "status": 403,
            }
            return render(request, "screens/refused.html", context, status=403)
        entrance = reverse("demo" if settings.UNISONO_DEMO else settings.LOGIN_URL)
        if request.method == "GET":
            where = f"{entrance}?{urlencode({'next': request.get_full_path()})}"
        else:
            # Back to the form, where the browser still has what was typed.
            form = came_from(request)
            where = f"{entrance}?{urlencode({'next': form})}" if form else entrance
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": where})
        return redirect(where)
