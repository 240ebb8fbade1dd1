"""How near publishing comes to what the network allows.

2,000 posts over 50 channels fall due at one instant. A bare client with the same lanes makes the
same calls to the same slow network in the same run: that is the limit. Then single posts at random
instants, and both again with a million publications in the future. The real worker, its reactions
included, runs as its own process on a PostgreSQL that keeps every commit.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import stack
from tests.servers.running import answers, free_port, running

POSTS, CHANNELS = 2_000, 50
SINGLES, SPREAD = 300, 20.0
FUTURE = 1_000_000
AHEAD = 2.0
"""Seconds between the making of due rows and their instant."""

MOST_RATIO, MOST_LATE, MOST_PENALTY = 1.5, 1.0, 0.10
PATIENCE = 120.0
LOOK_EVERY = 0.3
"""Seconds between looks at how far a burst is: the bench must not slow what it measures."""

QUIET = "/calendar/?day=2020-01-01"


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="unisono-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with _house(folder) as (network, port):
            result = _measure(folder, network, port)
    print(json.dumps(result))
    good = (
        result["ratio_to_limit"] <= MOST_RATIO
        and result["p99_lateness_s"] <= MOST_LATE
        and result["future_rows_penalty"] <= MOST_PENALTY
        and not result["lost"]
    )
    return 0 if good else 1


def _measure(folder: Path, network: str, port: int) -> dict[str, Any]:
    house = _House(network)
    limit = statistics.median(asyncio.run(_bare(network)) for _ in range(3))
    print(f"bare client       {POSTS} posts in {limit:5.2f} s")
    idle = _page_ms(house.page)
    with _worker(folder):
        # The first burst opens connections and fills caches; so did the bare client's.
        house.burst("warm", 200)
        first, during, lost = house.burst("burst", POSTS, watch=True)
        late = house.singles("single")
        print(f"unisono           {POSTS} posts in {first:5.2f} s   p99 lateness {late:.3f} s")
        # What was sent before is still being measured: the burst to compare with has the same past.
        before, lost_again = house.bursts("with a past")
        print(f"with a past       {POSTS} posts in {before:5.2f} s")
        _fill(FUTURE)
        print(f"{FUTURE} publications lie in the future now")
        house.burst("warm again", 200)
        second, lost_then = house.bursts("with a future")
        late_then = house.singles("single again")
        print(
            f"unisono           {POSTS} posts in {second:5.2f} s   p99 lateness {late_then:.3f} s"
        )
    return {
        "ratio_to_limit": round(first / limit, 2),
        "p99_lateness_s": round(max(late, late_then), 3),
        "future_rows_penalty": round(max(second / before - 1, 0.0), 3),
        "page_latency_ratio_during_burst": round(during / idle, 2),
        "posts": POSTS,
        "lost": lost + lost_again + lost_then,
    }


@contextmanager
def _house(folder: Path) -> Iterator[tuple[str, int]]:
    """A PostgreSQL with its own settings, the tables, the keys, and the slow network."""
    port = free_port()
    with stack.installation(folder, port):
        # The worker, which is started later, may speak to a network on this machine.
        os.environ["UNISONO_ALLOW_PRIVATE_ADDRESSES"] = "1"
        command = [sys.executable, "-m", "tests.bench.slow_network", str(port)]
        with running(command, log=folder / "network.log", ready=lambda: answers(port)):
            yield f"http://127.0.0.1:{port}", port


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    """The worker process as it is started by people, apart from its name."""
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "unisono", "worker"], stdout=log, stderr=log, env=os.environ
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(40)


class _House:
    """One organization with its channels, and ways to let posts fall due."""

    def __init__(self, network: str) -> None:
        from django.utils import timezone

        from unisono.kernel import tenancy
        from unisono.kernel.secrets import Secret
        from unisono.networks.contract import Account
        from unisono.rooms.channels import vault
        from unisono.rooms.channels.models import Channel
        from unisono.rooms.people import actions as people
        from unisono.rooms.people.models import Department

        now = timezone.now()
        self.network = network
        self.spans: dict[str, tuple[datetime, datetime]] = {}
        self.admin = people.found_organization(
            name="Burst", zone="Europe/Paris", language="en", admin_email="b@burst.example",
            admin_name="Burst", password=Secret("a bench's password"),
            departments=[("Department", "teal")], now=now,
        )  # fmt: skip
        self.organization = self.admin.organization.pk
        with tenancy.within(self.organization):
            self.department = Department.objects.get()
            Department.objects.update(approval_required=False)
            self.channels = []
            for number in range(CHANNELS):
                account = Account(remote_id=f"c{number}", handle=f"c{number}", name=f"C {number}",
                                  server=network, url=network)  # fmt: skip
                channel = Channel(
                    network="sandbox", remote_id=account.remote_id, handle=account.handle,
                    name=account.name, server=network, url=network, connected_at=now,
                    department=self.department, profile={"place": "agora"},
                )  # fmt: skip
                channel.credentials = vault.sealed(channel, {"token": Secret(f"t{number}")})
                channel.save()
                self.channels.append(channel)
        self.page = self._signed_in()

    def burst(self, name: str, count: int, *, watch: bool = False) -> tuple[float, float, int]:
        """(seconds until all are published, page ms meanwhile, how many are not)."""
        due = datetime.now(UTC) + timedelta(seconds=AHEAD + count / 4000)
        self._make(name, [due] * count)
        waiting: list[float] = []
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        while self._left(name) and (datetime.now(UTC) - due).total_seconds() < PATIENCE:
            if watch:
                waiting.append(stack.timed(self.page))
            time.sleep(LOOK_EVERY)
        took = (self._last(name) - due).total_seconds()
        ms = statistics.median(waiting) * 1000 if waiting else 0.0
        self._settle_down()
        return took, ms, self._left(name)

    def bursts(self, name: str) -> tuple[float, int]:
        """The quicker of two full bursts, and how many of both are not out: a busy machine lies."""
        taken = [self.burst(f"{name} {number}", POSTS) for number in range(2)]
        return min(took for took, _ms, _lost in taken), sum(lost for _took, _ms, lost in taken)

    def singles(self, name: str) -> float:
        """The 99th percentile of seconds between an instant and the call that is due then."""
        generator = random.Random(20260304)
        start = datetime.now(UTC) + timedelta(seconds=AHEAD)
        instants = [start + timedelta(seconds=generator.uniform(0, SPREAD)) for _ in range(SINGLES)]
        urllib.request.urlopen(f"{self.network}/arrivals").read()
        self._make(name, instants)
        time.sleep(AHEAD + SPREAD)
        end = time.monotonic() + PATIENCE
        while self._left(name) and time.monotonic() < end:
            time.sleep(0.2)
        with urllib.request.urlopen(f"{self.network}/arrivals") as answer:
            arrived: dict[str, float] = json.load(answer)
        late = sorted(
            arrived[f"{name} {number}"] - instant.timestamp()
            for number, instant in enumerate(instants)
        )
        return late[int(len(late) * 0.99)]

    def _make(self, name: str, instants: list[datetime]) -> None:
        """Rows as the verbs leave them, written in bulk."""
        from unisono.kernel import tenancy
        from unisono.rooms.content.models import Post, Revision, Variant
        from unisono.rooms.publishing.models import Publication

        now = datetime.now(UTC)
        self.spans[name] = (min(instants), max(instants))
        with tenancy.within(self.organization):
            posts = Post.objects.bulk_create(
                Post(title=f"{name} {n}", text=f"{name} {n}", department=self.department,
                     written_at=now, changed_at=now)
                for n in range(len(instants))
            )  # fmt: skip
            variants = Variant.objects.bulk_create(
                Variant(post=post, channel=self.channels[n % CHANNELS], digest=f"{name} {n}")
                for n, post in enumerate(posts)
            )
            revisions = Revision.objects.bulk_create(
                Revision(variant=variant, channel=variant.channel, number=1, text=variant.digest,
                         language="en", digest=variant.digest, frozen_at=now)
                for variant in variants
            )  # fmt: skip
            Publication.objects.bulk_create(
                Publication(variant=revision.variant, revision=revision, channel=revision.channel,
                            kind="instant", wall=f"{due:%Y-%m-%dT%H:%M}", zone="UTC", due_at=due,
                            latest_at=due + timedelta(hours=2), next_at=due, scheduled_at=now)
                for revision, due in zip(revisions, instants, strict=True)
            )  # fmt: skip

    def _rows(self, name: str) -> Any:
        from unisono.rooms.publishing.models import Publication

        first, last = self.spans[name]
        return Publication.objects.filter(due_at__gte=first, due_at__lte=last)

    def _left(self, name: str) -> int:
        from unisono.kernel import tenancy

        with tenancy.within(self.organization):
            return int(self._rows(name).exclude(state="published").count())

    def _last(self, name: str) -> datetime:
        from django.db.models import Max

        from unisono.kernel import tenancy

        with tenancy.within(self.organization):
            last: datetime = self._rows(name).aggregate(last=Max("published_at"))["last"]
        return last or datetime.now(UTC) + timedelta(seconds=PATIENCE)

    def _settle_down(self) -> None:
        """Let the reactions to a burst come to their end."""
        from django.db import connection

        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
                    " AND queue_name = 'reactions'"
                )
                if cursor.fetchone()[0] == 0:
                    return
            time.sleep(0.3)

    def _signed_in(self) -> Any:
        from django.test import Client

        visitor = Client(HTTP_HOST="127.0.0.1:8400")
        visitor.force_login(
            self.admin.member.user, "allauth.account.auth_backends.AuthenticationBackend"
        )
        cookie = "; ".join(f"{key}={morsel.value}" for key, morsel in visitor.cookies.items())
        from unisono.config.wsgi import application

        return partial(stack.page, application, QUIET, cookie)


async def _bare(network: str) -> float:
    """The same calls, one lane a channel, with nothing around them."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def lane(number: int) -> None:
            for index in range(number, POSTS, CHANNELS):
                wish = {"text": f"bare {index}", "language": "en", "media": [], "at": None}
                headers = {"Authorization": f"Bearer t{number}"}
                address = f"{network}/api/v1/posts"
                async with session.post(address, json=wish, headers=headers) as answer:
                    await answer.json()

        start = time.perf_counter()
        await asyncio.gather(*(lane(number) for number in range(CHANNELS)))
        return time.perf_counter() - start


