"""A post that ends its worker: named by what the dead one noted, and set apart the second time."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_lanes import dead_worker, ids, queued
from tests.rooms.test_preflight import pictured
from unisono.networks.contract import Absent, Sentence, Unknown
from unisono.rooms.content import snapshot
from unisono.rooms.content.models import Revision
from unisono.rooms.publishing import claims, doubts, ledger, preflight, steps, takeover
from unisono.rooms.publishing.models import Attempt, Publication
from unisono.rooms.publishing.reasons import because

DOOMED = """
import asyncio, os, signal, sys
from datetime import datetime
from pathlib import Path
from uuid import UUID
from unisono.kernel import processes
from unisono.rooms.publishing.steps import Steps

async def waits(gate):
    await gate.wait()

async def fatal(gate):
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    noted, gate = Steps(Path(sys.argv[1]), processes.own_name()), asyncio.Event()
    await asyncio.gather(
        *(noted.of((UUID(int=n), n), waits(gate)) for n in (1, 2)),
        noted.of((UUID(int=7), 70), fatal(gate)),
        noted.of((UUID(int=8), 80), waits(gate)),
    )

asyncio.run(main())
"""


def test_what_a_killed_process_was_at_is_read_once(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", DOOMED, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert list(steps.last_of_the_dead(tmp_path)) == [(UUID(int=7), 70)]
    assert list(steps.last_of_the_dead(tmp_path)) == []


def test_steps_hand_on_results_errors_and_cancelling(tmp_path: Path) -> None:
    noted = steps.Steps(tmp_path, "me")

    async def works(outcome: Any) -> Any:
        await asyncio.sleep(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def patient() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "tidied up"
        return "never"

    async def main() -> None:
        mark = (uuid4(), 1)
        assert await noted.of(mark, works("done")) == "done"
        with pytest.raises(LookupError):
            await noted.of(mark, works(LookupError()))

        async def awaited() -> str:
            return await noted.of(mark, patient())

        waiting = asyncio.create_task(awaited())
        await asyncio.sleep(0)
        waiting.cancel()
        assert await waiting == "tidied up"

    asyncio.run(main())
    (file,) = tmp_path.iterdir()
    assert not any(file.read_bytes()), "nothing runs, so nothing is noted"
    noted.close()
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_noted_the_work_goes_on(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file where the folder should be")
    noted = steps.begun(taken, "me")

    async def works() -> str:
        return "done"

    assert asyncio.run(noted.of((uuid4(), 1), works())) == "done"
    noted.close()


def falls(errand: claims.Errand, worker: str, notes: Path) -> None:
    """The worker dies in the midst of this errand."""
    notes.mkdir(parents=True, exist_ok=True)
    noted = errand.publication_id.bytes + errand.fence.to_bytes(8, "big")
    (notes / quote(worker, safe="")).write_bytes(noted)


@pytest.fixture
def notes(settings: Any, tmp_path: Path) -> Path:
    settings.UNISONO_DATA = tmp_path
    return takeover.notes()


def test_a_post_that_ends_two_workers_is_set_apart_and_others_go_on(
    cast: Cast, notes: Path
) -> None:
    poison = pictured(cast, cast.agora, datetime(2026, 3, 4, 10, 1))
    harmless = queued(cast, 2, "chirp")
    at, dead = poison.due_at, dead_worker()
    for round_ in range(2):
        errands = {e.publication_id: e for e in claims.claim_due(worker=dead, now=at)}
        assert not errands[poison.pk].armed, "its picture has to be uploaded first"
        falls(errands[poison.pk], dead, notes)
        assert takeover.take_over(now=at) == [dead]
        doubts.reap(now=at)
        others = [Publication.objects.get(pk=row.pk) for row in harmless]
        assert {row.state for row in others} <= {"unknown", "scheduled"}
        assert poison.pk not in ids(claims.claim_due(worker="w", now=at)), "others go first"
        takeover.give_up("w", now=at)
        doubts.reap(now=at)
        if round_ == 0:
            poison.refresh_from_db()
            assert (poison.state, poison.next_at) == ("scheduled", at + doubts.PAUSE)
        at += doubts.PAUSE
    poison.refresh_from_db()
    assert (poison.state, poison.reason_code) == ("held", "poison")
    blamed = Attempt.objects.filter(outcome=takeover.FATAL).values_list("publication_id", flat=True)
    assert set(blamed) == {poison.pk}, "what waited in the same worker is not to blame"


def test_armed_it_is_looked_up_and_only_its_absence_is_told(cast: Cast, notes: Path) -> None:
    (row,) = queued(cast, 1)
    at, dead = NOW, dead_worker()
    for _round in range(2):
        (errand,) = claims.claim_due(worker=dead, now=at)
        assert errand.armed
        falls(errand, dead, notes)
        takeover.take_over(now=at)
        doubts.reap(now=at)
        row.refresh_from_db()
        assert (row.state, row.reason_code) == ("unknown", "worker_lost")
        while row.state == "unknown":
            at = max(at, row.next_at or at)
            (look,) = doubts.claim_doubtful(worker="w", now=at)
            ledger.settle(look, Absent(), now=at)
            row.refresh_from_db()
    assert (row.state, row.reason_code) == ("failed", "poison")


def test_looks_that_end_three_workers_leave_it_to_a_person(cast: Cast, notes: Path) -> None:
    (row,) = queued(cast, 1)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    ledger.settle(errand, Unknown(Sentence("Lost.")), now=NOW)
    at = NOW + doubts.LOOKING
    for _round in range(takeover.LOOKS):
        (look,) = doubts.claim_doubtful(worker="w", now=at)
        falls(look, dead_worker(), notes)
        takeover.take_over(now=at)
        at += doubts.LOOKING
    assert doubts.claim_doubtful(worker="w", now=at) == []
    row.refresh_from_db()
    assert (row.state, row.reason_code, row.next_at) == ("unknown", "person_decides", None)


def unreadable(patch: pytest.MonkeyPatch, row: Publication) -> None:
    """What is kept of this one can be read no more."""
    frozen = snapshot.frozen

    def read(revision: Revision, *more: Any) -> Any:
        if revision.pk == row.revision_id:
            raise KeyError("mime")
        return frozen(revision, *more)

    patch.setattr(snapshot, "frozen", read)


def test_what_cannot_be_put_together_keeps_nobody_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = queued(cast, 2)
    unreadable(monkeypatch, broken)
    assert ids(claims.claim_due(worker="w", now=NOW)) == [sound.pk]
    broken.refresh_from_db()
    assert (broken.state, broken.reason_code) == ("held", "broken")


def test_made_ready_in_vain_it_is_left_for_its_time(
    cast: Cast, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = pictured(cast, cast.agora)
    preflight.notes().mkdir(parents=True)
    noted = row.pk.bytes + row.fence.to_bytes(8, "big")
    (preflight.notes() / quote(dead_worker(), safe="")).write_bytes(noted)
    asked: list[Any] = []

    async def prepare(*given: Any) -> Any:
        asked.append(given)

    monkeypatch.setattr(preflight, "_prepare", prepare)
    assert preflight.run(now=row.due_at - preflight.AHEAD / 2) == 0
    row.refresh_from_db()
    assert (row.state, row.reason, asked) == ("scheduled", because("breaks")["reason"], [])
    (errand,) = claims.claim_due(worker="w", now=row.due_at)
    assert errand.publication_id == row.pk
