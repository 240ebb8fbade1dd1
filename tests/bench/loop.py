"""What the loop is worth: the same contents with it and without, on audiences that react.

Each seed is a house of its own: channels, followers, contents, objectives and the audience differ.
Its people plan at the hours offices plan at. In one course of eight weeks these times stand; in
the other the rooms look once a day at what was counted, propose, and a bold autopilot moves posts
within its bounds. What a post brings is `networks.sandbox.server.audience`, of which the rooms are
told what a network tells: figures as they come in, and when followers are online.

The value of a course is, over its objectives, weight × (what was earned up to the target, and 0.4
of what is beyond), in hundredths of the target. Only times differ: a post has the same luck in
both.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from math import exp, log
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.bench import stack
from tests.servers.running import free_port

SEEDS, WEEKS = 20, 8
MONDAY = datetime(2026, 4, 6)
HABITS = ("09:00", "12:30", "17:00")
"""When people in offices plan posts for, from Monday to Friday."""

ZONES = ("Europe/Paris", "Europe/Berlin", "Europe/Lisbon")
SEEN_PLACES = ("agora", "chirp", "atelier", "studio", "forum")
COUNTED_AT = (6, 24, 72, 168)
"""Hours after which a post's figures are read."""

BEYOND = 0.4
IN_THE_END = timedelta(days=60)
FIGURES = {"reach": ("views",), "engagement": ("likes", "comments", "shares")}


def main(args: Sequence[str] = ()) -> int:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    chosen = _arguments(args)
    begun = time.monotonic()
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    shares = [seeds[n :: chosen.processes] for n in range(chosen.processes)]
    # Each installs a house of its own, which a process can do but once.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(chosen.processes, mp_context=fresh) as pool:
        courses = [
            one
            for played in pool.map(partial(play, told=not chosen.untold), shares)
            for one in played
        ]
    result = _summed(courses)
    print(
        f"gain {result['gain']} %, 95 % interval {result['gain_low']} to {result['gain_high']} %;"
        f" {result['moves']} moves, {result['undone']} undone; a move was expected to bring"
        f" {result['expected']} times as much and brought {result['realised']} times;"
        f" {time.monotonic() - begun:.0f} s"
    )
    print(json.dumps(result))
    return 0 if result["gain_low"] > 0 else 1


def _arguments(args: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-loop", description=__doc__)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--untold", action="store_true", help="as on a network that tells no hours of its followers"
    )
    return parser.parse_args(list(args))


