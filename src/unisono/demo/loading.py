"""The loader: the whole script in one transaction, so that it is there in full or not at all.

The worker may be running already. It sees nothing of this before the end, and so sends none of the
past a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from unisono.demo import (
    automations,
    campaigns,
    echo,
    experiments,
    history,
    intake,
    kits,
    plans,
    posts,
    rules,
    voices,
    work,
)
from unisono.demo.company import House, found, furnish, think
from unisono.demo.history import Wire
from unisono.demo.script import PostLine, read_script
from unisono.kernel import clock, database, events, tenancy
from unisono.rooms.content import series
from unisono.rooms.content.models import Post
from unisono.rooms.content.recurrence import End, Rule
from unisono.rooms.library.queries import stored
from unisono.rooms.orchestration import noticing
from unisono.rooms.people.actors import system
from unisono.rooms.people.models import Organization
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import holds, order
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow.models import ApprovalRequest

Say = Callable[[str], None]
TROUBLES = ("refused", "unsent", "unknown", "held")
SETTLED = ("published", *TROUBLES)


def load(now: datetime, *, sandbox_port: int, say: Say, soon_from: datetime | None) -> None:
    """See `unisono.demo.load`."""
    if Organization.objects.exists():
        say("There is an organization already: the demonstration company is left as it is.")
        return
    script, server = read_script(now), f"http://127.0.0.1:{sandbox_port}"
    with Wire() as wire:
        say("Waiting for the sandbox network.")
        history.await_sandbox(wire, server)
        with transaction.atomic():
            house = found(script, server)
            with tenancy.within(house.organization.pk):
                _play(wire, house, say, soon_from)
        database.refresh_statistics()
    say("The demonstration company is ready. Everybody's password is unisono-demo.")


def _play(wire: Wire, house: House, say: Say, soon_from: datetime | None) -> None:
    script = house.script
    with _quietly():
        say("Loading people, channels, the library, objectives and campaigns.")
        furnish(house)
        campaigns.open_all(house)
        think(house)
        intake.ask(house)
        _read_pictures(house)
    out = _past(wire, house, say)
    with _quietly():
        out += experiments.tried(wire, house)
        say(f"Reading the figures of {len(out)} publications.")
        for publication in out:
            echo.measure(house, publication)
        experiments.conclude(house)
        echo.follow(house)
        messages = echo.converse(wire, house, out) + voices.ask(house, out)
        say(f"Received {messages} messages.")
        intake.gather(house)
        intake.settle(house)
        kits.share(house)
    _present(house)
    with _quietly():
        _ahead(house)
        _ordered(house)
        _repeated(house)
        campaigns.hold_again(house)
        work.lay_out(house)
    _comments(house)
    with _quietly():
        _soon(house, say, soon_from)
        rules.agree(house)
        experiments.ask(house)
        automations.let_act(house)
        say("Looking around: what stands out, and what could be done about it.")
        noticing.notice(by=system(house.organization), now=script.now)
        noticing.propose(by=system(house.organization), now=script.now)
        say("Drawing a plan of the next two weeks.")
        plans.draw(house)
    say(f"{len(script.posts)} posts are in the plan.")


def _past(wire: Wire, house: House, say: Say) -> list[Publication]:
    """Everything due before now, in the order of time; what went out, with what it carried."""
    lines = [line for line in house.script.posts if line.state in SETTLED and line.wall]
    lines.sort(key=lambda line: (line.wall, line.title))
    hold_at = house.script.ago(-house.script.company["hold"]["day"])
    placed = False
    for number, line in enumerate(lines, start=1):
        due = posts.due_of(house, line)
        if due is None:
            continue
        if due > hold_at and not placed:
            _place_hold(house, hold_at)
            placed = True
        _send(wire, house, line, due)
        if number % 20 == 0:
            say(f"Sent {number} of {len(lines)} posts of the last 90 days.")
    rows = Publication.objects.filter(state="published", part=0).select_related(
        "channel", "revision"
    )
    out = list(rows.order_by("due_at", "pk"))
    for publication in out:
        echo.listen(publication)
    return out


def _send(wire: Wire, house: House, line: PostLine, due: datetime) -> None:
    """One post from its first word to what became of it."""
    with _quietly():
        post = posts.write(house, line)
        posts.ask(house, line, post)
        requests = posts.approve(house, line, post)
        at = posts.times_of(house, line).decided + timedelta(minutes=20)
        made = posts.schedule(house, line, requests, wall=line.wall or due, now=at)
        if line.state == "published":
            history.deliver(wire, house, due=due)
            return
    # From here on people are told, since it needs one of them.
    if line.state == "refused":
        history.deliver_refused(wire, house, due=due)
    elif line.state == "unsent":
        history.deliver_unsent(made[0], due=due)
    elif line.state == "unknown":
        history.deliver_unknown(wire, house, made[0], due=due)
    else:
        history.deliver(wire, house, due=due)


def _present(house: House) -> None:
    """Drafts, and what waits for somebody's word; those concerned are told."""
    for line in house.script.posts:
        if line.state not in ("draft", "review", "changes", "approved"):
            continue
        with _quietly():
            post = posts.write(house, line)
            posts.pencil(house, line, post)
        if line.state == "draft":
            continue
        with _quietly() if line.state == "approved" else nullcontext():
            posts.ask(house, line, post, schedule=line.state != "approved")
            if line.state == "changes":
                _ask_changes(house, line, post)
            if line.state == "approved":
                posts.approve(house, line, post)


