"""What the composer shows of a post: tabs, checks, preview, times, and what can be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from unisono.networks import registry
from unisono.networks.contract import Adapter, Field
from unisono.rooms.channels.sentences import said
from unisono.rooms.content import checks, snapshot
from unisono.rooms.content import queries as content
from unisono.rooms.content.checks import Remark
from unisono.rooms.content.models import Post, PostImage, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing import queue
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.pacing.queries import reasons_of
from unisono.rooms.publishing.standings import OUT, standing_of
from unisono.rooms.requests.models import RequestFile
from unisono.rooms.workflow.queries import needs_approval
from unisono.screens.posts.forms import EVERY, offered, option_name


@dataclass(frozen=True)
class Option:
    """One of a network's own options as a control."""

    name: str
    label: str
    help: str
    value: str
    choices: list[tuple[str, str]]

    @property
    def type(self) -> str:
        return "select" if self.choices else "text"


@dataclass(frozen=True)
class Part:
    """A follow-up in the editor: `n` counts from 1, `where` is the variant's id or `common`."""

    where: str
    n: int
    text: str
    counters: list[tuple[Variant, dict[str, Any]]]

    @property
    def number(self) -> int:
        """Which part of the thread it is, the post being the first."""
        return self.n + 1

    @property
    def up(self) -> str:
        return f"up:{self.where}:{self.n}"

    @property
    def down(self) -> str:
        return f"down:{self.where}:{self.n}"

    @property
    def remove(self) -> str:
        return f"remove:{self.where}:{self.n}"


@dataclass(frozen=True)
class Tab:
    """One channel's side of a post. `anyway`: why it was planned against a house rule."""

    variant: Variant
    adapter: Adapter
    counter: dict[str, Any]
    remarks: list[Remark]
    state: str
    publication: Publication | None
    options: list[Option]
    parts: list[Part]
    anyway: str

    @property
    def where(self) -> str:
        return str(self.variant.pk)

    @property
    def add(self) -> str:
        """What the button says that adds a follow-up."""
        return f"add:{self.where}"

    @property
    def follows(self) -> bool:
        """Whether it has neither a text nor follow-ups of its own."""
        return self.variant.text is None and self.variant.follow_ups is None

    @property
    def broken(self) -> bool:
        return any(remark.level == "bad" for remark in self.remarks)

    @property
    def warned(self) -> bool:
        return any(remark.level == "warn" for remark in self.remarks)

    @property
    def movable(self) -> bool:
        return self.state not in (*OUT, "publishing", "unknown")


@dataclass(frozen=True)
class Board:
    """The whole composer."""

    post: Post
    tabs: list[Tab]
    images: list[PostImage]
    house: list[Remark]
    may: dict[str, bool]

    @property
    def parts(self) -> list[Part]:
        """The common follow-ups, with a counter for each channel that follows them."""
        following = [tab for tab in self.tabs if tab.variant.follow_ups is None]
        return [
            Part("common", n, text, [c for tab in following for c in tab.parts[n - 1].counters])
            for n, text in enumerate(self.post.follow_ups, start=1)
        ]

    @property
    def files(self) -> list[RequestFile]:
        """The documents that came with the request the post answers."""
        return content.files_behind(self.post.idea) if self.post.idea else []

    @property
    def states(self) -> set[str]:
        return {tab.state for tab in self.tabs}

    @property
    def broken(self) -> bool:
        return any(tab.broken for tab in self.tabs)

    @property
    def on_their_way(self) -> bool:
        return any(tab.publication for tab in self.tabs)

    @property
    def planned(self) -> Variant | None:
        """The variant whose time stands for all in the form: the first that has one."""
        return next((tab.variant for tab in self.tabs if tab.variant.planned_at), None)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What a time can be meant for."""
        every = (EVERY, gettext("All channels"))
        return [every, *((str(tab.variant.pk), tab.variant.channel.name) for tab in self.tabs)]

    def tab(self, variant_id: str) -> Tab | None:
        """The tab asked for, else the first."""
        named = next((tab for tab in self.tabs if str(tab.variant.pk) == variant_id), None)
        return named or (self.tabs[0] if self.tabs else None)


def board(actor: Actor, post: Post) -> Board:
    """Read all of it."""
    images = list(post.images.select_related("asset"))
    variants = variants_of(post)
    states = standing_of(variants)
    reasons = reasons_of(variants)
    tabs = [
        _tab(variant, images, *states[variant.pk], reasons.get(variant.pk, ""))
        for variant in variants
    ]
    house = checks.house_findings(variants[0]) if variants else []
    found = {tab.state for tab in tabs}
    writes = actor.can(Capability.WRITE, post.department_id)
    schedules = actor.can(Capability.SCHEDULE, post.department_id)
    approval = needs_approval(post)
    return Board(
        post,
        tabs,
        images,
        house,
        {
            "write": writes,
            "ask": writes and approval and bool(found & {"draft", "changes_asked"}),
            "decide": actor.can(Capability.APPROVE, post.department_id) and "in_review" in found,
            "schedule": schedules and bool(found & ({"approved"} if approval else {"draft"})),
        },
    )


def free_slots(board: Board, now: datetime) -> list[tuple[Variant, datetime, str]]:
    """The next free good slot of each channel on which the post can still be moved."""
    movable = [tab.variant for tab in board.tabs if tab.movable]
    offers = queue.free_slots([(board.post, v.channel) for v in movable], now=now, count=1)
    return [
        (variant, at, zone)
        for variant in movable
        for at, zone in offers[board.post.pk, variant.channel_id]
    ]


def preview_of(tab: Tab, images: list[PostImage]) -> dict[str, Any]:
    """Display data for the network's own preview template, with our own pictures."""
    shown = tab.adapter.preview(snapshot.draft(tab.variant, images), tab.variant.channel.account)
    for picture, image in zip(shown["media"], images, strict=False):
        picture["url"] = reverse("media", args=[image.asset_id, "thumb"])
    shown["avatar_url"] = ""
    return shown


def follow_ups_of(tab: Tab) -> list[dict[str, Any]]:
    """The same of what follows the post."""
    account = tab.variant.channel.account
    drafts = [snapshot.draft(tab.variant, [], part.n) for part in tab.parts]
    return [{**tab.adapter.preview(draft, account), "avatar_url": ""} for draft in drafts]


def _tab(
    variant: Variant,
    images: list[PostImage],
    state: str,
    publication: Publication | None,
    anyway: str,
) -> Tab:
    return Tab(
        variant,
        registry.adapter(variant.channel.network),
        checks.measure(variant),
        checks.findings(variant, images),
        state,
        publication,
        [_option(variant, field) for field in offered(variant)],
        [
            Part(str(variant.pk), n, text, [(variant, checks.measure(variant, text))])
            for n, text in enumerate(variant.parts, start=1)
        ],
        anyway,
    )


def _option(variant: Variant, field: Field) -> Option:
    return Option(
        option_name(variant, field),
        said(field.label),
        said(field.help) if field.help else "",
        variant.options.get(field.name, field.default),
        [(value, said(label)) for value, label in field.choices],
    )


def ids(board: Board) -> list[UUID]:
    """The subjects whose history is the post's."""
    found = [board.post.pk, *board.post.requests.values_list("pk", flat=True)]
    for tab in board.tabs:
        found.append(tab.variant.pk)
        if tab.publication:
            found.append(tab.publication.pk)
    return found


def saved(answer: HttpResponse) -> HttpResponse:
    """Tell the parts of the page that follow the post that it was saved."""
    answer.headers["HX-Trigger"] = "post:saved"
    return answer
