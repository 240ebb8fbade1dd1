"""Networks and channels."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from unisono.api.calls import Call, Named, now
from unisono.api.paging import At, PageOf, page
from unisono.kernel.secrets import Secret
from unisono.networks import registry
from unisono.networks.contract import Adapter, Connects, Measures, Publishes, Reads
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import queries
from unisono.rooms.channels.sentences import said

router = Router()


class FieldOut(Schema):
    name: str
    label: str
    kind: str
    required: bool


class NetworkOut(Schema):
    """`connect_fields` are what `POST /channels` wants in `form`."""

    name: str
    label: str
    capabilities: list[str]
    second_post: str
    connect_fields: list[FieldOut]


class ChannelOut(Schema):
    """`expires_at`: when the sign-in runs out; `failing_since`: since when renewals fail."""

    id: UUID
    network: str
    name: str
    handle: str
    server: str
    url: str
    department_id: UUID | None
    state: str
    trouble: str
    connected_at: datetime
    expires_at: datetime | None
    renews_itself: bool
    renewed_at: datetime | None
    failing_since: datetime | None


class ChannelIn(Schema):
    """`form` holds the network's own fields, such as `server` and `token`."""

    network: str
    form: dict[str, str]
    department_id: UUID | None = None


class CredentialsIn(Schema):
    form: dict[str, str]


class ChannelChange(Schema):
    department_id: UUID | None


@router.get("/networks", response=list[NetworkOut], summary="Networks, and what each can do")
def networks(request: Call) -> Any:
    return [_network(adapter) for adapter in registry.all()]


@router.get("/channels", response=PageOf[ChannelOut], summary="Connected accounts")
def list_channels(request: Call, at: At) -> Any:
    return page(queries.channels(request.actor), at, ChannelOut.from_orm)


@router.post("/channels", response={201: ChannelOut}, summary="Connect an account")
def connect(request: Call, payload: ChannelIn) -> Any:
    row = channels.connect(
        network=payload.network,
        form=_form(payload.network, payload.form),
        department=Named(request.actor).department(payload.department_id),
        by=request.actor,
        now=now(),
    )
    return Status(201, row)


@router.get("/channels/{pk}", response=ChannelOut, summary="One channel")
def channel(request: Call, pk: UUID) -> Any:
    return queries.channel(request.actor, pk)


@router.patch("/channels/{pk}", response=ChannelOut, summary="Give a channel to a department")
def assign(request: Call, pk: UUID, payload: ChannelChange) -> Any:
    row = queries.channel(request.actor, pk)
    department = Named(request.actor).department(payload.department_id)
    return channels.assign_channel(row, department=department, by=request.actor, now=now())


@router.put("/channels/{pk}/credentials", response=ChannelOut, summary="Connect it again")
def reconnect(request: Call, pk: UUID, payload: CredentialsIn) -> Any:
    row = queries.channel(request.actor, pk)
    form = _form(row.network, payload.form)
    return channels.reconnect(row, form=form, by=request.actor, now=now())


@router.delete("/channels/{pk}", response={204: None}, summary="Disconnect a channel")
def disconnect(request: Call, pk: UUID) -> Any:
    channels.disconnect(queries.channel(request.actor, pk), by=request.actor, now=now())
    return Status(204, None)


def _form(network: str, given: dict[str, str]) -> dict[str, str | Secret]:
    """The fields a network declares as secrets are treated as such from here on."""
    if network not in registry.NAMES:
        return dict(given)
    secret = {f.name for f in registry.adapter(network).connect_fields if f.kind == "secret"}
    return {name: Secret(value) if name in secret else value for name, value in given.items()}


def _network(adapter: Adapter) -> dict[str, Any]:
    known = {"connects": Connects, "publishes": Publishes, "measures": Measures, "reads": Reads}
    return {
        "name": adapter.name,
        "label": adapter.label,
        "capabilities": [name for name, what in known.items() if adapter.offers(what)],
        "second_post": adapter.second_post.value,
        "connect_fields": [
            {"name": f.name, "label": said(f.label), "kind": f.kind, "required": f.required}
            for f in adapter.connect_fields
        ],
    }
