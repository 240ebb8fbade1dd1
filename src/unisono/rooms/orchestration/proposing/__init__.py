"""From what was noticed to what could be done about it: a proposal with its evidence, or none.

Nothing is proposed for want of figures: a signal then stands alone, and a person decides.
"""

from unisono.rooms.orchestration.models import Act, Noticed
from unisono.rooms.orchestration.proposing import answers, elsewhere
from unisono.rooms.orchestration.proposing.suggestion import Proposer, Suggestion

__all__ = ["PROPOSERS", "Proposer", "Suggestion"]

PROPOSERS: tuple[tuple[str, str, Proposer], ...] = (
    (Noticed.COLLISION, Act.MOVE, answers.of_collision),
    (Noticed.TIME, Act.MOVE, answers.of_time),
    (Noticed.LIKELY, Act.MOVE, answers.of_time),
    (Noticed.GAP, Act.FILL, elsewhere.of_gap),
    (Noticed.GAP, Act.SHIFT, elsewhere.of_gap_left),
    (Noticed.LATE, Act.ASK, answers.of_late),
    (Noticed.ABOVE, Act.REPEAT, answers.of_above),
    (Noticed.ABOVE, Act.VARIANT, elsewhere.of_above_elsewhere),
    (Noticed.TOPIC, Act.HOLD, answers.of_topic_unhappy),
    (Noticed.TOPIC, Act.ANSWER, answers.of_topic_asked),
    (Noticed.THRIVING, Act.EXTEND, answers.of_thriving),
    (Noticed.FADING, Act.STOP, answers.of_fading),
)
"""Which act answers which signal; one signal may be answered by several."""
