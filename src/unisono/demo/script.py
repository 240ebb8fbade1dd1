"""What the demo's content files say, with their days turned into dates around one `now`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from babel.dates import format_date

from unisono.kernel import clock

FOLDER = Path(__file__).with_name("content")
OPENING = 9
"""Days from today to the opening in Lyon, of which many posts speak."""

_LONG_DAY = {"en": "EEEE d MMMM", "fr": "EEEE d MMMM", "de": "EEEE, d. MMMM"}


@dataclass(frozen=True)
class PostLine:
    """One post of the script. `wall` is naive, in the house's zone; None: undated.

    `state` is where it stands in the end: published, scheduled, soon, review, draft, changes,
    approved, refused, unsent, unknown or held. `short` is the words for short-message channels,
    `more` what follows the post below itself.
    """

    title: str
    text: str
    short: str
    language: str
    department: str
    channels: tuple[str, ...]
    objective: str
    campaign: str
    image: str
    state: str
    note: str
    wall: datetime | None
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """Everything the loader plays."""

    now: datetime
    zone: str
    company: dict[str, Any]
    posts: tuple[PostLine, ...]

    @property
    def today(self) -> date:
        """The day it is in the house's zone."""
        return clock.to_wall(self.now, self.zone).date()

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def ago(self, days: float) -> datetime:
        """The instant so many days before now."""
        return self.now - timedelta(days=days)

    def lasting(self, text: str, language: str = "en") -> str:
        """The text with the opening's date in its language."""
        return _dated(text, workday(self.day(OPENING)), language)


def read_script(now: datetime) -> Script:
    """The whole script around `now` (aware)."""
    company = tomllib.loads((FOLDER / "company.toml").read_text(encoding="utf-8"))
    bare = Script(now, company["organization"]["zone"], company, ())
    posts = [
        _line(bare, department["key"], entry)
        for department in company["department"]
        for entry in tomllib.loads(
            (FOLDER / f"{department['key']}.toml").read_text(encoding="utf-8")
        )["post"]
    ]
    return Script(now, bare.zone, company, tuple(posts))


def workday(day: date) -> date:
    """The day itself, or from a weekend the Monday after."""
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)


def _line(script: Script, department: str, entry: dict[str, Any]) -> PostLine:
    wall = _wall(script, entry)
    language = entry["lang"]
    ahead = wall is not None and wall > clock.to_wall(script.now, script.zone)
    return PostLine(
        title=entry["title"],
        text=script.lasting(entry["text"].strip(), language),
        short=script.lasting(entry.get("short", "").strip(), language),
        language=language,
        department=department,
        channels=tuple(entry["to"]),
        objective=entry.get("objective", ""),
        campaign=entry.get("campaign", ""),
        image=entry.get("image", ""),
        state=entry.get("state") or ("scheduled" if ahead else "published"),
        note=entry.get("note", ""),
        wall=wall,
        more=tuple(entry.get("more", ())),
    )


def _wall(script: Script, entry: dict[str, Any]) -> datetime | None:
    if "hours_ago" in entry:
        earlier = script.now - timedelta(hours=entry["hours_ago"])
        wall = clock.to_wall(earlier, script.zone)
        # People choose round minutes.
        return wall.replace(minute=wall.minute // 10 * 10, second=0, microsecond=0)
    if "day" not in entry:
        return None
    day = script.day(entry["day"])
    # Offices do not post on weekends; the picture channel does.
    if entry["to"][0] != "atelier":
        day = workday(day) if entry["day"] > 0 else _last_workday(day)
    return datetime.combine(day, time.fromisoformat(entry["at"]))


def _last_workday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _dated(text: str, day: date, language: str) -> str:
    if "{opening}" not in text:
        return text
    return text.replace("{opening}", format_date(day, _LONG_DAY[language], locale=language))
