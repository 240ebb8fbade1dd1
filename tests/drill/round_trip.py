"""The whole plan out as a file and in again: five thousand posts, and no difference."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime, timedelta

from tests.drill.house import House
from tests.drill.judge import Judge

POSTS = 5_000
ODD = (
    "=1+1",
    "-5 °C outside",
    "+49 30 1234",
    "@all: look",
    "'quoted",
    'two\n\nlines, a "quote"',
    "ünï👩‍🌾",
)


def run(house: House, judge: Judge) -> None:
    from unisono.kernel import jobs, tenancy
    from unisono.kernel.models import Event
    from unisono.rooms.exports import files, sheet
    from unisono.rooms.imports import actions as imports

    name = f"{POSTS} posts out as CSV and in again"
    company = house.company(name)
    channel = house.channel(company, "key")
    at = datetime.now(UTC) + timedelta(days=30)
    texts = [f"{ODD[n % len(ODD)]} {n}" for n in range(POSTS)]
    house.due(company, [channel], texts, at=at, latest=timedelta(hours=2))
    with tenancy.within(company.pk):
        by, now = company.admin, datetime.now(UTC)
        before = list(sheet.lines(by))
        happened = Event.objects.exclude(kind__startswith="import").count()
        begun = time.monotonic()
        file = io.BytesIO()
        files.write(sheet.lines(by), "csv", file)
        out = time.monotonic() - begun
        run = imports.upload(data=file.getvalue(), name="plan.csv", by=by, now=now)
        report = imports.report(run, by=by)
        imports.confirm(run, by=by, now=now)
    while jobs.run_pending(queue="imports"):
        pass
    back = time.monotonic() - begun - out
    with tenancy.within(company.pk):
        run.refresh_from_db()
        after = list(sheet.lines(by))
        later = Event.objects.exclude(kind__startswith="import").count()
    problems = [] if run.state == "done" else [f"the import is {run.state}"]
    problems += [f"{len(report.changes)} changes"] if report.changes else []
    problems += [f"{len(report.problems)} problems"] if report.problems else []
    problems += [] if report.same == POSTS and before == after else ["the plan is another"]
    problems += [] if later == happened else ["something happened"]
    print(f"       out in {out:.1f} s, in again in {back:.1f} s", flush=True)
    judge.note("out", name, POSTS, problems)
