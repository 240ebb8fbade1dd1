"""Writing, agreeing to and scheduling the demo's posts, each at the time it would have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from unisono.demo.company import House
from unisono.demo.script import PostLine
from unisono.kernel import clock
from unisono.rooms.content import actions as content
from unisono.rooms.content import ideas
from unisono.rooms.content.models import Post
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people.actors import Actor
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow.models import ApprovalRequest

SHORT_PLACE = "chirp"
SOON = (40, 60, 80, 100, 120, 150, 190, 240)
"""Seconds from the end of the loading to the first posts that go out while one watches."""


@dataclass(frozen=True)
class Times:
    """When the steps of one post were taken."""

    written: datetime
    asked: datetime
    decided: datetime


def times_of(house: House, line: PostLine) -> Times:
    """Days before it goes out, and always before now. A post's title decides how many."""
    now = house.script.now
    due = due_of(house, line) or now + timedelta(days=4)
    lead = 5 + len(line.title) % 5
    decided = min(due - timedelta(hours=30), now - timedelta(hours=5 + len(line.title) % 17))
    asked = min(decided - timedelta(hours=20), now - timedelta(hours=4))
    return Times(asked - timedelta(days=lead - 4, hours=2), asked, decided)


def due_of(house: House, line: PostLine) -> datetime | None:
    return clock.resolve(line.wall, house.script.zone).instant if line.wall else None


def write(house: House, line: PostLine) -> Post:
    """The post with its image and its channels' own words, as a draft."""
    by, now = author(house, line), times_of(house, line).written
    if line.title in house.asked:
        return _answered(house, line, by, now)
    post = content.write_post(
        title=line.title,
        text=line.text,
        follow_ups=line.more,
        language=line.language,
        department=house.departments[line.department],
        campaign=house.campaigns.get(line.campaign),
        objective=house.objectives.get(line.objective),
        channels=[house.channels[key] for key in line.channels],
        by=by,
        now=now,
    )
    _dress(house, line, post, by, now)
    return post


def _dress(house: House, line: PostLine, post: Post, by: Actor, now: datetime) -> None:
    """Its image, and its channels' own words."""
    if line.image:
        asset = house.assets[line.image]
        content.attach_image(post, asset, alt=_alt(house, line), by=by, now=now)
    if line.short:
        for variant in variants_of(post):
            if variant.channel.account.profile.get("place") == SHORT_PLACE:
                content.adapt_variant(variant, text=line.short, by=by, now=now)


def _answered(house: House, line: PostLine, by: Actor, now: datetime) -> Post:
    """The post a request became, by way of its idea."""
    department = house.departments[line.department]
    channels = [house.channels[key] for key in line.channels]
    idea = house.asked[line.title]
    post = ideas.develop(idea, department=department, channels=channels, by=by, now=now)
    content.change_post(
        post,
        title=line.title,
        text=line.text,
        language=line.language,
        department=department,
        campaign=house.campaigns.get(line.campaign),
        objective=house.objectives.get(line.objective),
        by=by,
        now=now,
    )
    _dress(house, line, post, by, now)
    return post


def pencil(house: House, line: PostLine, post: Post) -> None:
    """The time it should go out, where the script names one ahead."""
    if line.wall is None:
        return
    for variant in variants_of(post):
        content.plan_variant(
            variant,
            wall=line.wall,
            zone=house.script.zone,
            by=author(house, line),
            now=times_of(house, line).asked,
        )


def ask(house: House, line: PostLine, post: Post, *, schedule: bool = True) -> None:
    """Ask for approval."""
    workflow.ask_approval(
        post,
        schedule_when_approved=schedule,
        by=author(house, line),
        now=times_of(house, line).asked,
    )


def approve(house: House, line: PostLine, post: Post) -> list[ApprovalRequest]:
    """The word of somebody other than the author."""
    return workflow.approve_post(post, by=approver(house, line), now=times_of(house, line).decided)


def schedule(
    house: House, line: PostLine, requests: list[ApprovalRequest], *, wall: datetime, now: datetime
) -> list[Publication]:
    """Give each approved revision its time."""
    by = house.actor("lea")
    return [
        publishing.schedule(request.revision, wall=wall, zone=house.script.zone, by=by, now=now)
        for request in requests
    ]


def author(house: House, line: PostLine) -> Actor:
    """Who writes for a department in a language."""
    if line.department == "people":
        return house.actor("tom")
    if line.department == "service":
        return house.actor("nadia")
    if line.language == "de":
        return house.actor("jonas")
    if line.department == "sales":
        return house.actor("amelia" if line.language == "en" else "lea")
    return house.actor("amelia" if line.language == "en" else "lea")


def approver(house: House, line: PostLine) -> Actor:
    """Who agrees: of the department, and not the author."""
    if line.department == "marketing":
        return house.actor("pauline")
    if line.department == "sales" and line.language != "de":
        return house.actor("jonas")
    return house.actor("lea" if line.language == "en" else "pauline")


def _alt(house: House, line: PostLine) -> str:
    """The alt text in the post's own language."""
    images = {entry["key"]: entry for entry in house.script.company["image"]}
    return str(images[line.image]["alt"][line.language])
