"""Rows about posts that follow others: what is second is never public before the first is known to
be out, whatever becomes of the first or of the worker between the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.drill import moments, workers
from tests.drill.answers import commit
from tests.drill.house import PLACES, Company, House, patient
from tests.drill.judge import EITHER, FAILED, PUBLISHED, Expected, Judge

PAIRS = 4
WAITS = Expected(("scheduled",), 0)
EITHER_WAITS = Expected(("published", "scheduled"), None)


def run(house: House, judge: Judge) -> None:
    for number, name, rule in (
        ("90", "the first is refused", commit("refuse", PAIRS)),
        ("91", "the first one's answer is lost, a look finds it", commit("lose_answer", PAIRS)),
    ):
        staged = [(promise, *_pairs(house, f"{name} {promise}", promise)) for promise in PLACES]
        for _promise, _company, first, _second in staged:
            house.switch({**rule, "handle": first.handle})
        with workers.at_work():
            for _promise, company, *_channels in staged:
                _wait(house, company)
        for promise, company, first, second in staged:
            _judged(judge, number, f"{name} [{promise}]", company, first, second,
                    refused=number == "90", blind=promise == "none")  # fmt: skip
        house.switch()
    _killed_between(house, judge)


def _killed_between(house: House, judge: Judge) -> None:
    """The worker dies with the answer to the first unread; the next one takes over."""
    name = "killed between the first and the second"
    company, first, second = _pairs(house, name, "key")
    doomed = workers.start(moments.answer_unread(1))
    how = workers.ended(doomed, 15)
    judge.score.kills += 1
    if how is None:
        workers.bury(doomed)
    with workers.at_work():
        _wait(house, company)
    _judged(judge, "92", name, company, first, second)


def _pairs(house: House, name: str, promise: str) -> tuple[Company, Any, Any]:
    """Posts due at once on two channels, those of the second behind those of the first."""
    from unisono.kernel import tenancy
    from unisono.rooms.publishing.models import PostOrder

    company = house.company(name)
    first, second = house.channel(company, promise), house.channel(company, promise)
    before = house.due(company, [first], [f"{name} first {n}" for n in range(PAIRS)])
    now = datetime.now(UTC)
    with tenancy.within(company.pk):
        after = house.due(company, [second], [f"{name} second {n}" for n in range(PAIRS)])
        PostOrder.objects.bulk_create(
            PostOrder(post=b.variant.post, after=a.variant.post, minutes=0, set_at=now)
            for a, b in zip(before, after, strict=True)
        )
    return company, first, second


def _wait(house: House, company: Company) -> None:
    """Until nothing is under way, and what is scheduled waits for a post that needs a person."""
    from unisono.kernel import tenancy
    from unisono.rooms.publishing.models import Publication
    from unisono.rooms.publishing.turns import STUCK

    def settled() -> bool:
        with tenancy.within(company.pk):
            rows = Publication.objects.exclude(state="scheduled", reason_code__in=STUCK)
            return not rows.filter(state__in=("scheduled", "publishing")).exists() and not (
                house.unsettled(company)
                - Publication.objects.filter(state="scheduled", reason_code__in=STUCK).count()
            )

    patient(settled, 60)


def _judged(
    judge: Judge,
    number: str,
    name: str,
    company: Company,
    first: Any,
    second: Any,
    *,
    refused: bool = False,
    blind: bool = False,
) -> None:
    also = _out_of_turn(company)
    usual, behind = (EITHER, EITHER_WAITS) if blind else (PUBLISHED, PUBLISHED)
    judge.say(number, f"{name}, first", company, FAILED if refused else usual, channels=[first])
    judge.say(
        number, f"{name}, second", company, WAITS if refused else behind,
        channels=[second], also=also,
    )  # fmt: skip


def _out_of_turn(company: Company) -> list[str]:
    """Posts that were sent before what they follow was written as published."""
    from unisono.kernel import tenancy
    from unisono.rooms.publishing.models import PostOrder, Publication

    with tenancy.within(company.pk):
        found: list[str] = []
        for order in PostOrder.objects.all():
            sent = Publication.objects.filter(variant__post=order.post_id, state="published")
            known = Publication.objects.get(variant__post=order.after_id).published_at
            early = [row for row in sent if known is None or row.armed_at < known]
            found += [f"{row.pk} went out of turn" for row in early]
        return found
