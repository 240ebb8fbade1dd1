"""What comes in: requests of colleagues in every state, sources of ideas, and a board in use."""

from __future__ import annotations

import tomllib
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from unisono.demo.company import House
from unisono.demo.script import FOLDER
from unisono.rooms.content import board, ideas, sources
from unisono.rooms.content.models import Idea
from unisono.rooms.content.queries import columns
from unisono.rooms.engagement.ideas import from_message
from unisono.rooms.engagement.models import Message
from unisono.rooms.feeds import actions as feeds
from unisono.rooms.feeds.models import FeedEntry
from unisono.rooms.feeds.reading import Entry, Reading
from unisono.rooms.library.queries import stored
from unisono.rooms.plan import occasions
from unisono.rooms.publishing.promises import outcome
from unisono.rooms.requests import actions as requests
from unisono.rooms.requests import files
from unisono.rooms.requests.actions import Wish
from unisono.rooms.requests.models import IntakeLink, Request


def ask(house: House) -> None:
    """The forms, what came through them, and what was answered; before the posts are written that
    some of them became."""
    said = _said()
    forms = {entry["key"]: _form(house, entry) for entry in said["form"]}
    # In the order of time, as they came.
    for entry in sorted(said["request"], key=lambda one: float(one["day"])):
        _request(house, entry, forms[entry["form"]])


def gather(house: House) -> None:
    """Ideas from everywhere else, and what colleagues put on them. Messages are there by now."""
    said = _said()
    for entry in said["feed"]:
        _feed(house, entry, said["entry"])
    for entry in said["clip"]:
        _capture(house, entry, source=Idea.Source.CLIP, source_name=entry["source"])
    for entry in said["message_idea"]:
        _message(house, entry)
    for entry in said["key_date_idea"]:
        _key_date(house, entry)
    for entry in said["dropped"]:
        idea = _capture(house, entry)
        ideas.drop(idea, by=house.actor(entry["by"]), now=_at(house, entry["gone"]))
    for entry in said["merged"]:
        _merge(house, entry)
    there = columns(house.actor("lea"))
    for entry in said["on"]:
        _put_on(house, entry, there)


def settle(house: House) -> None:
    """Requests whose posts are out by now are done since then."""
    for row in Request.objects.filter(state="promised"):
        out = outcome(row)["out"]
        if out and out[0]["at"]:
            by = house.actor("tom" if row.department else "lea")
            requests.finish(row, by=by, now=out[0]["at"])


def _said() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "intake.toml").read_text(encoding="utf-8"))


def _at(house: House, day: float) -> datetime:
    return house.script.ago(-day)


def _form(house: House, entry: dict[str, Any]) -> IntakeLink:
    link, _secret = requests.open_link(
        name=entry["name"],
        department=house.departments.get(entry["department"]),
        by=house.actor(entry["by"]),
        now=_at(house, entry["day"]),
    )
    return link


def _request(house: House, entry: dict[str, Any], form: IntakeLink) -> None:
    at = _at(house, entry["day"])
    sending = uuid5(NAMESPACE_URL, entry["title"])
    for name, data in _files(house, entry):
        files.stage(form, data=data, name=name, sending=sending, sender="", now=at)
    email = f"{entry['name'].split()[0].lower().replace('é', 'e')}@lumen.example"
    wish = Wish(
        title=entry["title"],
        reason=entry["reason"],
        name=entry["name"],
        email=email,
        wish=entry.get("wish", ""),
        reference=entry.get("reference", ""),
        wanted_on=house.script.day(entry["wanted"]) if "wanted" in entry else None,
        language=entry["language"],
    )
    row, _secret = requests.send(form, wish, sending=sending, sender="", now=at)
    if "department" in entry:
        where = house.departments[entry["department"]]
        requests.hand_over(row, department=where, by=house.actor("lea"), now=at)
    for word in entry.get("asks", ()):
        _say(house, row, word)
    _answer(house, row, entry)


def _say(house: House, row: Request, word: dict[str, Any]) -> None:
    now = _at(house, word["day"])
    if "by" in word:
        requests.ask_back(row, question=word["text"], by=house.actor(word["by"]), now=now)
    else:
        requests.answer(row, text=word["text"], now=now)


