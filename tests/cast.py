"""The cast: named people and things that every test may speak of, loaded once per run.

Maison Lumen has four departments and one person for each role; Other House exists so that nobody
of Maison Lumen ever sees it, and the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from unisono.kernel import tenancy
from unisono.kernel.secrets import Secret
from unisono.networks.contract import Account, Connected
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content import ideas
from unisono.rooms.people import actions as people
from unisono.rooms.people.actions import Grant
from unisono.rooms.people.actors import Actor, actor_for
from unisono.rooms.people.models import Department, Member, Organization
from unisono.rooms.plan import actions as plan

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
"""Wednesday 4 March 2026, 10:00 in Paris."""
SOON = NOW + timedelta(hours=1)
PASSWORD = "long enough for tests"
ROLES = ("viewer", "contributor", "editor", "approver", "manager", "admin")
TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif"]
LIMITS = {
    "agora": {"text_max": 3000, "images_max": 9, "image_types": TYPES},
    "chirp": {
        "text_max": 300,
        "text_unit": "graphemes",
        "images_max": 4,
        "image_types": TYPES,
    },
}


@dataclass
class Cast:
    """What the tests know by name. Actors are made afresh, since roles may change in a test."""

    lumen: Organization
    other: Organization
    members: dict[str, Member] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The named member as an actor; their organization must be in scope."""
        return actor_for(self.members[name])

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["things"][name]
        except KeyError:
            raise AttributeError(name) from None


def load() -> Cast:
    """Load the cast through the verbs."""
    lea = people.found_organization(
        name="Maison Lumen",
        zone="Europe/Paris",
        language="en",
        admin_email="admin@lumen.example",
        admin_name="Ada Admin",
        password=Secret(PASSWORD),
        departments=[
            ("Marketing", "violet"),
            ("Sales", "teal"),
            ("People & culture", "rose"),
            ("Customer service", "blue"),
        ],
        now=NOW - timedelta(days=90),
    )
    stranger = people.found_organization(
        name="Other House",
        zone="America/Montreal",
        language="fr",
        admin_email="admin@other.example",
        admin_name="Otto Other",
        password=Secret(PASSWORD),
        departments=[("Marketing", "green")],
        now=NOW - timedelta(days=90),
    )
    cast = Cast(lea.organization, stranger.organization)
    with tenancy.within(cast.lumen.pk):
        _people(cast, lea)
        _things(cast, lea)
    with tenancy.within(cast.other.pk):
        cast.members["stranger"] = stranger.member  # type: ignore[assignment]
        _other_things(cast, stranger)
    return cast


def _people(cast: Cast, admin: Actor) -> None:
    cast.departments = {d.name: d for d in Department.objects.all()}
    cast.members["admin"] = admin.member  # type: ignore[assignment]
    marketing = cast.departments["Marketing"]
    for role in ROLES[:-1]:
        cast.members[role] = join(
            f"{role}@lumen.example", role.title(), [Grant(role, marketing)], by=admin
        )
    cast.members["sales_editor"] = join(
        "sales@lumen.example", "Sacha Sales", [Grant("editor", cast.departments["Sales"])], by=admin
    )


def join(email: str, name: str, grants: list[Grant], *, by: Actor) -> Member:
    """A member who came in by invitation."""
    _invitation, secret = people.invite(email=email, name=name, grants=grants, by=by, now=NOW)
    return people.accept_invitation(
        secret=secret.reveal(), name=name, password=Secret(PASSWORD), now=NOW
    )


def _things(cast: Cast, admin: Actor) -> None:
    marketing = cast.departments["Marketing"]
    objective = plan.set_objective(
        name="Brand reach",
        metric="reach",
        target=10_000,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 3, 31),
        department=marketing,
        by=admin,
        now=NOW,
    )
    campaign = plan.open_campaign(
        name="Lyon opening",
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 20),
        brief="Doors open on 11 March.",
        department=marketing,
        objective=objective,
        by=admin,
        now=NOW,
    )
    cast.things |= {
        "objective": objective,
        "campaign": campaign,
        "agora": connected("lumen-agora", "agora", by=admin),
        "chirp": connected("lumen-chirp", "chirp", by=admin),
    }
    cast.things["idea"] = ideas.capture(
        title="Meet the glassblowers", department=marketing, by=admin, now=NOW
    )
    cast.things["post"] = content.write_post(
        title="The doors",
        text="On 11 March we open our doors in Lyon.",
        department=marketing,
        campaign=campaign,
        channels=[cast.agora, cast.chirp],
        by=admin,
        now=NOW,
    )


def _other_things(cast: Cast, stranger: Actor) -> None:
    marketing = Department.objects.get()
    channel = connected("other-agora", "agora", by=stranger)
    cast.things["other_department"] = marketing
    cast.things["other_channel"] = channel
    cast.things["other_post"] = content.write_post(
        title="Secret of the other house",
        text="Nobody of Maison Lumen reads this.",
        department=marketing,
        channels=[channel],
        by=stranger,
        now=NOW,
    )


def connected(handle: str, flavour: str, *, by: Actor) -> Channel:
    """A sandbox channel as `connect` would store it, without asking a server."""
    account = Account(
        remote_id=handle,
        handle=handle,
        name=handle.replace("-", " ").title(),
        server="http://127.0.0.1:8410",
        url=f"http://127.0.0.1:8410/@{handle}",
        profile={"place": flavour, "limits": LIMITS[flavour]},
    )
    channel = Channel(
        network="sandbox",
        remote_id=handle,
        connected_by=by.member,
        connected_at=NOW,
    )
    channels._describe(channel, Connected(account, {"token": Secret("sandbox-token")}))
    channel.save()
    return channel
