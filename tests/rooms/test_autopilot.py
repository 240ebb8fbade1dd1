"""The autopilot: off unless given, within its bounds, under every rule, in the log, undoable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_orchestration import by, draft, seeing
from unisono.kernel.events import history
from unisono.kernel.refusals import Invalid, NotAllowed
from unisono.rooms.content.models import Post
from unisono.rooms.orchestration import actions, autopilot, noticing, queries
from unisono.rooms.orchestration.models import Act, Noticed, Proposal

AT = datetime(2026, 3, 9, 17, tzinfo=UTC)
NIGHT = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)


def moves(cast: Cast, number: int, **more: Any) -> list[Proposal]:
    """Proposals to move so many posts to a better hour."""
    told = {"ratio": 1.8, "low": 1.3, "high": 2.4, "posts": 31, "at": AT.isoformat(), **more}
    watchers = []
    for n in range(number):
        post = draft(cast, f"Post {n}", wall=datetime(2026, 3, 9 + n, 10))
        variant = post.variants.get()
        told["at"] = (AT + timedelta(days=n)).isoformat()
        watchers.append(
            seeing(Noticed.TIME, ("variant", variant.pk), key=str(n), title=post.title,
                   channel="Agora", **told)
        )  # fmt: skip
    noticing.notice(by=by(cast), now=NOW, watchers=watchers)
    return noticing.propose(by=by(cast), now=NOW)


def give(cast: Cast, *, who: str = "manager", **bounds: Any) -> Any:
    given = {"kinds": [Act.MOVE], "a_day": 5, **bounds}
    return autopilot.give_mandate(
        cast.departments["Marketing"], **given, by=cast.actor(who), now=NOW
    )


def test_without_a_mandate_nothing_happens(cast: Cast) -> None:
    moves(cast, 1)
    assert autopilot.act(by=by(cast), now=NOW) == []


def test_it_does_so_many_a_day_and_says_who_did_it(cast: Cast) -> None:
    moves(cast, 3)
    mandate = give(cast, a_day=2)
    done = autopilot.act(by=by(cast), now=NOW)
    assert len(done) == 2
    assert autopilot.act(by=by(cast), now=NOW + timedelta(hours=3)) == []
    assert len(autopilot.act(by=by(cast), now=NOW + timedelta(days=1))) == 1
    (event,) = [e for e in history(done[0].pk) if e.kind == "proposal.accepted"]
    assert (event.by_kind, event.by_name) == ("system", "Autopilot")
    assert done[0].mandate == mandate
    actions.undo(done[0], by=cast.actor("editor"), now=NOW)
    assert done[0].post.variants.get().planned_wall.endswith("T10:00")


def test_outside_its_hours_and_kinds_it_rests(cast: Cast) -> None:
    moves(cast, 1)
    give(cast)
    assert autopilot.act(by=by(cast), now=NIGHT) == []
    give(cast, kinds=[Act.ASK])
    assert autopilot.act(by=by(cast), now=NOW) == []


def test_what_is_locked_stays(cast: Cast) -> None:
    (proposal,) = moves(cast, 1)
    give(cast)
    autopilot.lock(proposal.post, reason="The law says so", by=cast.actor("editor"), now=NOW)
    assert autopilot.act(by=by(cast), now=NOW) == []
    (row,) = queries.locks(cast.actor("viewer"))
    assert (row.reason, row.post) == ("The law says so", proposal.post)
    autopilot.unlock(proposal.post, by=cast.actor("editor"), now=NOW)
    post = Post.objects.get(pk=proposal.post_id)
    assert not hasattr(post, "lock")
    assert len(autopilot.act(by=by(cast), now=NOW)) == 1


def test_what_may_gain_nothing_waits_for_a_person(cast: Cast) -> None:
    moves(cast, 1, low=0.9)
    give(cast)
    assert autopilot.act(by=by(cast), now=NOW) == []


def test_a_rule_it_meets_leaves_the_offer_to_a_person(cast: Cast) -> None:
    (proposal,) = moves(cast, 1)
    give(cast)
    variant = proposal.post.variants.get()
    type(variant).objects.filter(pk=variant.pk).update(planned_at=AT - timedelta(hours=3))
    assert autopilot.act(by=by(cast), now=NOW) == []
    proposal.refresh_from_db()
    assert (proposal.state, proposal.mandate) == ("offered", None)


def test_ending_it_switches_it_off(cast: Cast) -> None:
    moves(cast, 1)
    mandate = give(cast)
    autopilot.end_mandate(mandate.department, by=cast.actor("manager"), now=NOW)
    assert autopilot.act(by=by(cast), now=NOW) == []
    mandate.refresh_from_db()
    assert (mandate.state, mandate.ended_at) == ("ended", NOW)


def test_who_may_not_plan_gives_no_mandate(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        give(cast, who="approver")


@pytest.mark.parametrize(
    "bounds",
    [
        {"kinds": []},
        {"kinds": ["fly"]},
        {"a_day": 0},
        {"a_day": 99},
        {"from_hour": 18, "to_hour": 8},
    ],
)
def test_bounds_that_are_none_are_refused(cast: Cast, bounds: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        give(cast, **bounds)
