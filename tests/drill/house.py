"""Where the drills happen: a database, a network one can break, companies, and due posts."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.servers.running import answers, free_port, running

PLACES = {"key": "agora", "container": "studio", "look-up": "forum", "none": "pager"}
"""The four promises a network can make against a second post, and the place that makes each."""

MADE_PUBLIC = "(/posts|/publish)$"
"""The addresses whose call makes a post public, on every place, as fault rules name them."""

LEASE = 3.0
FROZEN = 2.0
OPEN = ("scheduled", "publishing", "unknown")


@dataclass
class Company:
    """One organization whose posts need no approval."""

    admin: Any
    department: Any
    channels: dict[str, Any] = field(default_factory=dict)

    @property
    def pk(self) -> Any:
        return self.admin.organization.pk


class House:
    """The database and the network, and ways to break both."""

    def __init__(self, folder: Path) -> None:
        from tests.settings import DATA
        from unisono.config import postgres

        self.folder = folder
        self.cluster = postgres.Cluster(DATA)
        self.cluster.prepare()
        self.database = self.cluster.start()
        self.port = free_port()
        self.network = f"http://127.0.0.1:{self.port}"
        self.made = 0

    # --- the network ---

    @contextmanager
    def network_up(self, port: int = 0, name: str = "main") -> Iterator[str]:
        """A pretend network; its memory is kept under `name`, so it can come back."""
        port = port or self.port
        command = [
            sys.executable, "-m", "unisono.networks.sandbox.server", "--port", str(port),
            "--state", str(self.folder / name), "--speed", "60", "--faults",
        ]  # fmt: skip
        source = {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
        log = self.folder / f"{name}.log"
        with running(command, log=log, ready=lambda: answers(port), env=source):
            yield f"http://127.0.0.1:{port}"

    def switch(self, *rules: dict[str, Any], server: str = "") -> None:
        """Add fault rules; without any, all are taken back."""
        server = server or self.network
        if not rules:
            _call(f"{server}/_faults", "DELETE")
            return
        _call(f"{server}/_faults", "POST", list(rules))

    def truth(self, channel: Any) -> Counter[str]:
        """How often each text was really made public on a channel's account."""
        found = json.loads(_call(f"{channel.server}/_truth?account={channel.remote_id}"))
        return Counter(post["text"] for post in found["posts"])

    def tampered(self, channel: Any, post: str, text: str | None) -> None:
        """Somebody else changes a post on its network, or removes it."""
        from unisono.rooms.channels import vault

        token = vault.opened(channel.credentials, channel.binding)["token"].reveal()
        url = f"{channel.server}/api/v1/posts/{post}"
        _call(url, "DELETE" if text is None else "PATCH", {"text": text}, token)

    # --- the database ---

    def crash_database(self) -> None:
        """What a power cut does to it; then it comes back."""
        self.stop_database(signal.SIGQUIT)
        self.start_database()

    def stop_database(self, how: signal.Signals = signal.SIGINT) -> None:
        from django.db import connections

        connections.close_all()
        self.database.send_signal(how)
        self.database.wait(30)

    def start_database(self) -> None:
        self.database = self.cluster.start()

    def as_owner(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self.cluster.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    def close(self) -> None:
        from django.db import connections

        connections.close_all()
        self.cluster.stop(self.database)

    # --- companies and posts ---

    def company(self, name: str, approval: bool = False) -> Company:
        from unisono.kernel import tenancy
        from unisono.kernel.secrets import Secret
        from unisono.rooms.people import actions as people
        from unisono.rooms.people.models import Department

        self.made += 1
        now = datetime.now(UTC)
        admin = people.found_organization(
            name=name[:100], zone="Europe/Paris", language="en",
            admin_email=f"d{self.made}@drill.example", admin_name="Drill",
            password=Secret("a drill's password"), departments=[("D", "teal")], now=now,
        )  # fmt: skip
        with tenancy.within(admin.organization.pk):
            Department.objects.update(approval_required=approval)
            return Company(admin, Department.objects.get())

    def channel(self, company: Company, promise: str, server: str = "") -> Any:
        """A new account on the place that makes this promise, connected."""
        from unisono.kernel import tenancy
        from unisono.rooms.channels import actions as channels

        self.made += 1
        form = {
            "server": server or self.network,
            "handle": f"h{self.made}",
            "place": PLACES[promise],
        }
        with tenancy.within(company.pk):
            made = channels.connect(
                network="sandbox", form=form, by=company.admin, now=datetime.now(UTC)
            )
        company.channels[made.handle] = made
        return made

    def due(
        self,
        company: Company,
        channels: Sequence[Any],
        texts: Sequence[str],
        *,
        at: datetime | None = None,
        latest: timedelta = timedelta(hours=2),
    ) -> list[Any]:
        """Publications as the verbs leave them, written in bulk: the texts, channel by channel."""
        from unisono.kernel import tenancy
        from unisono.rooms.content.models import Post, Revision, Variant
        from unisono.rooms.publishing.models import Publication

        now = datetime.now(UTC)
        at = at or now
        with tenancy.within(company.pk):
            posts = Post.objects.bulk_create(
                Post(title=text[:150], text=text, department=company.department,
                     written_by=company.admin.member, written_at=now, changed_at=now)
                for text in texts
            )  # fmt: skip
            variants = Variant.objects.bulk_create(
                Variant(post=post, channel=channels[n % len(channels)], digest=post.text[:64])
                for n, post in enumerate(posts)
            )
            revisions = Revision.objects.bulk_create(
                Revision(variant=variant, channel=variant.channel, number=1,
                         text=variant.post.text, language="en", digest=variant.digest,
                         frozen_at=now)
                for variant in variants
            )  # fmt: skip
            return Publication.objects.bulk_create(
                Publication(variant=revision.variant, revision=revision, channel=revision.channel,
                            kind="instant", wall=f"{at:%Y-%m-%dT%H:%M}", zone="UTC", due_at=at,
                            latest_at=at + latest, next_at=at, scheduled_at=now,
                            scheduled_by=company.admin.member)
                for revision in revisions
            )  # fmt: skip

    def pictured(
        self, company: Company, channels: Sequence[Any], text: str, *, at: datetime | None = None
    ) -> list[Any]:
        """Publications of one post with a picture, now or at an instant, through the verbs."""
        import io

        from PIL import Image

        from unisono.kernel import tenancy
        from unisono.rooms.content import actions as content
        from unisono.rooms.content.queries import variants_of
        from unisono.rooms.library import actions as library
        from unisono.rooms.publishing import actions as publishing
        from unisono.rooms.publishing.models import Publication

        by, now = company.admin, datetime.now(UTC)
        with tenancy.within(company.pk):
            data = io.BytesIO()
            Image.new("RGB", (60, 40), (40, 90, 60)).save(data, "JPEG")
            asset = library.add_asset(
                data=data.getvalue(), name="leaf.jpg", alt="A leaf", by=by, now=now
            )
            post = content.write_post(title=text[:150], text=text, department=company.department,
                                      channels=list(channels), by=by, now=now)  # fmt: skip
            content.attach_image(post, asset, by=by, now=now)
            made = [
                publishing.publish_now(content.freeze(variant, by=by, now=now), by=by, now=now)
                for variant in variants_of(post)
            ]
            rows = Publication.objects.filter(pk__in=[row.pk for row in made])
            if at:
                rows.update(due_at=at, next_at=at, latest_at=at + timedelta(hours=2))
            return list(rows)

    def unsettled(self, company: Company) -> int:
        """How many of its posts are neither out, nor ended, nor waiting for a person."""
        from django.db.models import Q

        from unisono.kernel import tenancy
        from unisono.rooms.publishing.models import Publication

        with tenancy.within(company.pk):
            rows = Publication.objects.filter(state__in=OPEN)
            # Without a time of their own are doubts that a person decides, and parts that wait.
            return rows.filter(Q(state="publishing") | Q(next_at__isnull=False)).count()

    def wait(self, company: Company, seconds: float = 60.0) -> bool:
        """Wait until all of a company's posts have settled."""
        return patient(lambda: not self.unsettled(company), seconds)


def patient(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Look until it is so; whether it came to be."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


@contextmanager
def installed(folder: Path) -> Iterator[House]:
    """A house with its tables, keys and network."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from unisono.kernel import database, secrets
    from unisono.networks.sandbox import adapter
    from unisono.rooms.publishing import claims, dispatch, doubts, verdicts

    settings.UNISONO_ALLOW_PRIVATE_ADDRESSES = True
    secrets.ensure_keys(settings.UNISONO_KEYS)
    claims.LEASE = timedelta(seconds=LEASE)
    dispatch.FROZEN = FROZEN
    doubts.LOOKING = timedelta(seconds=6)
    doubts.PAUSE = timedelta(seconds=0.5)
    verdicts.SOON = timedelta(seconds=0.5)
    verdicts.FIRST_BACKOFF = timedelta(seconds=1)
    adapter.SETTLES = timedelta(seconds=2)
    house = House(folder)
    try:
        with database.as_owner():
            call_command("migrate", verbosity=0)
        with house.network_up():
            yield house
    finally:
        house.close()


def _call(url: str, method: str = "GET", body: Any = None, token: str = "") -> bytes:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} if data else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())
