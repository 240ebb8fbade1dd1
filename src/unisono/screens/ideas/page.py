"""The page of one idea. Every door on it answers a refusal with this page, and what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from unisono.kernel.refusals import NotFound
from unisono.rooms.content import queries
from unisono.rooms.content.models import Idea
from unisono.rooms.engagement import queries as engagement
from unisono.rooms.library import queries as library
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.requests import queries as requests
from unisono.screens.doors import ActorRequest, again
from unisono.screens.ideas.forms import (
    CommentForm,
    DevelopForm,
    IdeaForm,
    MergeForm,
    PlaceForm,
    TagsForm,
)

Refused = Sequence[tuple[str, str]]


def show(
    request: ActorRequest,
    pk: UUID,
    *,
    refused: Refused = (),
    ticked: Sequence[UUID] = (),
    **given: forms.Form,
) -> HttpResponse:
    """One idea as it stands, with the forms in `given` as they were sent.

    `refused` names files or images that were not taken (name, sentence); `ticked` are assets whose
    choice is kept.
    """
    # Read anew: a verb may have moved the row in memory before it was refused.
    row = queries.idea(request.actor, pk)
    can_write = request.actor.can_anywhere(Capability.WRITE)
    context = {
        "idea": row,
        **_forms(request.actor, row),
        **given,
        "posts": list(queries.posts(request.actor).filter(idea=row)),
        "can_write": can_write,
        "open": row.state == "captured" and can_write,
        "nav": "ideas",
        "refused": refused,
        "ticked": ticked,
        **_around(request.actor, row),
    }
    bad = bool(refused) or any(form.errors for form in given.values())
    return again(request, "ideas/idea.html", context, bad=bad)


def _forms(actor: Actor, row: Idea) -> dict[str, forms.Form]:
    tags = ", ".join(row.ideatag_set.values_list("tag__name", flat=True))
    return {
        "words": IdeaForm(actor, initial=IdeaForm.of(row)),
        "development": DevelopForm(actor, initial={"department": row.department_id}),
        "comment": CommentForm(),
        "tagging": TagsForm(initial={"tags": tags}),
        "merging": MergeForm(actor, row),
        "placing": PlaceForm(actor, initial={"column": row.column_id}),
    }


def _around(actor: Actor, row: Idea) -> dict[str, Any]:
    """What lies on an idea."""
    row.votes = row.ideavote_set.count()  # type: ignore[attr-defined]
    row.mine = row.ideavote_set.filter(member=actor.member).exists()  # type: ignore[attr-defined]
    used = row.ideaimage_set.values("asset")
    return {
        "comments": list(row.ideacomment_set.select_related("by", "merged_from")),
        "tags": ", ".join(row.ideatag_set.values_list("tag__name", flat=True)),
        "known_tags": list(queries.tags(actor).values_list("name", flat=True)),
        "images": list(row.ideaimage_set.select_related("asset")),
        "assets": list(library.assets(actor).exclude(pk__in=used)[:24]),
        "files": queries.files_behind(row),
        "merged": list(row.merged.all()),
        "origin": _origin(actor, row),
    }


def _origin(actor: Actor, row: Idea) -> str:
    """Where to look at what an idea was made of, if the reader may."""
    try:
        if row.source == Idea.Source.MESSAGE and row.origin:
            spoken = engagement.message(actor, row.origin).conversation
            state = "closed" if spoken.state == "closed" else "open"
            return f"{reverse('conversations')}?state={state}#{spoken.pk}"
        if row.request_id and actor.can_anywhere(Capability.CAMPAIGN):
            return reverse("request", args=[requests.request(actor, row.request_id).pk])
    except NotFound:
        return ""
    return ""
