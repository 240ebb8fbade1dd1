"""`make drill`: break things on purpose, and count what reached the network.

Real PostgreSQL, the real dispatcher, the bundled network with its fault switches. Each row is a
fault at a moment with the outcome it must have; the truth is what the network itself recorded.
The last line is one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

POSTS = 20
ROUNDS = 60


@dataclass(frozen=True)
class Row:
    """One fault; `state` is where its publications must end, `out` how many copies of each.

    `parts`: of how many parts each post consists; all rows have as many publications.
    """

    name: str
    rules: tuple[dict[str, Any], ...] = ()
    state: str = "published"
    out: int = 1
    before: Callable[[Any], None] | None = None
    parts: int = 1


def commit(mode: str, count: int = POSTS, **more: Any) -> tuple[dict[str, Any], ...]:
    """A rule for the one call that makes posts public."""
    return ({"mode": mode, "path": "posts$", "count": count, **more},)


ROWS = (
    Row("calm"),
    Row("answer lost after the network recorded", commit("lose_answer")),
    Row("request lost before the network", commit("lose_request")),
    Row("request delivered twice", commit("dup")),
    Row("answer cut in half", commit("truncate")),
    Row("500 after the network recorded", commit("error")),
    Row("200 with garbage", commit("garbage")),
    Row("429 with Retry-After", commit("limited", seconds=1)),
    Row("slow network", commit("delay", seconds=0.5)),
    Row("refused for good", commit("refuse"), state="failed", out=0),
    Row("sign-in needed", commit("sign_in"), state="held", out=0),
    Row("threads of five, answers lost", commit("lose_answer", count=9), parts=5),
    Row("threads of five, requests lost", commit("lose_request", count=4), parts=5),
)


@dataclass
class Score:
    """What came of all rows."""

    rows: int = 0
    posts: int = 0
    lost: int = 0
    twice: int = 0
    failed: list[str] = field(default_factory=list)


def main() -> int:
    from tests.settings import DATA
    from unisono.config import postgres

    cluster = postgres.Cluster(DATA, extra=postgres.TEST_SETTINGS)
    cluster.prepare()
    process = cluster.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _drills(Path(folder))
    finally:
        cluster.stop(process)


def _drills(folder: Path) -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests.servers.running import answers, free_port, running
    from unisono.kernel import database, secrets

    with database.as_owner():
        call_command("migrate", verbosity=0)
    secrets.ensure_keys(settings.UNISONO_KEYS)
    settings.UNISONO_ALLOW_PRIVATE_ADDRESSES = True
    port = free_port()
    command = [
        sys.executable, "-m", "unisono.networks.sandbox.server", "--port", str(port),
        "--state", str(folder), "--speed", "60", "--faults",
    ]  # fmt: skip
    source = {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    score = Score()
    with running(command, log=folder / "log", ready=lambda: answers(port), env=source):
        for row in ROWS:
            _drill(row, f"http://127.0.0.1:{port}", score)
        _kills(f"http://127.0.0.1:{port}", score)
        _kills(f"http://127.0.0.1:{port}", score, parts=5)
    print(json.dumps({
        "rows": score.rows, "failed": len(score.failed), "posts": score.posts,
        "lost": score.lost, "twice": score.twice,
    }))  # fmt: skip
    return 1 if score.failed else 0


def _drill(row: Row, server: str, score: Score) -> None:
    publications = _due(server, row.name, row.parts)
    _switch(server, list(row.rules))
    asyncio.run(_deliver(len(publications), row.parts))
    _judge(row.name, row.state, row.out, publications, server, score)


def _kills(server: str, score: Score, parts: int = 1) -> None:
    """Workers killed at every moment of a burst; others take over once the lease has run out."""

    from unisono.rooms.publishing import claims

    name = "worker killed mid-burst, again and again"
    name = f"threads, {name}" if parts > 1 else name
    lease, claims.LEASE = claims.LEASE, timedelta(seconds=2)
    try:
        publications = _due(server, name, parts)
        _switch(server, [{"mode": "delay", "path": "posts$", "count": 400, "seconds": 0.6}])
        for _kill in range(6):
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.drill", "worker"], env=os.environ | _as_worker()
            )
            try:
                worker.wait(timeout=3.0)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        _switch(server, [])
        asyncio.run(_deliver(len(publications), parts))
    finally:
        claims.LEASE = lease
    _judge(name, "published", 1, publications, server, score)


def _as_worker() -> dict[str, str]:
    from tests.settings import DATA

    return {
        "DJANGO_SETTINGS_MODULE": "unisono.config.settings",
        "UNISONO_DATA": str(DATA),
        "UNISONO_OPENS_SECRETS": "1",
        "UNISONO_ALLOW_PRIVATE_ADDRESSES": "1",
    }


def worker() -> int:
    """One worker of the kill drill: delivers until it is killed."""
    import django

    django.setup()
    from unisono.rooms.publishing import claims, dispatch

    claims.LEASE = timedelta(seconds=2)
    asyncio.run(dispatch.run(asyncio.Event(), name=f"drill-{os.getpid()}"))
    return 0


async def _deliver(count: int, parts: int) -> None:
    """Turn the dispatcher until all have settled; the doubts of one thread come one by one."""
    from unisono.rooms.channels.outside import egress
    from unisono.rooms.publishing import dispatch

    async with egress() as http:
        for _round in range(ROUNDS * parts):
            await dispatch.once(name="drill", http=http)
            if await asyncio.to_thread(_settled) >= count:
                return
            await asyncio.sleep(0.5)


def _settled() -> int:
    """How many publications have come to an end since this drill began."""
    from unisono.kernel import tenancy
    from unisono.rooms.publishing.models import Publication

    with tenancy.everywhere("the drill counts what has settled"):
        ended = Publication.objects.exclude(state__in=("scheduled", "publishing", "unknown"))
        return ended.count() - _settled_before


_settled_before = 0


def _due(server: str, name: str, parts: int) -> list[Any]:
    """A fresh organization and channel with posts of so many parts that are due now."""
    global _settled_before
    from django.utils import timezone

    from unisono.kernel import tenancy
    from unisono.kernel.secrets import Secret
    from unisono.rooms.channels import actions as channels
    from unisono.rooms.content import actions as content
    from unisono.rooms.content.queries import variants_of
    from unisono.rooms.people import actions as people
    from unisono.rooms.people.models import Department
    from unisono.rooms.publishing import actions as publishing
    from unisono.rooms.publishing.models import Publication

    _switch(server, [])
    with tenancy.everywhere("the drill counts what was there before"):
        _settled_before = Publication.objects.exclude(
            state__in=("scheduled", "publishing", "unknown")
        ).count()
    now = timezone.now()
    slug = f"drill{now:%H%M%S%f}"
    admin = people.found_organization(
        name=name, zone="Europe/Paris", language="en", admin_email=f"{slug}@drill.example",
        admin_name="Drill", password=Secret("a drill's password"), departments=[("D", "teal")],
        now=now,
    )  # fmt: skip
    with tenancy.within(admin.organization.pk):
        department = Department.objects.get()
        people.change_department(
            department, name="D", hue="teal", parent=None, approval_required=False,
            by=admin, now=now,
        )  # fmt: skip
        channel = channels.connect(
            network="sandbox", form={"server": server, "handle": slug, "place": "agora"},
            by=admin, now=now,
        )  # fmt: skip
        for number in range(POSTS // parts):
            post = content.write_post(
                title=f"{name} {number}", text=f"{slug} says number {number}.",
                follow_ups=[f"{slug} goes on about {number}: {n}." for n in range(1, parts)],
                department=department, channels=[channel], by=admin, now=now,
            )  # fmt: skip
            (variant,) = variants_of(post)
            revision = content.freeze(variant, by=admin, now=now)
            publishing.publish_now(revision, by=admin, now=now)
        return list(Publication.objects.filter(channel=channel))


def _judge(
    name: str, state: str, out: int, publications: list[Any], server: str, score: Score
) -> None:
    from unisono.kernel import tenancy
    from unisono.rooms.publishing.models import Publication

    with tenancy.everywhere("the drill judges"):
        rows = list(
            Publication.objects.filter(pk__in=[p.pk for p in publications]).select_related(
                "revision"
            )
        )
    truth = _truth(server)
    copies = [sum(1 for post in truth if post["text"] == row.words) for row in rows]
    wrong = [row.state for row in rows if row.state != state]
    wrong += [f"part {row.number} astray" for row in rows if _astray(row, rows, truth)]
    lost = sum(1 for n in copies if n < out)
    twice = sum(1 for n in copies if n > max(out, 1))
    fine = not wrong and not lost and not twice and (out or not any(copies))
    score.rows += 1
    score.posts += len(rows)
    score.lost, score.twice = score.lost + lost, score.twice + twice
    if not fine:
        score.failed.append(name)
    verdict = "held" if fine else f"BROKEN {wrong[:3]}"
    print(f"{name:48} {len(rows):4} posts  lost {lost}  twice {twice}  {verdict}", flush=True)


def _astray(row: Any, rows: list[Any], truth: list[dict[str, Any]]) -> bool:
    """Whether it is there without being a reply to the part before it."""
    before = [r for r in rows if r.variant_id == row.variant_id and r.part == row.part - 1]
    above = before[0].remote_id if before else ""
    return any(post["reply_to"] != above for post in truth if post["text"] == row.words)


def _switch(server: str, rules: list[dict[str, Any]]) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{server}/_faults", method="DELETE"))
    if rules:
        body = json.dumps(rules).encode()
        headers = {"Content-Type": "application/json"}
        urllib.request.urlopen(
            urllib.request.Request(f"{server}/_faults", data=body, headers=headers, method="POST")
        )


def _truth(server: str) -> list[dict[str, Any]]:
    """Every post the network really made."""
    with urllib.request.urlopen(f"{server}/_truth") as answer:
        return list(json.load(answer)["posts"])


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["worker"] else main())
