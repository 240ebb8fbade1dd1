"""The plan in calendar programs: valid, stable, private, and never more than its owner sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from tests.cast import NOW, Cast
from unisono.kernel.models import Event
from unisono.kernel.refusals import Invalid, NotAllowed, NotFound
from unisono.rooms.content import actions as content
from unisono.rooms.exports import links
from unisono.rooms.people.models import Member
from unisono.rooms.publishing.agenda import Filters

LONG = "Äußerst lange Überschrift, mit Komma; Semikolon und \\ Rückstrich, " + "ö" * 60


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unisono.screens.calendar.out.now", lambda: NOW)


def subscribed(cast: Cast, name: str = "editor", **filters: Any) -> str:
    by = cast.actor(name)
    _link, secret = links.make(name="Plan", filters=Filters(**filters), by=by, now=NOW)
    return f"/calendar/links/{secret.reveal()}.ics"


def read(url: str, **headers: str) -> Any:
    return Client(HTTP_HOST="127.0.0.1:8400").get(url, headers=headers)


def events(url: str) -> dict[str, Any]:
    calendar = Calendar.from_ical(read(url).content)
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def planned(cast: Cast, title: str = LONG, day: int = 11) -> Any:
    post = content.write_post(
        title=title,
        text="Light.",
        department=cast.departments["Marketing"],
        channels=[cast.agora],
        wall=datetime(2026, 3, day, 8, 50),
        zone="Europe/Paris",
        by=cast.actor("editor"),
        now=NOW,
    )
    return post.variants.get()


def test_it_is_a_calendar_by_the_letter(cast: Cast) -> None:
    variant = planned(cast)
    answer = read(subscribed(cast))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert not answer.cookies
    lines = answer.content.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in answer.content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75, "folded at 75 octets"
    assert all(line.decode() is not None for line in lines), "never within a character"
    (event,) = [
        e for e in Calendar.from_ical(answer.content).walk("VEVENT") if LONG in e["SUMMARY"]
    ]
    assert event["DTSTART"].dt == datetime(2026, 3, 11, 7, 50, tzinfo=UTC)
    assert {"UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "URL", "STATUS"} <= set(event)
    assert event["STATUS"] == "TENTATIVE"
    assert str(variant.post_id) in answer.content.decode().replace("\r\n ", "")


def test_another_program_reads_the_same(cast: Cast) -> None:
    """By the strict parser of a home-automation calendar, which is not what wrote it."""
    variant = planned(cast)
    read_by = IcsCalendarStream.calendar_from_ics(read(subscribed(cast)).content.decode())
    (event,) = [event for event in read_by.events if LONG in (event.summary or "")]
    assert event.start == datetime(2026, 3, 11, 7, 50, tzinfo=UTC)
    assert (event.uid or "").startswith(str(variant.pk))


def test_a_move_keeps_the_event_and_raises_its_number(cast: Cast) -> None:
    variant, url = planned(cast, "Moves"), subscribed(cast)
    (first,) = [event for title, event in events(url).items() if title.startswith("Moves")]
    content.plan_variant(
        variant,
        wall=datetime(2026, 3, 12, 9, 0),
        zone="Europe/Paris",
        by=cast.actor("editor"),
        now=NOW + timedelta(minutes=1),
    )
    (second,) = [event for title, event in events(url).items() if title.startswith("Moves")]
    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second["LAST-MODIFIED"].dt > first["LAST-MODIFIED"].dt


def test_the_same_plan_is_not_sent_twice(cast: Cast) -> None:
    planned(cast)
    url = subscribed(cast)
    tag = read(url).headers["ETag"]
    again = read(url, If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")


def test_filters_stay_with_it(cast: Cast) -> None:
    planned(cast, "On Agora")
    other = subscribed(cast, channels=(cast.things["chirp"].pk,))
    assert not [title for title in events(other) if title.startswith("On Agora")]


def test_it_ends_with_its_link_and_with_its_owner(cast: Cast) -> None:
    planned(cast)
    url = subscribed(cast)
    (link,) = links.of(cast.actor("editor"))
    with pytest.raises(NotFound):
        links.link(cast.actor("viewer"), cast.post.pk)
    links.revoke(link, by=cast.actor("editor"), now=NOW)
    assert read(url).status_code == 404
    assert set(Event.objects.filter(subject_id=link.pk).values_list("kind", flat=True)) == {
        "calendar_link.made",
        "calendar_link.revoked",
    }
    url = subscribed(cast)
    Member.objects.filter(pk=cast.members["editor"].pk).update(state="suspended")
    assert read(url).status_code == 404
    assert read("/calendar/links/of-nobody.ics").status_code == 404


def test_a_link_has_a_name_and_a_person(cast: Cast) -> None:
    with pytest.raises(Invalid):
        links.make(name=" ", by=cast.actor("editor"), now=NOW)
    link, _secret = links.make(name="Mine", by=cast.actor("editor"), now=NOW)
    with pytest.raises(NotAllowed):
        links.revoke(link, by=cast.actor("viewer"), now=NOW)
    assert isinstance(link.pk, UUID)
