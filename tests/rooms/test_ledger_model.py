"""The ledger against a model of it: whatever happens in whatever order, nothing goes out twice.

Workers claim, arm, send, freeze and die; the network loses questions and answers, accepts late and
says no; people hold, cancel and decide; time passes. Sources of what must hold: the ledger's rules
in `docs/architecture.md`. `make drill` runs many more of these than the tests do.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.cast import NOW, Cast
from unisono.kernel.refusals import Refusal
from unisono.networks import registry
from unisono.networks.contract import (
    Absent,
    Limited,
    Published,
    Refused,
    Sentence,
    Unknown,
    Unsent,
)
from unisono.rooms.content import actions as content
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people.models import Department
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, doubts, holds, ledger, order, takeover, turns
from unisono.rooms.publishing.claims import Errand
from unisono.rooms.publishing.models import Hold, Publication

WHY = Sentence("So said the network.")
OUTCOMES = ("made", "answer lost", "late", "question lost", "no", "unsent", "wait")
ENDS = st.sampled_from(["written", "dead", "tarrying", "armed only"])
WORKERS = ("anna", "ben")
EXAMPLES = int(os.environ.get("UNISONO_MODEL_EXAMPLES", "12"))


@dataclass
class Task:
    """An errand in a worker's hands; the kernel ends the worker at `until`."""

    errand: Errand
    worker: str
    until: datetime


@dataclass
class Said:
    """An answer that is not written yet."""

    task: Task
    verdict: Any


class Network:
    """One account of the given promise: what is public, and what will be in a moment."""

    def __init__(self, promise: str) -> None:
        self.promise = promise
        self.public: list[tuple[Any, str]] = []
        self.soon: list[tuple[datetime, Errand]] = []

    def accept(self, errand: Errand) -> Published:
        """Make the post public, as far as its key or container allows."""
        same = [at for at, (pk, _t) in enumerate(self.public) if pk == errand.publication_id]
        if not same or self.promise in ("list", "nothing"):
            self.public.append((errand.publication_id, errand.content.text))
            same = [len(self.public) - 1]
        return Published(f"r{same[0]}", f"https://net.example/{same[0]}")

    def pass_time(self, now: datetime) -> None:
        due = [errand for at, errand in self.soon if at <= now]
        self.soon = [(at, errand) for at, errand in self.soon if at > now]
        for errand in due:
            self.accept(errand)

    def look(self, errand: Errand) -> Any:
        for at, (pk, text) in enumerate(self.public):
            known = f"r{at}" in errand.taken
            mine = text == errand.content.text and not known
            if mine if self.promise == "list" else pk == errand.publication_id:
                return Published(f"r{at}", f"https://net.example/{at}")
        return Absent()

    def copies(self) -> Counter[Any]:
        return Counter(pk for pk, _text in self.public)


