"""Share kits: what colleagues may share with their own accounts, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, merged, now
from unisono.api.paging import At, PageOf, page
from unisono.kernel.clock import zone_named
from unisono.kernel.refusals import Invalid
from unisono.rooms.advocacy import actions, counting, links, offers, queries, sharing
from unisono.rooms.advocacy.figures import figures
from unisono.rooms.advocacy.models import Kit
from unisono.rooms.advocacy.states import KIT
from unisono.rooms.content import queries as content
from unisono.rooms.library import queries as library
from unisono.rooms.people.capabilities import Capability

router = Router()


class OfferOut(Schema):
    """A text that a kit of the post may hold: a revision that is approved as it stands, or out."""

    revision_id: UUID
    post_id: UUID
    channel_id: UUID
    language: str
    text: str
    pictures: int
    out: bool


class KitIn(Schema):
    """`revision_ids` are among the post's `kit-texts`. `title`: the post's, if none is given."""

    post_id: UUID
    revision_ids: list[UUID]
    title: str = ""
    note: str = ""


class KitChange(Schema):
    revision_ids: list[UUID] | None = None
    title: str | None = None
    note: str | None = None


class KitOut(Schema):
    """`state`: draft, open or closed. `note` is for colleagues, and no part of what they share."""

    id: UUID
    post_id: UUID
    title: str
    note: str
    made_by_id: UUID | None
    made_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    state: str


class WayOut(Schema):
    """`filled`: the address opens the network's own form with the text in it; else the network."""

    network: str
    address: str
    filled: bool


class TextOut(Schema):
    """The approved words, with tracked links."""

    id: UUID
    text: str
    language: str
    ways: list[WayOut]


class PictureOut(Schema):
    number: int
    alt: str
    width: int
    height: int
    mime: str


class SharingOut(Schema):
    """What may be shared at this moment. `stopped` says why there is nothing: closed, draft,
    embargo, hold, withdrawn. `done`: what the caller has done with it."""

    texts: list[TextOut]
    pictures: list[PictureOut]
    link: str
    posts: list[str]
    stopped: str
    done: list[str]
    own_links: bool


class DidIn(Schema):
    """`did`: copied or shared."""

    did: str


class SendingIn(Schema):
    """Members, and all members of departments."""

    member_ids: list[UUID] = []
    department_ids: list[UUID] = []


class SendingOut(Schema):
    """How many had not been sent it before."""

    sent: int


class InviteIn(Schema):
    name: str


class InviteOut(Schema):
    id: UUID
    name: str
    made_at: datetime
    revoked_at: datetime | None


class InviteMade(InviteOut):
    """`address` is given this once."""

    address: str


class DidOut(Schema):
    opened: int
    copied: int
    shared: int


class DayOut(Schema):
    day: date
    visits: int


class SharerOut(Schema):
    name: str
    visits: int


class FiguresOut(Schema):
    """`members` are people, as far as they say so; `invited` are times, at addresses without an
    account. `days` are the last 30. `sharers` are those who want to be counted by name."""

    members: DidOut
    invited: DidOut
    sent_to: int
    visits: int
    days: list[DayOut]
    sharers: list[SharerOut]


@router.get("/posts/{pk}/kit-texts", response=list[OfferOut], summary="What a kit may hold")
def kit_texts(request: Call, pk: UUID) -> Any:
    post = content.post(request.actor, pk)
    request.actor.must(Capability.SCHEDULE, post.department_id)
    return [
        {
            "revision_id": one.revision.pk,
            "post_id": one.revision.variant.post_id,
            "channel_id": one.revision.channel_id,
            "language": one.revision.language,
            "text": one.revision.text,
            "pictures": len(one.revision.media),
            "out": one.out,
        }
        for one in offers.offers(request.actor, post)
    ]


@router.get("/kits", response=PageOf[KitOut], summary="Share kits")
def kits(request: Call, at: At, state: str = "") -> Any:
    if state and state not in KIT.states:
        raise Invalid(_("Choose one of the values offered."), field="state")
    return page(queries.kits(request.actor, state), at, KitOut.from_orm)


@router.post("/kits", response={201: KitOut}, summary="Make a share kit")
def make_kit(request: Call, payload: KitIn) -> Any:
    made = actions.make(
        content.post(request.actor, payload.post_id),
        revisions=payload.revision_ids,
        title=payload.title,
        note=payload.note,
        by=request.actor,
        now=now(),
    )
    return Status(201, made)


@router.get("/kits/{pk}", response=KitOut, summary="One share kit")
def one_kit(request: Call, pk: UUID) -> Any:
    return queries.kit(request.actor, pk)


@router.patch("/kits/{pk}", response=KitOut, summary="Change a share kit")
def change_kit(request: Call, pk: UUID, payload: KitChange) -> Any:
    row = queries.looked_after(request.actor, pk)
    given = payload.dict(exclude_none=True)
    chosen = given.pop("revision_ids", None)
    if chosen is None:
        chosen = list(row.texts.values_list("revision_id", flat=True))
    values = merged(row, ("title", "note"), given)
    actions.change(row, revisions=chosen, **values, by=request.actor, now=now())
    return row


