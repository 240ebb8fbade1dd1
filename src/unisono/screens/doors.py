"""What every view uses: the typed request, refusals as form errors, and answers to htmx."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from unisono.kernel.refusals import Refusal
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.models import Member
from unisono.screens.table import access_to

AnyAnswer = TypeVar("AnyAnswer", bound=HttpResponseBase)


class ActorRequest(HttpRequest):
    """A request of a signed-in member."""

    actor: Actor
    member: Member
    htmx: HtmxDetails
    approvals_waiting: int


def now() -> datetime:
    """The instant a door passes on; verbs never ask the clock themselves."""
    return timezone.now()


@contextmanager
def refusals_on(form: BaseForm, *, but: tuple[type[Refusal], ...] = ()) -> Iterator[None]:
    """Turn a verb's refusal into an error of the form, at the field it names.

    What the verb had written is undone; what the person typed stays in the form. Of the kinds in
    `but` the caller shows more than a sentence.
    """
    try:
        with transaction.atomic():
            yield
    except Refusal as refusal:
        if refusal.status in (403, 404) or isinstance(refusal, but):
            raise
        # What would do instead (`ways_out`, `along`) is offered beside the sentence.
        form.refusal = refusal  # type: ignore[attr-defined]
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, refusal.sentence)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """The page of ours from which something was sent."""
    told = request.POST.get("back") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()}):
        return otherwise
    parts = urlsplit(told)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def came_from(request: HttpRequest) -> str:
    """The path of the page a form was sent from, if it is one of ours that can be looked at."""
    if request.method != "POST":
        return ""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host():
        return ""
    try:
        access = access_to(resolve(before.path))
    except Resolver404:
        return ""
    looked_at = access is not None and "GET" in access.methods
    return urlunsplit(("", "", before.path, before.query, "")) if looked_at else ""


def page_of(request: HttpRequest, rows: Any, size: int = 50) -> Page[Any]:
    """The page of `rows` that `?page=` asks for; odd numbers give the nearest page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def done(request: HttpRequest, to: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """After a change: on to another page, also when htmx sent the form."""
    where = resolve_url(to, *args, **kwargs)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return HttpResponseRedirect(where)


def again(
    request: HttpRequest, template: str, context: dict[str, Any], *, bad: bool
) -> HttpResponse:
    """Show a form: 422 when it has errors, so that programs and htmx see it too."""
    return render(request, template, context, status=422 if bad else 200)


def toast(response: HttpResponse, text: str, tone: str = "ok") -> HttpResponse:
    """Let the page say something in passing."""
    said = json.loads(response.headers.get("HX-Trigger", "{}"))
    said["toast"] = {"text": text, "tone": tone}
    response.headers["HX-Trigger"] = json.dumps(said)
    return response


def handed_out(answer: AnyAnswer) -> AnyAnswer:
    """A file for whoever was found allowed: nobody else keeps it, and nothing in it runs."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def named(rows: QuerySet[Any]) -> list[tuple[str, str]]:
    """(id, name) pairs of rows, for a filter; nothing else of them is read."""
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def uuids(values: list[str]) -> tuple[UUID, ...]:
    """The values that are ids; others are left out, as from an old bookmark."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return tuple(found)


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, an empty form included; None while it is only looked at."""
    return request.POST if request.method == "POST" else None
