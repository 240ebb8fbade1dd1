"""What a person can do about each reason: a sentence, and the verbs that do it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, gettext_noop

from unisono.rooms.channels.models import Channel
from unisono.rooms.content.models import Variant
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing.models import Hold
from unisono.rooms.publishing.stops import may_lift
from unisono.rooms.publishing.turns import STUCK

ITSELF = gettext_noop("Nothing: it goes on by itself.")
WAIT = gettext_noop("Nothing yet: it is looked up on the network before anything else.")
ANEW = gettext_noop("Send it now, give it another time, or cancel it.")
FAILED = gettext_noop("Put right what the network named, then send it again; or cancel it.")
APPROVE = gettext_noop("Ask for approval, or give it another time.")
DECIDE = gettext_noop("Approve it, or give it another time.")
CONNECT = gettext_noop("Connect the channel again; until then it waits.")
LIFT = gettext_noop("Lift the hold, give it another time, or cancel it.")
SETTLE = gettext_noop("Look at the account on its network, then say what you found.")
CHANGE = gettext_noop("Change the post, then ask for approval again.")
SCHEDULE = gettext_noop("Schedule it in the post, or give it another time.")
IMAGE = gettext_noop("Choose another image in the post, or give it another time.")
PACE = gettext_noop("Wait until the network lets us, or give it another time.")
FIT = gettext_noop("Put right what is named in the post, or give it another time.")
GONE = gettext_noop("Ask who removed it and why; then send it once more, or leave it so.")
CHANGED = gettext_noop("Compare both on its receipt; if it is fine so, say so.")
POISON = gettext_noop(
    "Change its text or its images, or send it once more; tell the admin, whose log has the cause."
)
TURN = gettext_noop("Settle the post before it, or send this one anyway, or give it another time.")
EMBARGO = gettext_noop("Nothing: it goes out when the embargo is over. Or send it anyway.")
DONE = gettext_noop("Nothing: it is out.")

WAITS = ("retime", "drop")
AGAIN = ("send", *WAITS)

REMEDIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "late": (ANEW, AGAIN),
    "undecided": (ANEW, ("release", *AGAIN)),
    "given_up": (ANEW, AGAIN),
    "abandoned": (ANEW, AGAIN),
    "refused": (FAILED, ("send", "edit", *WAITS)),
    "breaks": (FIT, ("edit", *WAITS)),
    "gone": (GONE, ("again", "accept")),
    "changed": (CHANGED, ("accept",)),
    "poison": (POISON, ("edit", *AGAIN)),
    "broken": (POISON, ("edit", *AGAIN)),
    "not_approved": (APPROVE, ("ask", *WAITS)),
    "edited": (APPROVE, ("ask", *WAITS)),
    "on_hold": (LIFT, ("lift", *WAITS)),
    "needs_sign_in": (CONNECT, ("connect", *WAITS)),
    "disconnected": (CONNECT, ("connect", *WAITS)),
    "expires": (CONNECT, ("connect", *WAITS)),
    "person_decides": (SETTLE, ("settle", "drop")),
    "retrying": (ITSELF, AGAIN),
    "limited": (PACE, WAITS),
    "checking": (WAIT, ()),
    "worker_lost": (WAIT, ()),
    "publishing": (ITSELF, ()),
    "queued": (ITSELF, WAITS),
    "image": (IMAGE, ("edit", *WAITS)),
    "unfit": (FIT, ("edit", *WAITS)),
    "unprepared": (FIT, ("edit", *WAITS)),
    "open": (DECIDE, ("decide", "edit")),
    "changes_asked": (CHANGE, ("edit",)),
    "draft": (APPROVE, ("ask", "edit")),
    "unscheduled": (SCHEDULE, ("edit",)),
    "follows": (ITSELF, ("anyway", *WAITS)),
    **dict.fromkeys(STUCK, (TURN, ("anyway", *WAITS))),
    "embargo": (EMBARGO, ("anyway", *WAITS)),
    "out_late": (DONE, ()),
}
"""By the code of the reason: what to do, and the acts that do it, the most fitting first."""

NEEDS = {
    "send": Capability.SCHEDULE,
    "retime": Capability.SCHEDULE,
    "drop": Capability.SCHEDULE,
    "release": Capability.SCHEDULE,
    "settle": Capability.SCHEDULE,
    "again": Capability.SCHEDULE,
    "accept": Capability.SCHEDULE,
    "anyway": Capability.HOLD,
    "ask": Capability.WRITE,
    "edit": Capability.WRITE,
    "decide": Capability.APPROVE,
}
"""What each act needs in the post's department."""


def what_to_do(group: str, code: str) -> str:
    """The sentence, in the language active now."""
    known = REMEDIES.get(code)
    return gettext(known[0] if known else ANEW)


def acts_on(
    actor: Actor,
    group: str,
    code: str,
    variant: Variant,
    channel: Channel,
    holds: Sequence[Hold],
) -> tuple[str, ...]:
    """The acts this reader may do about it."""
    offered = REMEDIES[code][1] if code in REMEDIES else AGAIN
    return tuple(act for act in offered if _may(actor, act, variant, channel, holds))


def _may(actor: Actor, act: str, variant: Variant, channel: Channel, holds: Sequence[Hold]) -> bool:
    if act == "connect":
        return actor.can(Capability.CHANNELS, channel.department_id)
    if act == "lift":
        return any(may_lift(actor, hold) for hold in holds)
    return actor.can(NEEDS[act], variant.post.department_id)
