"""Rows about everything around a worker: the database, people, holds, other tenants, backups."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.drill import workers
from tests.drill.deaths import judged, staged
from tests.drill.house import MADE_PUBLIC, PLACES, Company, House, patient
from tests.drill.judge import HELD, PUBLISHED, Expected, Judge
from tests.servers.running import free_port

SLOW = {"mode": "delay", "path": MADE_PUBLIC, "count": 10_000, "seconds": 0.15}


def run(house: House, judge: Judge, only: str = "") -> None:
    for part in (
        _database_crash, _database_away, _database_read_only, _lines_cut, _rows_locked,
        _nobody_listens, _restored, _partial, _twins, _picture, _server_hangs, _application_limit,
        _small_and_big, _cancelled_in_the_instant, _stopped_mid_burst, _approval_gone,
        _disconnected_in_flight, _reaction_fails, _double_click, _thread, _first_comment,
    ):  # fmt: skip
        if only in part.__name__:
            part(house, judge)
            house.switch()


def _out(house: House, channels: dict[str, Any]) -> int:
    return sum(sum(house.truth(channel).values()) for channel in channels.values())


def _database_crash(house: House, judge: Judge) -> None:
    name = "the database loses power mid-burst, twice"
    company, channels = staged(house, name, 40)
    house.switch(SLOW)
    with workers.at_work():
        for share in (20, 70):
            patient(lambda share=share: _out(house, channels) >= share)  # type: ignore[misc]
            house.crash_database()
        house.wait(company)
    judged(judge, "16", name, company, channels)


def _database_away(house: House, judge: Judge) -> None:
    name = "the database is away when posts fall due"
    company, channels = staged(house, name, 0)
    due = datetime.now(UTC) + timedelta(seconds=1.5)
    for promise, channel in channels.items():
        house.due(company, [channel], [f"{name} {promise} {n}" for n in range(6)], at=due)
    with workers.at_work():
        time.sleep(0.5)
        house.stop_database()
        time.sleep(3)
        house.start_database()
        back = time.monotonic()
        house.wait(company)
        took = time.monotonic() - back
    also = [] if took < 10 else [f"took {took:.0f} s to go on"]
    judged(judge, "18", name, company, channels, *also)


def _database_read_only(house: House, judge: Judge) -> None:
    name = "the database takes no writes: nothing is sent"
    company, channels = staged(house, name, 10)
    kick = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    house.as_owner("ALTER SYSTEM SET default_transaction_read_only = on",
                   "SELECT pg_reload_conf()", kick)  # fmt: skip
    with workers.at_work():
        time.sleep(3)
        sent = _out(house, channels)
        _writable(house)
        house.wait(company)
    judged(judge, "19", name, company, channels, *[f"{sent} sent"] * bool(sent))


def _writable(house: House) -> None:
    import psycopg

    with psycopg.connect(house.cluster.dsn, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )


def _lines_cut(house: House, judge: Judge) -> None:
    name = "the lines to the database are cut again and again"
    company, channels = staged(house, name, 30)
    house.switch(SLOW)
    kick = ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")  # fmt: skip
    with workers.at_work(2):
        for _cut in range(12):
            time.sleep(0.3)
            house.as_owner(kick)
        from django.db import connections

        connections.close_all()
        house.wait(company)
    judged(judge, "20", name, company, channels)


def _rows_locked(house: House, judge: Judge) -> None:
    import psycopg

    name = "somebody else holds locks on the rows"
    company, channels = staged(house, name, 20)
    house.switch(SLOW)
    with workers.at_work():
        patient(lambda: _out(house, channels) >= 8)
        with psycopg.connect(house.cluster.dsn) as rival:
            rival.execute("SELECT set_config('app.org', '*', false)")
            rival.execute("SELECT 1 FROM publication WHERE state = 'publishing' FOR UPDATE")
            time.sleep(2)
        house.wait(company)
    judged(judge, "23", name, company, channels)


def _nobody_listens(house: House, judge: Judge) -> None:
    name = "nobody listens at the network's address for a while"
    company, port, channels = house.company(name), free_port(), {}
    with house.network_up(port, "away") as server:
        for promise in PLACES:
            channels[promise] = house.channel(company, promise, server)
    for promise, channel in channels.items():
        house.due(company, [channel], [f"{name} {promise} {n}" for n in range(5)])
    with workers.at_work():
        time.sleep(2.5)
        with house.network_up(port, "away"):
            house.wait(company)
            # Never sent is known for sure: also where nothing can be looked up.
            for promise, channel in channels.items():
                judge.say("24", f"{name} [{promise}]", company, PUBLISHED, channels=[channel])


def _restored(house: House, judge: Judge) -> None:
    from unisono.kernel import tenancy
    from unisono.rooms.publishing import doubts
    from unisono.rooms.publishing.models import Publication

    name = "restored from a backup older than what went out"
    taken_at = datetime.now(UTC)
    company, channels = staged(house, name, 5)
    with workers.at_work():
        house.wait(company)
    with tenancy.within(company.pk):
        Publication.objects.filter(pk__in=_some(company)).update(
            state="scheduled", handle={}, tries=0, remote_id="", url="",
            published_at=None, first_armed_at=None, armed_at=None, next_at=datetime.now(UTC),
        )  # fmt: skip
    doubts.restored(taken_at=taken_at, now=datetime.now(UTC))
    with workers.at_work():
        house.wait(company)
    for promise, channel in channels.items():
        # A container that the backup does not know of cannot be asked for.
        expected = Expected(("published", "asked"), None if promise == "none" else 1)
        judge.say("21", f"{name} [{promise}]", company, expected, channels=[channel])


def _some(company: Company) -> list[Any]:
    from unisono.rooms.publishing.models import Attempt, Publication

    rows = list(Publication.objects.values_list("pk", flat=True)[::2])
    Attempt.objects.filter(publication__in=rows).update(outcome="published")
    return rows


def _partial(house: House, judge: Judge) -> None:
    name = "one of four networks refuses"
    company, channels = staged(house, name, 1)
    house.switch({"mode": "refuse", "path": "/posts$", "handle": channels["look-up"].handle})
    with workers.at_work():
        house.wait(company)
    for promise, channel in channels.items():
        expected = Expected(("failed",), 0) if promise == "look-up" else PUBLISHED
        judge.say("49", f"{name} [{promise}]", company, expected, channels=[channel])


def _twins(house: House, judge: Judge) -> None:
    name = "two posts that say the same, the first answer lost"
    company = house.company(name)
    channels = {promise: house.channel(company, promise) for promise in PLACES}
    for channel in channels.values():
        house.switch({"mode": "lose_answer", "path": MADE_PUBLIC,
                      "handle": channel.handle})  # fmt: skip
        house.due(company, [channel], ["The same words."] * 2)
    with workers.at_work():
        house.wait(company)
    judged(judge, "53", name, company, channels)


def _picture(house: House, judge: Judge) -> None:
    name = "the upload of a picture fails, then the commit loses its answer"
    company = house.company(name)
    channels = {p: house.channel(company, p) for p in PLACES}
    for channel in channels.values():
        house.switch({"mode": "outage", "path": "media$", "handle": channel.handle},
                     {"mode": "lose_answer", "path": MADE_PUBLIC,
                      "handle": channel.handle})  # fmt: skip
    house.pictured(company, list(channels.values()), name)
    with workers.at_work():
        house.wait(company)
    judged(judge, "46", name, company, channels)


def _server_hangs(house: House, judge: Judge) -> None:
    name = "one server hangs: the others do not wait for it"
    hung, quick = house.company(f"{name} (hung)"), house.company(f"{name} (others)")
    with house.network_up(free_port(), "hung") as server:
        lanes = [house.channel(hung, "key", server) for _lane in range(110)]
        house.switch({"mode": "delay", "path": "/posts$", "count": 999, "seconds": 6},
                     server=server)  # fmt: skip
        house.due(hung, lanes, [f"hung {n}" for n in range(110)])
        channels = {promise: house.channel(quick, promise) for promise in PLACES}
        with workers.at_work():
            time.sleep(1.5)
            for promise, channel in channels.items():
                house.due(quick, [channel], [f"quick {promise} {n}" for n in range(3)])
            begun = time.monotonic()
            house.wait(quick)
            took = time.monotonic() - begun
            house.wait(hung)
        also = [] if took < 4 else [f"took {took:.0f} s"]
        judged(judge, "64", name, quick, channels, *also)
        judge.say("64b", "what hung goes out as well", hung, PUBLISHED)


def _application_limit(house: House, judge: Judge) -> None:
    """All workers and all channels of the server wait; the network sees nobody meanwhile."""
    from unisono.kernel import tenancy
    from unisono.rooms.publishing.models import Attempt

    name = "a limit of the application stops every channel, in every worker"
    company = house.company(name)
    with house.network_up(free_port(), "limited") as server:
        channels = {p: house.channel(company, p, server) for p in PLACES}
        house.switch({"mode": "limited", "path": "/posts$", "handle": channels["key"].handle,
                      "seconds": 4, "scope": "application"}, server=server)  # fmt: skip
        house.due(company, [channels["key"]], ["the one that is told"])
        with workers.at_work(2):
            patient(lambda: _tries(company) > 0)
            told = datetime.now(UTC)
            for channel in channels.values():
                house.due(company, [channel], [f"{name} {channel.handle} {n}" for n in range(3)])
            house.wait(company)
        with tenancy.within(company.pk):
            early = Attempt.objects.filter(
                armed_at__gt=told, armed_at__lt=told + timedelta(seconds=2.5)
            ).count()
        judged(judge, "30d", name, company, channels, *[f"{early} sent early"] * bool(early))


def _tries(company: Company) -> int:
    from unisono.kernel import tenancy
    from unisono.rooms.publishing.models import Attempt

    with tenancy.within(company.pk):
        return Attempt.objects.filter(outcome="limited").count()


def _small_and_big(house: House, judge: Judge) -> None:
    """A company with a few posts does not wait behind one with many."""
    name = "five posts beside six hundred of another company"
    big, small = house.company(f"{name} (big)"), house.company(f"{name} (small)")
    lanes = [house.channel(big, "key") for _lane in range(10)]
    channels = {promise: house.channel(small, promise) for promise in PLACES}
    house.switch({**SLOW, "seconds": 0.1})
    house.due(big, lanes, [f"big {n}" for n in range(600)])
    with workers.at_work():
        time.sleep(0.5)
        for promise, channel in channels.items():
            house.due(small, [channel], [f"small {promise}"])
        house.wait(small)
        left = house.unsettled(big)
        house.wait(big)
    judged(judge, "63", name, small, channels, *["the small one waited"] * (left < 200))
    judge.say("63b", "and the six hundred go out", big, PUBLISHED)


def _cancelled_in_the_instant(house: House, judge: Judge) -> None:
    """Who wins is known at once: cancelled and not out, or out and said to be."""
    from unisono.kernel import tenancy
    from unisono.kernel.refusals import Refusal
    from unisono.rooms.publishing import actions as publishing
    from unisono.rooms.publishing.models import Publication

    name = "cancelled in the very instant"
    company, channels = staged(house, name, 20)
    with workers.at_work():
        for _round in range(3):
            with tenancy.within(company.pk):
                rows = list(Publication.objects.filter(state="scheduled").select_related(
                    "variant__post"))  # fmt: skip
            for row in rows[::2]:
                try:
                    with tenancy.within(company.pk):
                        publishing.cancel(row, by=company.admin, now=datetime.now(UTC))
                except Refusal:
                    pass
        house.wait(company)
    for promise, channel in channels.items():
        expected = Expected(("published", "cancelled"), None)
        judge.say("57", f"{name} [{promise}]", company, expected, channels=[channel])


def _stopped_mid_burst(house: House, judge: Judge) -> None:
    from unisono.kernel import tenancy
    from unisono.rooms.publishing import holds
    from unisono.rooms.publishing.models import Attempt

    name = "the stop button mid-burst"
    company, channels = staged(house, name, 50)
    house.switch(SLOW)
    with workers.at_work(2):
        patient(lambda: _out(house, channels) >= 20)
        with tenancy.within(company.pk):
            holds.place(by=company.admin, now=datetime.now(UTC))
        stopped = datetime.now(UTC)
        house.wait(company)
        with tenancy.within(company.pk):
            late = Attempt.objects.filter(armed_at__gt=stopped + timedelta(seconds=0.5)).count()
    for promise, channel in channels.items():
        judge.say("58", f"{name} [{promise}]", company, Expected(("published", "held"), None),
                  channels=[channel], also=[f"{late} armed later"] * bool(late))  # fmt: skip


def _approval_gone(house: House, judge: Judge) -> None:
    from unisono.kernel import tenancy
    from unisono.rooms.people.models import Department

    name = "not approved when it is due"
    company, channels = staged(house, name, 3)
    with tenancy.within(company.pk):
        Department.objects.update(approval_required=True)
    with workers.at_work():
        house.wait(company)
    for promise, channel in channels.items():
        judge.say("59", f"{name} [{promise}]", company, HELD, channels=[channel])


def _disconnected_in_flight(house: House, judge: Judge) -> None:
    from unisono.kernel import tenancy
    from unisono.rooms.channels import actions as channels_of
    from unisono.rooms.channels.models import Channel

    name = "the channel is disconnected while a post is under way"
    company, channels = staged(house, name, 1)
    house.switch({**SLOW, "mode": "mute", "seconds": 1.0})
    with workers.at_work():
        patient(lambda: _out(house, channels) >= len(channels))
        with tenancy.within(company.pk):
            for channel in Channel.objects.all():
                channels_of.disconnect(channel, by=company.admin, now=datetime.now(UTC))
        house.wait(company)
    judged(judge, "41", name, company, channels)


def _reaction_fails(house: House, judge: Judge) -> None:
    """What follows from a publication may fail; the post stays out, and is sent once."""
    from unisono.kernel import jobs
    from unisono.rooms.metrics import actions as metrics

    name = "what follows from a publication fails"
    company, channels = staged(house, name, 3)
    with workers.at_work():
        house.wait(company)
    watch, failed = metrics.watch_all, []

    def broken(*_args: Any, **_named: Any) -> None:
        raise RuntimeError("The figures' room is away.")

    metrics.watch_all = broken
    try:
        for _try in range(4):
            try:
                jobs.run_pending()
            except RuntimeError:
                failed.append(1)
    finally:
        metrics.watch_all = watch
    judged(judge, "69", name, company, channels, *["nothing failed"] * (not failed))


def _double_click(house: House, judge: Judge) -> None:
    """Four at once ask for the same post to be sent now."""
    from django.db import connections

    from unisono.kernel import tenancy
    from unisono.kernel.refusals import Refusal
    from unisono.rooms.content import actions as content
    from unisono.rooms.content.queries import variants_of
    from unisono.rooms.publishing import actions as publishing

    name = "“publish now” clicked four times at once"
    company = house.company(name)
    channels = {promise: house.channel(company, promise) for promise in PLACES}
    by, now = company.admin, datetime.now(UTC)
    with tenancy.within(company.pk):
        post = content.write_post(title=name, text=name, department=company.department,
                                  channels=list(channels.values()), by=by, now=now)  # fmt: skip
        revisions = [content.freeze(v, by=by, now=now) for v in variants_of(post)]

    def click() -> None:
        for revision in revisions:
            try:
                with tenancy.within(company.pk):
                    publishing.publish_now(revision, by=by, now=datetime.now(UTC))
            except Refusal:
                pass
        connections.close_all()

    threads = [threading.Thread(target=click) for _click in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with workers.at_work():
        house.wait(company)
    for promise, channel in channels.items():
        judge.say("56", f"{name} [{promise}]", company, PUBLISHED, channels=[channel])


def _thread(house: House, judge: Judge) -> None:
    _chain(house, judge, "47", "the third of five parts of a thread loses its answer", 5, 2)


def _first_comment(house: House, judge: Judge) -> None:
    _chain(house, judge, "48", "the first comment loses its answer", 2, 1)


def _chain(house: House, judge: Judge, number: str, name: str, parts: int, lost: int) -> None:
    """What is out stays, what follows waits, and goes on from there, in order, once."""
    from unisono.kernel import tenancy
    from unisono.rooms.content import actions as content
    from unisono.rooms.content.queries import variants_of
    from unisono.rooms.publishing import actions as publishing

    company = house.company(name)
    channels = {promise: house.channel(company, promise) for promise in PLACES}
    by, now = company.admin, datetime.now(UTC)
    for channel in channels.values():
        house.switch({"mode": "lose_answer", "path": MADE_PUBLIC, "skip": lost,
                      "handle": channel.handle})  # fmt: skip
    with tenancy.within(company.pk):
        post = content.write_post(
            title=name, text=f"{name} 1", department=company.department, by=by, now=now,
            follow_ups=[f"{name} {n + 1}" for n in range(1, parts)],
            channels=list(channels.values()),
        )  # fmt: skip
        for variant in variants_of(post):
            publishing.publish_now(content.freeze(variant, by=by, now=now), by=by, now=now)
    with workers.at_work():
        house.wait(company)
    for promise, channel in channels.items():
        waiting = Expected(("published", "asked", "scheduled"), None)
        judge.say(number, f"{name} [{promise}]", company,
                  waiting if promise == "none" else PUBLISHED, channels=[channel],
                  also=_disorder(house, channel, name))  # fmt: skip


def _disorder(house: House, channel: Any, name: str) -> list[str]:
    """Whether the parts are public in another order than they were written."""
    texts = [text for text in house.truth(channel) if text.startswith(name)]
    return ["out of order"] * (texts != sorted(texts))
