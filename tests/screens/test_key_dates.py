"""Key dates on screen: the page, the countries, what is prepared, the calendar's heads."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from tests.cast import NOW, Cast
from tests.screens.conftest import Browser, browser
from unisono.rooms.content.models import Idea, Post
from unisono.rooms.content.queries import variants_of
from unisono.rooms.plan import key_dates, occasions
from unisono.rooms.plan.models import KeyDate

PAGE = "/key-dates/"


def test_the_page_follows_its_countries(cast: Cast, admin: Browser) -> None:
    assert "Bastille" not in admin.get(PAGE).content.decode()
    admin.post(f"{PAGE}countries/", {"countries": ["FR", "DE", ""]})
    year = timezone.now().year
    whole = admin.get(PAGE, {"year": year}).content.decode()
    assert "Assumption Day" in whole and "German Unity Day" in whole and "Black Friday" in whole
    french = admin.get(PAGE, {"year": year, "language": "fr"}).content.decode()
    assert "Assumption Day" in french and "German Unity Day" not in french
    german = admin.get(PAGE, {"year": year, "country": "DE", "kind": "holiday"}).content.decode()
    assert "German Unity Day" in german and "Black Friday" not in german
    unknown = admin.post(f"{PAGE}countries/", {"countries": ["XX"]})
    assert unknown.status_code == 422 and "two letters" in unknown.content.decode()


def test_an_own_date_is_kept_shown_and_prepared_for(cast: Cast) -> None:
    manager, today = browser(cast, "manager"), timezone.now().date()
    on = today + timedelta(20)
    form = {
        "name": "Fair",
        "on": on,
        "lead_days": 30,
        "department": cast.departments["Marketing"].pk,
    }
    refused = manager.post(f"{PAGE}new/", form | {"lead_days": 999})
    assert refused.status_code == 422 and 'value="Fair"' in refused.content.decode()
    assert manager.post(f"{PAGE}new/", form).status_code == 302
    page = manager.get(PAGE).content.decode()
    assert "Worth preparing now" in page and "Nothing was measured for it a year ago." in page
    month = manager.get(reverse("calendar"), {"day": on.isoformat()}).content.decode()
    assert "calendar-key-date" in month and "Fair" in month
    (fair,) = occasions.occasions(cast.actor("manager"), on, on, kind="company")
    there = reverse("key_date.preparation", args=[fair.pk, on.isoformat()])
    what = {"what": "write", "title": "See us", "day": on, "time": "10:30"}
    refused = manager.post(there, what)
    assert refused.status_code == 422 and "See us" in refused.content.decode()
    what |= {"department": cast.departments["Marketing"].pk, "channels": [cast.agora.pk]}
    assert manager.post(there, what).status_code == 302
    (variant,) = variants_of(Post.objects.get(title="See us"))
    assert variant.planned_wall == f"{on.isoformat()}T10:30"
    idea = Idea.objects.get(title="See us")
    assert (idea.origin, idea.source_name[:6]) == (fair.pk, "Fair, ")
    assert "1 prepared" in manager.get(PAGE).content.decode()
    assert manager.get(reverse("key_date.preparation", args=[fair.pk, "soon"])).status_code == 404
    row = KeyDate.objects.get(name="Fair")
    manager.post(f"{PAGE}{row.pk}/removal/")
    assert "is removed" in manager.get(PAGE).content.decode()
    assert "Fair" not in manager.get(reverse("calendar"), {"day": on.isoformat()}).content.decode()


def test_every_view_of_the_calendar_names_the_day(cast: Cast, viewer: Browser) -> None:
    on = date(2099, 3, 11)
    key_dates.set_date(name="Opening", on=on, by=cast.actor("admin"), now=NOW)
    for view in ("month", "week", "day", "list"):
        shown = viewer.get(reverse("calendar"), {"view": view, "day": on.isoformat()})
        assert "Opening" in shown.content.decode(), view
