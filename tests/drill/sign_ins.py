"""Rows about sign-ins whose token changes with every use."""

from __future__ import annotations

import fcntl
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.drill import workers
from tests.drill.house import Company, House
from tests.drill.judge import Judge
from unisono.kernel.secrets import Secret
from unisono.networks.contract import Sentence, SignInAgain, VerdictRaised

GONE = Sentence("This token was used before.")


@dataclass
class Provider:
    """Gives a new token for the last one; with `grace` also for the one before, as some do.

    Its book is a file, since several processes ask.
    """

    book: Path
    grace: bool = False
    slow: float = 0.0
    fatal: bool = False

    def read(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.book.read_text())
        return told

    def exchange(self, token: str) -> str:
        with self.book.open("r+") as book:
            fcntl.flock(book, fcntl.LOCK_EX)
            told = json.load(book)
            told["calls"] += 1
            good = [told["now"], *[told["before"]] * self.grace]
            if token in good:
                told |= {"before": token, "now": f"token-{told['calls']}"}
            book.seek(0)
            book.truncate()
            json.dump(told, book)
        if token not in good:
            raise VerdictRaised(SignInAgain(GONE))
        time.sleep(self.slow)
        if self.fatal:
            workers.die()
        return str(told["now"])


def run(house: House, judge: Judge) -> None:
    _two_at_once(house, judge)
    _killed_in_between(house, judge, grace=True)
    _killed_in_between(house, judge, grace=False)


def _two_at_once(house: House, judge: Judge) -> None:
    company, channel, provider = _staged(house, "two renew a sign-in at once")
    provider.slow = 1.0
    for pid in [_renewing(channel, provider) for _process in range(2)]:
        workers.ended(pid)
    told, problems = provider.read(), []
    if told["calls"] != 1:
        problems.append(f"asked {told['calls']} times")
    if _stored(company, channel) != told["now"]:
        problems.append("the good token is lost")
    judge.note("39", "two processes renew a rotating sign-in at once", 0, problems)


def _killed_in_between(house: House, judge: Judge, *, grace: bool) -> None:
    """The network has given a new token, and whoever asked for it dies before it is written."""
    name = "killed between a new token and its writing"
    company, channel, provider = _staged(house, name)
    provider.grace, provider.fatal = grace, True
    workers.ended(_renewing(channel, provider))
    provider.fatal = False
    workers.ended(_renewing(channel, provider))
    stored, state, told = _stored(company, channel), _state(company, channel), _notices(company)
    if grace:
        fine = stored == provider.read()["now"] and (state, told) == ("connected", 0)
        end = "the old one still serves"
    else:
        fine, end = state == "needs_sign_in" and told > 0, "a person is told at once"
    problems = [] if fine else [f"{state}, {told} notices, token {stored}"]
    judge.note("40", f"{name}: {end}", 0, problems)


def _staged(house: House, name: str) -> tuple[Company, Any, Provider]:
    company = house.company(name)
    channel = house.channel(company, "key")
    book = house.folder / f"provider-{house.made}.json"
    book.write_text(json.dumps({"now": _stored(company, channel), "before": "", "calls": 0}))
    return company, channel, Provider(book)


def _renewing(channel: Any, provider: Provider) -> int:
    """A process that renews what is due, as the worker does every minute."""

    def work() -> None:
        from unisono.networks import registry
        from unisono.rooms.channels import jobs

        async def refresh(_self: Any, _http: Any, account: Any, keys: Any) -> Any:
            if account.remote_id != channel.remote_id:
                return None
            return {"token": Secret(provider.exchange(keys["token"].reveal()))}

        type(registry.adapter("sandbox")).refresh = refresh  # type: ignore[method-assign]
        jobs.renew_due()

    return workers.forked(work)


def _row(company: Company, channel: Any) -> Any:
    from unisono.kernel import tenancy
    from unisono.rooms.channels.models import Channel

    with tenancy.within(company.pk):
        return Channel.objects.get(pk=channel.pk)


def _state(company: Company, channel: Any) -> str:
    return str(_row(company, channel).state)


def _stored(company: Company, channel: Any) -> str:
    from unisono.rooms.channels import vault

    row = _row(company, channel)
    return vault.opened(row.credentials, row.binding)["token"].reveal()


def _notices(company: Company) -> int:
    from unisono.kernel import jobs, tenancy
    from unisono.rooms.notifications.models import Notice

    while jobs.run_pending():
        pass
    with tenancy.within(company.pk):
        return Notice.objects.filter(kind="channel.needs_sign_in").count()