@router.get("/kits/{pk}/sharing", response=SharingOut, summary="What may be shared now")
def shared_now(request: Call, pk: UUID) -> Any:
    row, actor = queries.kit(request.actor, pk), request.actor
    shown = sharing.shown(row, member=actor.member, draft=queries.may(actor, row), now=now())
    return {
        "texts": [
            {
                "id": one.id,
                "text": one.text,
                "language": one.language,
                "ways": [
                    {"network": way.face.label, "address": way.address, "filled": way.filled}
                    for way in one.ways
                ],
            }
            for one in shown.texts
        ],
        "pictures": shown.pictures,
        "link": shown.link,
        "posts": [one.url for one in shown.out],
        "stopped": shown.stopped,
        "done": sorted(counting.has_done(row, actor)),
        "own_links": links.has_own(row, actor),
    }


@router.get("/kits/{pk}/pictures/{number}", summary="Download a picture of a kit")
def kit_picture(request: Call, pk: UUID, number: int) -> FileResponse:
    row = queries.kit(request.actor, pk)
    asset, _one = sharing.picture(row, number, draft=queries.may(request.actor, row), now=now())
    data, mime = library.stored(asset)
    return _file(data, mime, asset.name)


@router.post("/kits/{pk}/parts", response={204: None}, summary="Say that one copied or shared")
def take_part(request: Call, pk: UUID, payload: DidIn) -> Any:
    row = queries.kit(request.actor, pk)
    counting.take_part(row, did=payload.did, by=request.actor, now=now())
    return Status(204, None)


@router.put("/kits/{pk}/own-links", response={204: None}, summary="Have visits counted by name")
def have_own(request: Call, pk: UUID) -> Any:
    row = queries.kit(request.actor, pk)
    links.have_own(row, wanted=True, by=request.actor, now=now())
    return Status(204, None)


@router.delete("/kits/{pk}/own-links", response={204: None}, summary="Count no more by name")
def drop_own(request: Call, pk: UUID) -> Any:
    row = queries.kit(request.actor, pk)
    links.have_own(row, wanted=False, by=request.actor, now=now())
    return Status(204, None)


@router.post("/kits/{pk}/opening", response=KitOut, summary="Open a share kit")
def open_kit(request: Call, pk: UUID) -> Any:
    return _moved(request, pk, actions.open_kit)


@router.post("/kits/{pk}/closing", response=KitOut, summary="Close a share kit for good")
def close_kit(request: Call, pk: UUID) -> Any:
    return _moved(request, pk, actions.close)


@router.post("/kits/{pk}/sendings", response=SendingOut, summary="Send a share kit to members")
def send_kit(request: Call, pk: UUID, payload: SendingIn) -> Any:
    row, named = queries.looked_after(request.actor, pk), Named(request.actor)
    to = [named.member(one, "member_ids") for one in payload.member_ids]
    to += queries.people_in(named.departments(payload.department_ids))
    people = [member for member in to if member is not None]
    return {"sent": actions.send(row, to=people, by=request.actor, now=now())}


@router.get("/kits/{pk}/invites", response=PageOf[InviteOut], summary="Addresses without account")
def kit_invites(request: Call, pk: UUID, at: At) -> Any:
    return page(queries.invites(queries.looked_after(request.actor, pk)), at, InviteOut.from_orm)


@router.post("/kits/{pk}/invites", response={201: InviteMade}, summary="Make such an address")
def make_invite(request: Call, pk: UUID, payload: InviteIn) -> Any:
    row = queries.looked_after(request.actor, pk)
    made, secret = links.invite(row, name=payload.name, by=request.actor, now=now())
    shape = {name: getattr(made, name) for name in InviteOut.model_fields}
    public = settings.UNISONO_PUBLIC_URL.text.rstrip("/")
    address = f"{public}{reverse('shared_kit', args=[secret.reveal()])}"
    return Status(201, {**shape, "address": address})


@router.delete("/kits/{pk}/invites/{invite}", response={204: None}, summary="Revoke it")
def revoke_invite(request: Call, pk: UUID, invite: UUID) -> Any:
    links.revoke(queries.invite(request.actor, pk, invite), by=request.actor, now=now())
    return Status(204, None)


@router.get("/kits/{pk}/figures", response=FiguresOut, summary="What came of a share kit")
def kit_figures(request: Call, pk: UUID) -> Any:
    row = queries.looked_after(request.actor, pk)
    zone = zone_named(request.actor.organization.zone)
    found = figures(row, now().astimezone(zone).date())
    return {
        "members": found.members,
        "invited": found.invited,
        "sent_to": found.told,
        "visits": found.visits,
        "days": [{"day": day, "visits": n} for day, n in found.days],
        "sharers": found.sharers,
    }


def _moved(request: Call, pk: UUID, verb: Any) -> Kit:
    row = queries.looked_after(request.actor, pk)
    verb(row, by=request.actor, now=now())
    return row


def _file(data: bytes, mime: str, name: str) -> FileResponse:
    answer = FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=mime)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
