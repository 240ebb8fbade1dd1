"""Rows about what becomes of a post once it is out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from tests.drill import workers
from tests.drill.house import PLACES, House
from tests.drill.judge import Expected, Judge


def run(house: House, judge: Judge) -> None:
    """A network takes a post down, or changes it: both are found, told once, and were out."""
    from unisono.kernel import jobs, tenancy
    from unisono.rooms.notifications.models import Notice
    from unisono.rooms.publishing import readback
    from unisono.rooms.publishing.models import Publication, ReadBack

    name = "a post removed, another changed by the network"
    company = house.company(name)
    channels = [house.channel(company, p) for p in PLACES if p != "none"]
    house.due(company, channels, [f"{name} {n}" for n in range(3 * len(channels))])
    with workers.at_work():
        house.wait(company)
    while jobs.run_pending():
        pass
    with tenancy.within(company.pk):
        for channel in channels:
            rows = Publication.objects.filter(channel=channel).order_by("due_at", "pk")
            gone, changed, _kept = [row.remote_id for row in rows]
            house.tampered(channel, gone, None)
            house.tampered(channel, changed, "Moderated.")
    with tenancy.everywhere("what other rows have sent is not read here"):
        ReadBack.objects.exclude(organization_id=company.pk).update(next_at=None)
    for _reading in range(2):
        with tenancy.within(company.pk):
            ReadBack.objects.update(next_at=datetime.now(UTC))
            ReadBack.objects.exclude(missing_since=None).update(
                missing_since=datetime.now(UTC) - readback.AGREE_AFTER
            )
        readback.read_due()
    while jobs.run_pending():
        pass
    with tenancy.within(company.pk):
        codes = Counter(Publication.objects.values_list("reason_code", flat=True))
        told = set(Notice.objects.values_list("kind", flat=True))
    wanted = {"gone": len(channels), "changed": len(channels), "": len(channels)}
    also = [] if codes == wanted else [f"found {dict(codes)}"]
    also += [
        f"{kind} not told" for kind in ("gone", "changed") if f"publication.{kind}" not in told
    ]
    judge.say("43", name, company, Expected(("published",), None), also=also)
