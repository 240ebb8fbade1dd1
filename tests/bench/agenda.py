"""Calendar and timeline of a company with 50,000 posts, beside their bare SQL and template.

Two years of posts in four departments on twelve channels. The limit of a page is what its own
statements take when the driver asks them alone, and its template takes with the answers at hand.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.bench import stack
from tests.servers.running import free_port

POSTS = 50_000
DAYS = 730
CHANNELS, CAMPAIGNS = 12, 24
CHUNK = 5_000
TURNS, WARM = 15, 3
MOST_RATIO = 1.5
MOST_MOVE_MS = 150.0
STATES = ("published",) * 6 + ("failed", "held")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="unisono-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with stack.installation(folder, free_port()):
            result = _measure()
    constant = result.pop("constant")
    print(json.dumps(result))
    good = (
        max(result["calendar_ratio"], result["timeline_ratio"]) <= MOST_RATIO
        and result["drag_p95_ms"] <= MOST_MOVE_MS
        and constant
    )
    return 0 if good else 1


def _measure() -> dict[str, Any]:
    begun = time.monotonic()
    company = Company()
    print(f"{POSTS} posts made in {time.monotonic() - begun:.0f} s")
    company.page("/calendar/")
    found: dict[str, Any] = {"posts": POSTS}
    for name, path in (
        ("calendar", "/calendar/?view=month"),
        ("timeline", "/timeline/?zoom=month"),
    ):
        figures = [company.figures(f"{path}&day={day}") for day in company.months]
        worst = max(figures, key=lambda each: each["ratio"])
        print(
            f"{name:9} worst month: server {worst['server']:6.1f} ms   its {worst['queries']}"
            f" queries {worst['sql']:6.1f} ms   its template {worst['template']:6.1f} ms"
            f"   ratio {worst['ratio']:4.2f}"
        )
        found[f"{name}_ratio"] = round(worst["ratio"], 2)
        asked = sorted({each["queries"] for each in figures})
        if len(asked) > 1:
            print(f"{name}: the number of queries differs between months: {asked}")
        found[f"{name}_queries"] = asked[-1]
        found["constant"] = found.get("constant", True) and len(asked) == 1
    found["drag_p95_ms"] = round(company.moves(), 1)
    return found


class Company:
    """One organization, filled in bulk as the verbs would leave it."""

    def __init__(self) -> None:
        from unisono.config.wsgi import application
        from unisono.kernel import database, tenancy
        from unisono.kernel.secrets import Secret
        from unisono.rooms.people import actions as people
        from unisono.rooms.people.models import Department

        self.application = application
        self.now = datetime.now(UTC)
        names = [("Marketing", "violet"), ("Sales", "teal"), ("People", "rose"), ("Care", "blue")]
        self.admin = people.found_organization(
            name="Plan", zone="Europe/Paris", language="en", admin_email="p@plan.example",
            admin_name="Plan", password=Secret("a bench's password"), departments=names,
            now=self.now,
        )  # fmt: skip
        with tenancy.within(self.admin.organization.pk):
            Department.objects.update(approval_required=False)
            self.departments = list(Department.objects.order_by("name"))
            self._surroundings()
            for first in range(0, POSTS, CHUNK):
                self._posts(range(first, first + CHUNK))
        database.refresh_statistics()
        # From the first whole month of posts on: an empty window would only measure the frame.
        first = self.now - timedelta(days=DAYS // 2 - 31)
        self.months = [f"{first + timedelta(days=61 * n):%Y-%m-15}" for n in range(12)]
        self.cookie = self._cookie()

    def _surroundings(self) -> None:
        from unisono.rooms.channels.models import Channel
        from unisono.rooms.plan.models import Campaign

        self.channels = Channel.objects.bulk_create(
            Channel(network="sandbox", remote_id=f"c{n}", handle=f"c{n}", name=f"Channel {n}",
                    server="http://127.0.0.1:1", url="", connected_at=self.now, credentials="",
                    department=self.departments[n % 4], profile={"place": "agora"})
            for n in range(CHANNELS)
        )  # fmt: skip
        day = (self.now - timedelta(days=DAYS // 2)).date()
        self.campaigns = Campaign.objects.bulk_create(
            Campaign(name=f"Campaign {n}", starts_on=day + timedelta(days=n * 30),
                     ends_on=day + timedelta(days=n * 30 + 45),
                     department=self.departments[n % 4])
            for n in range(CAMPAIGNS)
        )  # fmt: skip

    def _posts(self, numbers: range) -> None:
        from unisono.rooms.content.models import Post, Revision, Variant
        from unisono.rooms.publishing.models import Publication

        start = self.now - timedelta(days=DAYS // 2)
        times = [start + timedelta(minutes=DAYS * 24 * 60 * n / POSTS) for n in numbers]
        posts = Post.objects.bulk_create(
            Post(title=f"Post {n} of a busy house", text="Light.", language="en",
                 department=self.departments[n % 4], campaign=self.campaigns[n * 24 // POSTS],
                 written_at=self.now, changed_at=self.now)
            for n in numbers
        )  # fmt: skip
        variants = Variant.objects.bulk_create(
            Variant(post=post, channel=self.channels[n % CHANNELS], digest=f"d{n}",
                    planned_wall=f"{at:%Y-%m-%dT%H:%M}", planned_zone="UTC", planned_at=at)
            for n, post, at in zip(numbers, posts, times, strict=True)
        )  # fmt: skip
        sent = [pair for n, *pair in zip(numbers, variants, times, strict=True) if n % 10]
        revisions = Revision.objects.bulk_create(
            Revision(variant=variant, channel=variant.channel, number=1, text="Light.",
                     language="en", digest=variant.digest, frozen_at=self.now)
            for variant, _at in sent
        )  # fmt: skip
        Publication.objects.bulk_create(
            Publication(variant=variant, revision=revision, channel=variant.channel,
                        state=STATES[n % len(STATES)] if at < self.now else "scheduled",
                        kind="wall", wall=f"{at:%Y-%m-%dT%H:%M}", zone="UTC", due_at=at,
                        latest_at=at + timedelta(hours=2),
                        next_at=at if at >= self.now else None, scheduled_at=self.now)
            for n, (revision, (variant, at)) in enumerate(zip(revisions, sent, strict=True))
        )  # fmt: skip

    def page(self, path: str) -> stack.Answer:
        return stack.page(self.application, path, self.cookie)

    def figures(self, path: str) -> dict[str, Any]:
        """Medians of one page, of its statements alone and of its template alone, turn by turn."""
        queries = stack.queries_of(self.application, path, self.cookie)
        replay, draw = stack.replay(queries), self._template(path)
        turns: dict[str, list[float]] = {"server": [], "sql": [], "template": []}
        for turn in range(WARM + TURNS):
            took = {
                "server": stack.timed(partial(self.page, path)),
                "sql": stack.timed(replay),
                "template": stack.timed(draw),
            }
            if turn >= WARM:
                for name, seconds in took.items():
                    turns[name].append(seconds * 1000)
        found: dict[str, Any] = {name: statistics.median(all_) for name, all_ in turns.items()}
        found["ratio"] = found["server"] / (found["sql"] + found["template"])
        found["queries"] = len(queries)
        return found

    def _template(self, path: str) -> Callable[[], object]:
        """The page's template drawn once more with the answers it was drawn with."""
        from unisono.screens.calendar import views as calendar
        from unisono.screens.timeline import views as timeline

        kept: list[tuple[Any, ...]] = []
        render = calendar.render

        def keep(request: Any, template: str, context: dict[str, Any]) -> Any:
            kept.append((request, template, context))
            return render(request, template, context)

        with patch.object(calendar, "render", keep), patch.object(timeline, "render", keep):
            self.page(path)
        (request, template, context) = kept[0]

        def draw() -> object:
            from unisono.kernel import tenancy

            with tenancy.within(self.admin.organization.pk):
                return render(request, template, context)

        return draw

    def moves(self) -> float:
        """The 95th percentile of milliseconds that a drag takes to be saved, in the server."""
        from django.test import Client
        from django.urls import reverse

        from unisono.kernel import tenancy
        from unisono.rooms.content.models import Variant

        with tenancy.within(self.admin.organization.pk):
            ahead = Variant.objects.filter(planned_at__gt=self.now + timedelta(days=30))
            ids = list(ahead.order_by("planned_at").values_list("pk", flat=True)[:60])
        mover = Client(HTTP_HOST="127.0.0.1:8400")
        mover.force_login(
            self.admin.member.user, "allauth.account.auth_backends.AuthenticationBackend"
        )
        taken = []
        for pk in ids:
            day = self.now + timedelta(days=50)
            begun = time.perf_counter()
            answer = mover.post(
                reverse("variant.time", args=[pk]), {"day": f"{day:%Y-%m-%d}", "time": "10:15"}
            )
            taken.append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 204:
                raise SystemExit(f"A move answered {answer.status_code}: {answer.content[:200]!r}")
        return sorted(taken[5:])[int(len(taken[5:]) * 0.95)]

    def _cookie(self) -> str:
        from django.test import Client

        visitor = Client(HTTP_HOST="127.0.0.1:8400")
        visitor.force_login(
            self.admin.member.user, "allauth.account.auth_backends.AuthenticationBackend"
        )
        return "; ".join(f"{key}={morsel.value}" for key, morsel in visitor.cookies.items())


if __name__ == "__main__":
    raise SystemExit(main())