def _fill(count: int) -> None:
    """Publications for the coming years, all of one variant."""
    from django.db import connection

    from unisono.kernel import database

    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.org', '*', false)")
        cursor.execute(
            "INSERT INTO publication (id, organization_id, variant_id, revision_id, channel_id,"
            " occurrence, part, parts, state, kind, wall, zone, due_at, latest_at, next_at, handle,"
            " fence,"
            " worker, tries, looks, remote_id, url, reason_code, scheduled_at)"
            " SELECT gen_random_uuid(), organization_id, variant_id, revision_id, channel_id,"
            " 1000 + n, 0, 1, 'scheduled', 'instant', '2030-01-01T09:00', 'UTC', due, due, due,"
            " '{}', 0, '', 0, 0, '', '', '', scheduled_at"
            " FROM (SELECT * FROM publication ORDER BY pk_of LIMIT 1) AS one,"
            " LATERAL (SELECT n, now() + interval '2 days' + n * interval '1 minute' AS due"
            "          FROM generate_series(1, %s) AS n) AS later".replace("pk_of", "id"),
            [count],
        )
        cursor.execute("ANALYZE publication")
        cursor.execute("SELECT set_config('app.org', '', false)")


def _page_ms(page: Any) -> float:
    for _ in range(5):
        page()
    return statistics.median(stack.timed(page) for _ in range(20)) * 1000