def machine(cast: Cast) -> type[RuleBasedStateMachine]:
    """The model, bound to the cast."""

    class Ledger(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.block = transaction.atomic()
            self.block.__enter__()
            self.now = NOW
            self.tasks: list[Task] = []
            self.said: list[Said] = []
            self.rows: list[Any] = []

        def teardown(self) -> None:
            try:
                self._come_to_an_end()
            finally:
                transaction.set_rollback(True)
                self.block.__exit__(None, None, None)

        # --- the stage ---

        @initialize(
            promise=st.sampled_from(["key", "container", "list", "nothing"]),
            twins=st.booleans(),
            ordered=st.booleans(),
        )
        def set_up(self, promise: str, twins: bool, ordered: bool) -> None:
            self.network = Network(promise)
            channel = cast.things["agora"]
            channel.profile = {"place": "agora", "promise": promise, "limits": {"text_max": 500}}
            channel.save(update_fields=["profile"])
            sales, self.by = cast.departments["Sales"], cast.actor("admin")
            Department.objects.filter(pk=sales.pk).update(approval_required=False)
            sales.refresh_from_db()
            posts: list[Any] = []
            for number in range(3):
                text = "The same." if twins and number < 2 else f"Number {number}."
                post = content.write_post(title=text, text=text, department=sales,
                                          campaign=cast.campaign, channels=[channel],
                                          by=self.by, now=self.now)  # fmt: skip
                (variant,) = variants_of(post)
                revision = content.freeze(variant, by=self.by, now=self.now)
                row = publishing.publish_now(revision, by=self.by, now=self.now)
                self.rows.append(row.pk)
                posts.append(post)
            self.ordered = ordered
            if ordered:
                order.follow(posts[2], posts[0], minutes=0, by=self.by, now=self.now)

        # --- workers ---

        @rule(worker=st.sampled_from(WORKERS), outcome=st.sampled_from(OUTCOMES), end=ENDS)
        def deliver(self, worker: str, outcome: str, end: str) -> None:
            """Claim what is due, arm it, send the first; then write, tarry, or die."""
            for errand in claims.claim_due(worker=worker, now=self.now, depth=2):
                self.tasks.append(Task(errand, worker, self.now + claims.LEASE))
            mine = [task for task in self.tasks if task.worker == worker]
            for task in mine[:1]:
                self.tasks.remove(task)
                if not task.errand.armed:
                    armed = ledger.arm(task.errand, task.errand.handle, now=self.now)
                    if armed is None:
                        continue
                    task.errand = armed
                if end == "armed only":
                    self.tasks.append(task)
                    continue
                self.said.append(Said(task, self._sent(task.errand, outcome)))
                if end == "written":
                    self.write(len(self.said) - 1)
            if end == "dead":
                self.die(worker)

        def _sent(self, errand: Errand, outcome: str) -> Any:
            found = None
            if outcome in ("made", "answer lost"):
                found = self.network.accept(errand)
            if outcome == "late":
                settles = self._safety().settles_after
                self.network.soon.append((self.now + settles * 0.8, errand))
            plain: dict[str, Any] = {
                "made": found,
                "no": Refused(WHY),
                "unsent": Unsent(WHY),
                "wait": Limited(self.now + timedelta(seconds=20)),
            }
            return plain.get(outcome) or Unknown(WHY)

        @precondition(lambda self: self.said)
        @rule(which=st.integers(0, 5))
        def write(self, which: int) -> None:
            said = self.said.pop(which % len(self.said))
            ledger.settle_all([(said.task.errand, said.verdict)], now=self.now)

        @rule(worker=st.sampled_from(WORKERS), at_once=st.booleans())
        def look(self, worker: str, at_once: bool) -> None:
            for errand in doubts.claim_doubtful(worker=worker, now=self.now):
                task = Task(errand, worker, self.now + doubts.LOOKING)
                self.said.append(Said(task, self.network.look(errand)))
                if at_once:
                    self.write(len(self.said) - 1)

        @rule(worker=st.sampled_from(WORKERS))
        def die(self, worker: str) -> None:
            """Others of its machine find it dead, and take back what it had."""
            self.tasks = [t for t in self.tasks if t.worker != worker]
            self.said = [s for s in self.said if s.task.worker != worker]
            takeover.give_up(worker, now=self.now)
            self.pass_time(0.1)

        @rule(worker=st.sampled_from(WORKERS))
        def renew(self, worker: str) -> None:
            claims.renew(worker=worker, now=self.now)
            for task in self.tasks:
                if task.worker == worker and task.until > self.now:
                    task.until = self.now + claims.LEASE

        @rule(seconds=st.sampled_from([0.5, 1, 3, 6, 31]))
        def pass_time(self, seconds: float) -> None:
            self.now += timedelta(seconds=seconds)
            self.network.pass_time(self.now)
            # The kernel's alarm: whoever slept through its lease is gone when it wakes.
            self.tasks = [t for t in self.tasks if t.until > self.now]
            doubts.reap(now=self.now)

        # --- people ---

        @rule(hours=st.sampled_from([-1, 1]))
        def set_the_clock(self, hours: int) -> None:
            by = timedelta(hours=hours)
            if self.now + by < NOW:
                return
            self.now += by
            self.network.soon = [(at + by, errand) for at, errand in self.network.soon]
            self.tasks = [replace(t, until=t.until + by) for t in self.tasks]
            doubts.clock_jumped(by, now=self.now)

        @rule(which=st.integers(0, 2), verb=st.sampled_from(["hold", "cancel", "retry", "decide"]))
        def people(self, which: int, verb: str) -> None:
            row = Publication.objects.get(pk=self.rows[which])
            asked = row.state == "unknown" and row.next_at is None
            if verb == "hold":
                self._hold_or_lift()
            elif verb == "decide" and asked and not self.network.soon:
                out = self.network.copies()[row.pk]
                publishing.settle_by_person(
                    row, outcome="published" if out else "absent", url="https://net.example/x",
                    by=self.by, now=self.now,
                )  # fmt: skip
            elif verb in ("cancel", "retry") and row.state != "unknown":
                # A person who was asked has looked; without looking, nobody may cancel a doubt.
                with suppress(Refusal):
                    getattr(publishing, verb)(row, by=self.by, now=self.now)

        def _hold_or_lift(self) -> None:
            hold = Hold.objects.filter(lifted_at=None).first()
            if hold:
                holds.lift(hold, by=self.by, now=self.now)
            else:
                holds.place(by=self.by, now=self.now)

        # --- what must always hold ---

        @invariant()
        def never_twice(self) -> None:
            if not self.rows:
                return
            copies = self.network.copies()
            assert all(count <= 1 for count in copies.values()), copies

        @invariant()
        def never_out_of_turn(self) -> None:
            """What follows is public only when the ledger knows that what it follows is out."""
            if self.rows and self.ordered and self.network.copies()[self.rows[2]]:
                assert Publication.objects.get(pk=self.rows[0]).state == "published"

        @invariant()
        def what_is_said_is_true(self) -> None:
            for row in Publication.objects.filter(pk__in=self.rows):
                out = self._out(row)
                if row.state == "published":
                    assert out == 1, (row.pk, row.reason_code)
                if row.state in ("scheduled", "cancelled", "held"):
                    assert out == 0, (row.state, row.reason_code)
                if row.state == "failed" and row.reason_code in ("refused", "given_up"):
                    assert out == 0, row.reason_code

        def _out(self, row: Publication) -> int:
            """Its copies; of twins the network cannot tell apart, any of theirs."""
            if self.network.promise != "list":
                return self.network.copies()[row.pk]
            alike = [text for _pk, text in self.network.public if text == row.revision.text]
            return min(1, len(alike)) if row.state == "published" else (
                self.network.copies()[row.pk])  # fmt: skip

        def _safety(self) -> Any:
            channel = cast.things["agora"]
            return registry.publisher("sandbox").safety(channel.account)

        def _come_to_an_end(self) -> None:
            """With a kind network and living workers all comes to an end people can read."""
            if not self.rows:
                return
            for said in self.said:
                ledger.settle_all([(said.task.errand, said.verdict)], now=self.now)
            self.tasks, self.said = [], []
            for hold in Hold.objects.filter(lifted_at=None):
                holds.lift(hold, by=self.by, now=self.now)
            for _round in range(40):
                self.now += timedelta(seconds=31)
                self.network.pass_time(self.now)
                doubts.reap(now=self.now)
                for errand in claims.claim_due(worker="last", now=self.now):
                    armed = ledger.arm(errand, errand.handle, now=self.now)
                    if armed:
                        verdict = self.network.accept(armed)
                        ledger.settle_all([(armed, verdict)], now=self.now)
                for errand in doubts.claim_doubtful(worker="last", now=self.now):
                    ledger.settle_all([(errand, self.network.look(errand))], now=self.now)
            left = Publication.objects.filter(pk__in=self.rows)
            for row in left:
                asked = row.state == "unknown" and row.next_at is None
                done = row.state in ("published", "failed", "cancelled", "held") or asked
                done = done or row.reason_code in turns.STUCK
                assert done, (row.state, row.reason_code, row.next_at, self.now)
            self.never_twice()
            self.what_is_said_is_true()

    return Ledger


def test_the_ledger_keeps_its_rules_whatever_happens(cast: Cast) -> None:
    run_state_machine_as_test(
        machine(cast),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            derandomize=EXAMPLES <= 12,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