def _ask_changes(house: House, line: PostLine, post: Post) -> None:
    workflow.ask_changes_of_post(
        post,
        note=line.note,
        by=posts.approver(house, line),
        now=posts.times_of(house, line).asked + timedelta(hours=2),
    )


def _ahead(house: House) -> None:
    """What is scheduled for the weeks to come."""
    for line in house.script.posts:
        if line.state != "scheduled" or line.wall is None:
            continue
        requests = _agreed(house, line)
        at = house.script.now - timedelta(hours=2)
        posts.schedule(house, line, requests, wall=line.wall, now=at)


def _ordered(house: House) -> None:
    """Which posts go out after which."""
    script = house.script
    named = {post.title: post for post in Post.objects.filter(campaign__isnull=False)}
    for entry in script.company["order"]:
        order.follow(
            named[entry["post"]],
            named[entry["after"]],
            minutes=entry["minutes"],
            by=house.actor(entry["by"]),
            now=script.now - timedelta(hours=1),
        )


def _repeated(house: House) -> None:
    """What comes back by a rule: the next few agreed to and scheduled, the others pencilled in."""
    script = house.script
    for entry in script.company["series"]:
        by, at = house.actor(entry["by"]), script.ago(2)
        channels = [house.channels[key] for key in entry["to"]]
        pattern = series.Pattern(
            title=entry["title"],
            text=entry["text"].strip(),
            language=entry["lang"],
            department=house.departments[entry["department"]],
            objective=house.objectives[entry["objective"]],
            channels=channels,
        )
        first = script.day(1)
        first += timedelta(days=(entry["weekday"] - first.weekday()) % 7)
        wall = datetime.combine(first, time.fromisoformat(entry["at"]))
        rule = Rule("week", weekdays=(entry["weekday"],))
        rhythm = series.Rhythm(rule, wall, script.zone, End(count=entry["times"]))
        made = series.make_series(pattern, rhythm, by=by, now=at)
        for row in made.occurrences.order_by("day")[: entry["agreed"]]:
            if row.post:
                workflow.ask_approval(row.post, by=by, now=at)
                workflow.approve_post(row.post, by=house.actor(entry["approver"]), now=at)
                publishing.schedule_post(row.post, by=by, now=at)


def _soon(house: House, say: Say, soon_from: datetime | None) -> None:
    """What goes out within minutes. Last of all, since its times count from the end."""
    lines = [line for line in house.script.posts if line.state == "soon"]
    agreed = [(line, _agreed(house, line)) for line in lines]
    start = soon_from or timezone.now()
    for (line, requests), seconds in zip(agreed, posts.SOON, strict=True):
        wall = clock.to_wall(start + timedelta(seconds=seconds), house.script.zone)
        posts.schedule(house, line, requests, wall=wall, now=start)
    say(f"{len(lines)} posts go out within the next minutes: watch the calendar.")


def _agreed(house: House, line: PostLine) -> list[ApprovalRequest]:
    post = posts.write(house, line)
    posts.ask(house, line, post)
    return posts.approve(house, line, post)


def _comments(house: House) -> None:
    """What colleagues said; under posts that are written by now."""
    titled = {post.title: post for post in Post.objects.select_related("department")}
    for entry in house.script.company["comment"]:
        post = titled.get(entry["post"])
        if post is not None:
            workflow.write_comment(
                post,
                text=entry["text"],
                by=house.actor(entry["by"]),
                now=house.script.ago(-entry["day"] / 2),
            )


def _place_hold(house: House, at: datetime) -> None:
    entry = house.script.company["hold"]
    holds.place(keyword=entry["keyword"], why=entry["why"], by=house.actor(entry["by"]), now=at)


def _read_pictures(house: House) -> None:
    """The library's files as they were stored, by digest."""
    for asset in house.assets.values():
        house.pictures[asset.sha256] = stored(asset)[0]


@contextmanager
def _quietly() -> Iterator[None]:
    """Without reactions: nobody wants notices of what happened weeks ago, and what reactions
    would do is done by name."""
    wired = events.wired()
    events.wire({})
    try:
        yield
    finally:
        events.wire(wired)
