"""Why a publication is where it is: sentences kept in English, said in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from unisono.networks.contract import Sentence
from unisono.rooms.channels.sentences import kept

SENTENCES: dict[str, str] = {
    "not_approved": gettext_noop("This revision has not been approved."),
    "edited": gettext_noop("The post was edited after its approval. Ask for approval again."),
    "on_hold": gettext_noop("Publishing is on hold here."),
    "needs_sign_in": gettext_noop("The channel must be connected again first."),
    "disconnected": gettext_noop("The channel is disconnected."),
    "late": gettext_noop("Its time passed more than %(minutes)s minutes ago. Decide what to do."),
    "undecided": gettext_noop("Its hold is over, and nobody has decided about it yet."),
    "queued": gettext_noop(
        "Its turn has not come yet: the worker is busy with others, or has stopped."
    ),
    "retrying": gettext_noop("The network could not be reached. Trying again by itself."),
    "limited": gettext_noop("The network asks us to wait. Trying again by itself."),
    "worker_lost": gettext_noop(
        "The worker stopped while sending. Looking on the network before anything else."
    ),
    "checking": gettext_noop("The answer was lost. Looking on the network before anything else."),
    "restored": gettext_noop(
        "A backup was restored, and this may have gone out since it was made. Looking on the"
        " network before anything else."
    ),
    "person_decides": gettext_noop(
        "It may or may not be out, and the network cannot tell us. Look there, then decide."
    ),
    "given_up": gettext_noop("It could not be sent before its latest time. Nothing went out."),
    "poison": gettext_noop(
        "Twice the worker broke down while sending it, so it is not tried again by itself. Nothing"
        " went out, and other posts go on."
    ),
    "breaks": gettext_noop(
        "The worker broke down while making it ready. It is tried once more at its time."
    ),
    "broken": gettext_noop(
        "It cannot be put together for its network. Nothing went out, and other posts go on."
    ),
    "dropped": gettext_noop("The channel was taken off the post."),
    "waits": gettext_noop("It follows as soon as the part before it is out."),
    "follows": gettext_noop("It waits until %(minutes)s min after “%(title)s” is out."),
    "follows_failed": gettext_noop("It waits for “%(title)s”, which failed."),
    "follows_held": gettext_noop("It waits for “%(title)s”, which is held."),
    "follows_unknown": gettext_noop(
        "It waits for “%(title)s”, of which nobody knows yet whether it is out."
    ),
    "follows_cancelled": gettext_noop("It waits for “%(title)s”, which was cancelled."),
    "follows_unplanned": gettext_noop("It waits for “%(title)s”, which is not scheduled."),
    "embargo": gettext_noop("Nothing of it goes out before %(when)s (%(zone)s)."),
    "replaced": gettext_noop("The post was scheduled anew."),
    "gone": gettext_noop("It was out, and is no longer on its network. Unisono did not remove it."),
    "changed": gettext_noop("It was out as sent, and was changed on its network since."),
    "abandoned": gettext_noop("A person decided to leave it."),
}


def because(code: str, **params: Any) -> dict[str, Any]:
    """The columns that say why: `reason_code` and the kept `reason`."""
    return {"reason_code": code, "reason": kept(Sentence(SENTENCES[code], params))}


def late(due_at: datetime, at: datetime) -> dict[str, Any]:
    """Held because its time has passed: by how many minutes, as it stands `at` that instant."""
    return because("late", minutes=int((at - due_at).total_seconds() // 60))


def told(code: str, sentence: Sentence) -> dict[str, Any]:
    """The same with a sentence of the network's adapter."""
    return {"reason_code": code, "reason": kept(sentence)}


NO_REASON: dict[str, Any] = {"reason_code": "", "reason": None}
