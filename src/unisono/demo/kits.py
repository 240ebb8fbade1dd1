"""Share kits in use: open for weeks, shared by some, and followed from outside every day."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from random import Random
from typing import Any

from unisono.demo.company import House
from unisono.demo.script import FOLDER
from unisono.rooms.advocacy import actions, counting, links, offers
from unisono.rooms.advocacy.models import Kit, KitLink
from unisono.rooms.content.models import Post

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def share(house: House) -> None:
    """Make the kits and play what colleagues and their readers did. Posts are out by now."""
    for entry in tomllib.loads((FOLDER / "kits.toml").read_text(encoding="utf-8"))["kit"]:
        kit, opened = _opened(house, entry)
        _taken_part(house, kit, entry, opened)
        _invited(house, kit, entry, opened)
        _visited(house, kit, entry["visits"], opened)


def _opened(house: House, entry: dict[str, Any]) -> tuple[Kit, datetime]:
    by, at = house.actor(entry["by"]), house.script.ago(-entry["day"])
    post = Post.objects.select_related("department", "campaign").get(title=entry["post"])
    found = offers.offers(by, post)
    chosen = [
        next(one.revision.pk for one in found if one.revision.variant.post.title == title)
        for title in entry["texts"]
    ]
    told = {"title": entry["title"], "note": entry["note"]}
    kit = actions.make(post, revisions=chosen, **told, by=by, now=at)
    actions.open_kit(kit, by=by, now=at + timedelta(minutes=20))
    to = [house.members[key] for key in entry["opened"]]
    actions.send(kit, to=to, by=by, now=at + timedelta(minutes=25))
    return kit, at


def _taken_part(house: House, kit: Kit, entry: dict[str, Any], at: datetime) -> None:
    for did in ("opened", "copied", "shared"):
        for key in entry[did]:
            counting.take_part(kit, did=did, by=house.actor(key), now=at)
    for key in entry["named"]:
        links.have_own(kit, wanted=True, by=house.actor(key), now=at)


def _invited(house: House, kit: Kit, entry: dict[str, Any], at: datetime) -> None:
    by = house.actor(entry["by"])
    made = [links.invite(kit, name=name, by=by, now=at)[0] for name in entry["invites"]]
    for did, times in entry["outside"].items():
        for n in range(times):
            day = at + timedelta(days=n % 9)
            sender = f"{kit.pk}{did}{n}"
            counting.tally(made[n % len(made)], did=did, agent=BROWSER, sender=sender, now=day)


def _visited(house: House, kit: Kit, most: int, at: datetime) -> None:
    """More at first, fewer at weekends, as such things go."""
    dice = Random(kit.title)
    codes = list(KitLink.objects.filter(kit=kit).order_by("pk").values_list("code", flat=True))
    day, age = at + timedelta(hours=3), 0
    while day < house.script.now:
        times = most * (0.35 + 1.4 / (1 + age / 4)) * (0.4 if day.weekday() > 4 else 1)
        for n in range(round(times * dice.uniform(0.6, 1.3))):
            sender = f"{kit.pk}{age}{n}"
            counting.visit(dice.choice(codes), agent=BROWSER, ahead=False, sender=sender, now=day)
        day, age = day + timedelta(days=1), age + 1
