"""What a receipt says of attempts and proof, in words."""

from __future__ import annotations

from django import template
from django.utils.translation import pgettext_lazy

register = template.Library()

PHASES = {
    "prepare": pgettext_lazy("attempt", "preparing"),
    "commit": pgettext_lazy("attempt", "sending"),
    "look": pgettext_lazy("attempt", "looking on the network"),
}
OUTCOMES = {
    "published": pgettext_lazy("answer", "published"),
    "pending": pgettext_lazy("answer", "accepted, not public yet"),
    "refused": pgettext_lazy("answer", "refused"),
    "limited": pgettext_lazy("answer", "asked to wait"),
    "signinagain": pgettext_lazy("answer", "sign-in no longer accepted"),
    "unsent": pgettext_lazy("answer", "did not reach the network"),
    "unknown": pgettext_lazy("answer", "no clear answer"),
    "absent": pgettext_lazy("answer", "not there"),
    "lost": pgettext_lazy("answer", "the worker was lost"),
    "stopped": pgettext_lazy("answer", "stopped before it was sent"),
    "fatal": pgettext_lazy("answer", "the worker broke down"),
}
KINDS = {
    "answer": pgettext_lazy("proof", "The network's answer"),
    "look": pgettext_lazy("proof", "A look on the network"),
    "read": pgettext_lazy("proof", "Read back from the network"),
    "person": pgettext_lazy("proof", "A person's word"),
}


@register.filter
def phase_word(phase: str) -> str:
    """What was done in an attempt."""
    return str(PHASES.get(phase, phase))


@register.filter
def outcome_word(outcome: str) -> str:
    """What came of an attempt; a dash while nothing has."""
    return str(OUTCOMES.get(outcome, outcome or "—"))


@register.filter
def proof_word(kind: str) -> str:
    """What a piece of proof is."""
    return str(KINDS.get(kind, kind))