def _answer(house: House, row: Request, entry: dict[str, Any]) -> None:
    if told := entry.get("refusal"):
        by, now = house.actor(told["by"]), _at(house, told["day"])
        requests.refuse(row, reason=told["reason"], by=by, now=now)
    if told := entry.get("promise"):
        by, now = house.actor(told["by"]), _at(house, told["day"])
        on = house.script.day(told["on"])
        requests.promise(row, on=on, note=told["note"], by=by, now=now)
    if made := entry.get("idea"):
        by, now = house.actor(made["by"]), _at(house, made["day"])
        idea = sources.from_request(row, by=by, now=now)
        if "post" in entry:
            house.asked[entry["post"]] = idea


def _files(house: House, entry: dict[str, Any]) -> list[tuple[str, bytes]]:
    found = []
    if "paper" in entry:
        found.append((f"{entry['paper']}.pdf", _paper(entry["paper"])))
    if "picture" in entry:
        asset = house.assets[entry["picture"]]
        found.append((f"{asset.name}.jpg", stored(asset)[0]))
    return found


def _paper(title: str) -> bytes:
    """One page of PDF with a title on it."""
    shown = title.encode("latin-1", "replace").replace(b"(", b"").replace(b")", b"")
    words = b"BT /F1 22 Tf 72 760 Td (" + shown + b") Tj ET"
    fonts = b"/Resources<</Font<</F1 5 0 R>>>>"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%s>>" % fonts,
        b"<</Length %d>>stream\n%s\nendstream" % (len(words), words),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += b"%d 0 obj%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 6\n0000000000 65535 f \n" + table
    return made + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def _feed(house: House, entry: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    """A feed as it was read last, and no more: nothing is fetched from outside for a demo."""
    by = house.actor(entry["by"])
    feed = feeds.follow(url=entry["url"], name=entry["name"], by=by, now=_at(house, entry["day"]))
    for one in entries:
        at = _at(house, one["day"])
        listed = [Entry(one["link"], one["title"], one["link"], one["summary"], at)]
        feeds.take_in(feed, Reading(entry["name"], listed), etag="", modified="", by=by, now=at)
        if made := one.get("idea"):
            row = FeedEntry.objects.get(feed=feed, title=one["title"])
            sources.from_entry(row, by=house.actor(made["by"]), now=_at(house, made["day"]))
    feeds.stop(feed, by=by, now=house.script.now)


def _capture(house: House, entry: dict[str, Any], **more: Any) -> Idea:
    return ideas.capture(
        title=entry["title"],
        note=entry["note"],
        link=entry.get("link", ""),
        department=house.departments.get(entry.get("department", "")),
        by=house.actor(entry["by"]),
        now=_at(house, entry["day"]),
        **more,
    )


def _message(house: House, entry: dict[str, Any]) -> None:
    """The longest question somebody asked outside."""
    asked = [row for row in Message.objects.select_related("channel") if "?" in row.text]
    if asked:
        message = max(asked, key=lambda row: (len(row.text), row.remote_id))
        by = house.actor(entry["by"])
        from_message(message, by=by, now=_at(house, entry["day"]))


def _key_date(house: House, entry: dict[str, Any]) -> None:
    """For the next date of the company itself."""
    by, today = house.actor(entry["by"]), house.script.today
    (date, *_others) = occasions.occasions(by, today, house.script.day(365), kind="company")
    sources.from_key_date(
        title=entry["title"],
        note=entry["note"],
        date_id=date.pk,
        date_name=date.dated,
        department=date.department,
        by=by,
        now=_at(house, entry["day"]),
    )


def _merge(house: House, entry: dict[str, Any]) -> None:
    idea, by = _capture(house, entry), house.actor(entry["by"])
    at = _at(house, entry["merged"])
    board.vote(idea, wanted=True, by=by, now=at)
    board.comment(idea, text=entry["comment"], by=by, now=at)
    into = Idea.objects.get(title=entry["into"])
    ideas.merge(idea, into=into, by=by, now=at)


def _put_on(house: House, entry: dict[str, Any], there: list[Any]) -> None:
    idea, now = Idea.objects.get(title=entry["title"]), house.script.ago(1)
    lea = house.actor("lea")
    board.tag(idea, entry.get("tags", ()), by=lea, now=now)
    for name in entry.get("votes", ()):
        board.vote(idea, wanted=True, by=house.actor(name), now=now)
    for said in entry.get("comments", ()):
        by = house.actor(said["by"])
        board.comment(idea, text=said["text"], by=by, now=_at(house, said["day"]))
    if "picture" in entry:
        board.attach(idea, house.assets[entry["picture"]], by=lea, now=now)
    if entry["column"]:
        board.move(idea, column=there[entry["column"]], by=lea, now=now)
