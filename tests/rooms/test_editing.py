"""Another time than the one proposed: accepted, recorded, refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.cast import NOW, Cast
from tests.rooms.test_autopilot import moves
from tests.rooms.test_orchestration import an_ask
from unisono.kernel.events import history
from unisono.kernel.refusals import Invalid
from unisono.rooms.orchestration import actions, words


def test_another_time_is_taken_and_both_are_on_record(cast: Cast) -> None:
    (proposal,) = moves(cast, 1)
    editor = cast.actor("editor")
    actions.accept(proposal, wall=datetime(2026, 3, 9, 16), by=editor, now=NOW)
    variant = proposal.post.variants.get()
    assert (variant.planned_wall, variant.planned_at) == ("2026-03-09T16:00", proposal.at)
    proposal.refresh_from_db()
    assert proposal.data["edited"]["wall"] == "2026-03-09T18:00"
    assert "Proposed was" in words.edited(proposal, "Europe/Paris")
    (event,) = [one for one in history(proposal.pk) if one.kind == "proposal.accepted"]
    assert (event.data["proposed"], event.data["wall"]) == ("2026-03-09T18:00", "2026-03-09T16:00")
    actions.undo(proposal, by=editor, now=NOW)
    variant.refresh_from_db()
    assert variant.planned_wall == "2026-03-09T10:00"


def test_the_time_proposed_is_no_other_time(cast: Cast) -> None:
    (proposal,) = moves(cast, 1)
    actions.accept(
        proposal, wall=datetime(2026, 3, 9, 17), zone="UTC", by=cast.actor("editor"), now=NOW
    )
    assert "edited" not in proposal.data
    assert proposal.at == datetime(2026, 3, 9, 17, tzinfo=UTC)


def test_what_has_no_time_and_what_has_passed_is_refused(cast: Cast) -> None:
    editor, (move,) = cast.actor("editor"), moves(cast, 1)
    with pytest.raises(Invalid, match="passed already"):
        actions.accept(move, wall=datetime(2026, 3, 2, 9), by=editor, now=NOW)
    move.refresh_from_db()
    assert (move.state, move.data) == ("offered", {})
    with pytest.raises(Invalid, match="no time that could be changed"):
        actions.accept(an_ask(cast), wall=datetime(2026, 3, 9, 9), by=editor, now=NOW)