def play(seeds: Sequence[int], *, told: bool = True) -> list[Course]:
    """The courses of these seeds, on a PostgreSQL of their own."""
    played: list[Course] = []
    with tempfile.TemporaryDirectory(prefix="unisono-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with stack.installation(folder, free_port()):
            for seed in seeds:
                played.append(House(seed, told=told).course())
                print(_line(played[-1]), flush=True)
    return played


@dataclass(frozen=True)
class Goal:
    """An objective: what counts for it, how much is wanted, and its weight."""

    metric: str
    target: float
    weight: float

    def value(self, earned: float) -> float:
        within, beyond = min(earned, self.target), max(earned - self.target, 0.0)
        return 100 * self.weight * (within + BEYOND * beyond) / self.target


@dataclass(frozen=True)
class Move:
    """What was expected of a move, and what it did: how many times as much."""

    expected: float
    realised: float


@dataclass(frozen=True)
class Course:
    """The two courses of one seed."""

    seed: int
    posts: int
    fixed: float
    loop: float
    moves: list[Move]
    undone: int

    @property
    def gain(self) -> float:
        return 100 * (self.loop / self.fixed - 1)


def _line(one: Course) -> str:
    lost = sum(move.realised < 1 for move in one.moves)
    return (
        f"seed {one.seed:3}  {one.posts} posts   fixed {one.fixed:7.1f}   loop {one.loop:7.1f}"
        f"   {one.gain:+6.2f} %   {len(one.moves):3} moves, {lost} of them for the worse"
    )


def _summed(courses: Sequence[Course]) -> dict[str, Any]:
    from scipy.stats import t

    gains = [one.gain for one in courses]
    mean = statistics.mean(gains)
    error = statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("inf")
    reach = float(t.ppf(0.975, max(len(gains) - 1, 1))) * error
    moves = [move for one in courses for move in one.moves]
    many = {
        name: round(exp(statistics.mean(log(getattr(move, name)) for move in moves)), 3)
        for name in ("expected", "realised")
        if moves
    }
    return {
        "seeds": len(courses),
        "gain": round(mean, 2),
        "gain_low": round(mean - reach, 2),
        "gain_high": round(mean + reach, 2),
        "moves": len(moves),
        "undone": sum(one.undone for one in courses),
        "worse": sum(move.realised < 1 for move in moves),
        "expected": many.get("expected"),
        "realised": many.get("realised"),
    }


class House:
    """One organization of a seed, and its network as it tells and reacts."""

    def __init__(self, seed: int, *, told: bool = True) -> None:
        from unisono.kernel import tenancy
        from unisono.kernel.secrets import Secret
        from unisono.rooms.people import actions as people
        from unisono.rooms.people.actors import system
        from unisono.rooms.people.models import Department

        self.seed, self.told, self.dice = seed, told, Random(seed)
        self.zone = self.dice.choice(ZONES)
        self.now = self._instant(MONDAY - timedelta(days=3))
        self.admin = people.found_organization(
            name=f"House {seed}", zone=self.zone, language="en", admin_email=f"h{seed}@h.example",
            admin_name="House", password=Secret("a bench's password"),
            departments=[("Marketing", "violet")], now=self.now,
        )  # fmt: skip
        self.organization = self.admin.organization.pk
        with tenancy.within(self.organization):
            self.by = system(self.organization)
            Department.objects.update(approval_required=False)
            self.department = Department.objects.get()
            self._channels()
            self._contents()
            self._bounds()

    def course(self) -> Course:
        """Live the weeks, and hold what came of them against the times that were planned first."""
        from unisono.kernel import tenancy
        from unisono.rooms.orchestration.jobs import look

        for day in range(WEEKS * 7 + 1):
            self.now = self._instant(MONDAY + timedelta(days=day, hours=8, minutes=10))
            with tenancy.within(self.organization):
                self._publish()
                self._count()
                if self.told:
                    self._survey()
            look(self.organization, now=self.now)
        with tenancy.within(self.organization):
            return self._judged()

    # --- what the house has ---

    def _channels(self) -> None:
        from unisono.rooms.channels.house import set_rules
        from unisono.rooms.channels.models import Channel
        from unisono.rooms.channels.rules import Rules

        self.places = dict(enumerate(self.dice.sample(SEEN_PLACES, 3)))
        self.followers = {n: int(2000 * exp(self.dice.uniform(0, 1.5))) for n in self.places}
        self.channels = [
            Channel.objects.create(
                network="sandbox", remote_id=f"{self.seed}-{n}", handle=f"h{self.seed}c{n}",
                name=f"{place} {n}", server="http://127.0.0.1:1", url="", credentials="",
                connected_at=self.now, department=self.department, profile={"place": place},
            )
            for n, place in self.places.items()
        ]  # fmt: skip
        for channel in self.channels:
            gap = self.dice.choice((0, 60, 120))
            set_rules(channel, Rules(self.zone, gap, 3), by=self.admin, now=self.now)

    def _contents(self) -> None:
        """Posts of all weeks, as people write and plan them, each for one objective."""
        from unisono.rooms.content.models import Post, Variant

        wished = []
        for week in range(WEEKS):
            for n in self.places:
                slots = [(day, at) for day in range(5) for at in HABITS]
                for day, at in self.dice.sample(slots, self.dice.randint(5, 8)):
                    hour, minute = map(int, at.split(":"))
                    wall = MONDAY + timedelta(weeks=week, days=day, hours=hour, minutes=minute)
                    wished.append((n, wall))
        made = Post.objects.bulk_create(
            Post(title=f"Post {k}", text=self._text(k), language="en",
                 department=self.department, written_at=self.now, changed_at=self.now)
            for k, _wish in enumerate(wished)
        )  # fmt: skip
        self.variants = Variant.objects.bulk_create(
            Variant(post=post, channel=self.channels[n], digest=f"{self.seed}-{k}",
                    planned_wall=f"{wall:%Y-%m-%dT%H:%M}", planned_zone=self.zone,
                    planned_at=self._instant(wall))
            for k, (post, (n, wall)) in enumerate(zip(made, wished, strict=True))
        )  # fmt: skip
        self.planned = {row.pk: row.planned_at for row in self.variants}
        self.shown = {
            row.pk: self._shown(row, n) for row, (n, _) in zip(self.variants, wished, strict=True)
        }
        self.serves = {row.pk: self.dice.randrange(3) for row in self.variants}
        self.goals = [self._goal(number) for number in range(3)]

    def _text(self, number: int) -> str:
        words = "We open the yard at noon and show what grew since spring, and who picked it"
        said = " ".join(words.split()[: self.dice.randint(4, 16)])
        ends = self.dice.choice((".", "?", ". #yard", ". #yard #apples", ". https://h.example"))
        return f"{said} ({number}){ends}"

    def _goal(self, number: int) -> Goal:
        """So much as the house may wish for without knowing hours: by followers and usual reach."""
        from unisono.networks.sandbox.server.places import PLACES

        metric = self.dice.choice(sorted(FIGURES))
        usual = 0.0
        for pk, shown in self.shown.items():
            if self.serves[pk] == number:
                place = PLACES[shown.place]
                rate = place.like_rate + place.comment_rate + place.share_rate
                usual += shown.followers * place.reach * (1 if metric == "reach" else rate)
        return Goal(metric, usual * self.dice.uniform(0.7, 1.1), self.dice.uniform(1, 3))

    def _bounds(self) -> None:
        from unisono.rooms.orchestration import autopilot

        autopilot.give_mandate(
            self.department, kinds=["move"], a_day=10, bold=True, by=self.admin, now=self.now
        )

    # --- what the network does ---

    def _shown(self, row: Any, n: int) -> Any:
        from unisono.networks.sandbox.server.audience import Seen

        return Seen(
            id=str(row.pk), luck=f"{row.channel.handle}|{row.post.text}", place=self.places[n],
            followers=self.followers[n], text=row.post.text, language="en", images=0, described=0,
            at=row.planned_at.timestamp(), speed=1.0,
        )  # fmt: skip

    def _reaction(self, pk: Any, at: datetime, seen_at: datetime) -> Any:
        from unisono.networks.sandbox.server.audience import reaction

        shown = replace(self.shown[pk], at=at.timestamp())
        return reaction(shown, f"audience {self.seed}", seen_at.timestamp())

    def _publish(self) -> None:
        """What was due until now is out, as the ledger leaves it."""
        from unisono.rooms.content.models import Revision, Variant
        from unisono.rooms.publishing.models import Publication

        due = list(
            Variant.objects.filter(planned_at__lte=self.now, publications=None).select_related(
                "post", "channel"
            )
        )
        revisions = Revision.objects.bulk_create(
            Revision(variant=row, channel=row.channel, number=1, text=row.post.text,
                     language="en", digest=row.digest, frozen_at=row.planned_at)
            for row in due
        )  # fmt: skip
        Publication.objects.bulk_create(
            Publication(variant=row, revision=revision, channel=row.channel, state="published",
                        wall=row.planned_wall, zone=self.zone, due_at=row.planned_at,
                        latest_at=row.planned_at + timedelta(hours=2), remote_id=str(row.pk),
                        scheduled_at=self.now, published_at=row.planned_at)
            for row, revision in zip(due, revisions, strict=True)
        )  # fmt: skip

    def _count(self) -> None:
        """The figures that came in since yesterday, as `metrics.record_figures` keeps them."""
        from unisono.rooms.metrics.models import Sample
        from unisono.rooms.publishing.models import Publication

        since = self.now - timedelta(days=1)
        recent = Publication.objects.filter(
            published_at__gte=since - timedelta(hours=COUNTED_AT[-1])
        )
        rows = []
        for pk, variant, at in recent.values_list("pk", "variant_id", "published_at"):
            for hours in COUNTED_AT:
                seen_at = at + timedelta(hours=hours)
                if since < seen_at <= self.now:
                    counts = self._reaction(variant, at, seen_at)
                    rows += [
                        Sample(publication_id=pk, figure=figure, value=getattr(counts, figure),
                               observed_at=seen_at)
                        for figure in ("views", "likes", "comments", "shares")
                    ]  # fmt: skip
        Sample.objects.bulk_create(rows)

    def _survey(self) -> None:
        """Once a week when followers are online, as the network's API tells."""
        from unisono.networks.sandbox.server import audience
        from unisono.networks.sandbox.server.places import PLACES
        from unisono.networks.surveys import Online
        from unisono.rooms.metrics import actions as metrics

        for n, channel in enumerate(self.channels):
            if metrics.wants_activity(channel, by=self.by, now=self.now):
                numbers = audience.online(
                    PLACES[self.places[n]], self.followers[n], channel.handle,
                    f"audience {self.seed}",
                )  # fmt: skip
                told = Online(audience.AUDIENCE_ZONE.key, tuple(map(float, numbers)))
                metrics.record_activity(channel, told, by=self.by, now=self.now)

    # --- what came of it ---

    def _judged(self) -> Course:
        from unisono.rooms.content.models import Variant
        from unisono.rooms.orchestration.models import Proposal

        went = dict(Variant.objects.values_list("pk", "planned_at"))
        accepted = Proposal.objects.filter(kind="move", state="accepted")
        moves = [
            Move(expected, self._views(pk, at) / max(self._views(pk, was), 1))
            for pk, was, at, expected in accepted.values_list(
                "variant_id", "was_at", "at", "expected"
            )
        ]
        undone = Proposal.objects.filter(state="undone").count()
        return Course(
            self.seed, len(went), self._value(self.planned), self._value(went), moves, undone
        )

    def _views(self, pk: Any, at: datetime) -> int:
        return int(self._reaction(pk, at, at + IN_THE_END).views)

    def _value(self, times: dict[Any, datetime]) -> float:
        earned = [0.0] * len(self.goals)
        for pk, at in times.items():
            counts = self._reaction(pk, at, at + IN_THE_END)
            goal = self.goals[self.serves[pk]]
            earned[self.serves[pk]] += sum(getattr(counts, each) for each in FIGURES[goal.metric])
        return sum(goal.value(each) for goal, each in zip(self.goals, earned, strict=True))

    def _instant(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
