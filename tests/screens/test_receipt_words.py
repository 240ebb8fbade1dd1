"""Every word a receipt can need is there, in every language."""

from __future__ import annotations

import pytest
from django.utils import translation

from unisono.networks import verdicts
from unisono.rooms.publishing.models import Attempt
from unisono.screens.templatetags import receipt_words as words


def test_every_phase_and_every_verdict_has_a_word() -> None:
    assert set(words.PHASES) == set(Attempt.Phase.values)
    named = {"Published", "Pending", "Refused", "Limited", "SignInAgain", "Unsent", "Unknown"}
    assert named | {"Absent"} <= set(dir(verdicts))
    told = {name.lower() for name in named | {"Absent"}} | {"lost", "stopped", "fatal"}
    assert set(words.OUTCOMES) == told


@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_words_are_translated(language: str) -> None:
    everything = [*words.PHASES.values(), *words.OUTCOMES.values(), *words.KINDS.values()]
    with translation.override("en"):
        english = [str(word) for word in everything]
    with translation.override(language):
        assert all(str(w) != e for w, e in zip(everything, english, strict=True))
