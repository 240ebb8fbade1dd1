from typing import Any
from uuid import uuid4

from tests.cast import NOW, Cast
from tests.pictures import PDF, png
from tests.screens.permissions import row
from unisono.rooms.content import board, ideas, sources
from unisono.rooms.feeds import actions as feeds
from unisono.rooms.feeds.reading import Entry, Reading
from unisono.rooms.library import actions as library
from unisono.rooms.requests import actions as requests
from unisono.rooms.requests import files
from unisono.rooms.requests.actions import Wish

WRITER = "contributor"
FEED = {"url": "https://craft.example/feed.xml", "every_hours": "6"}
COLUMNS = {
    **{f"name_{at}": name for at, name in enumerate(["Inbox", "Ready"])},
    **{f"order_{at}": str(at + 1) for at in range(8)},
}

ROWS = [
    row("ideas"),
    row("ideas", "POST", least="contributor", status=302, data={"title": "A lamp for reading"}),
    row("idea", pk="idea"),
    row("idea", "POST", least="contributor", status=302, pk="idea", data={"title": "Glass"}),
    row(
        "idea.development",
        "POST",
        least="contributor",
        status=302,
        pk="idea",
        data={"department": "marketing"},
    ),
    row("idea.dropping", "POST", least="contributor", status=302, pk="idea"),
    row("idea.return", "POST", least="contributor", status=302, pk="dropped"),
    row("idea.columns", least="manager"),
    row("idea.columns", "POST", least="manager", status=302, data=COLUMNS),
    row("idea.clip", least=WRITER),
    row("idea.clip", "POST", least=WRITER, status=201, data={"title": "Seen on the web"}),
    row("idea.sources"),
    row("idea.sources", "POST", least="editor", status=302, data=FEED),
    row("idea.place", "POST", least=WRITER, status=302, pk="idea", data={"column": "column"}),
    row("idea.vote", "POST", least=WRITER, status=302, pk="idea", data={"wanted": "1"}),
    row("idea.comments", "POST", least=WRITER, status=302, pk="idea", data={"text": "Yes."}),
    row("idea.tags", "POST", least=WRITER, status=302, pk="idea", data={"tags": "glass"}),
    row("idea.images", "POST", least=WRITER, status=302, pk="idea"),
    row("idea.image", "POST", least=WRITER, status=302, pk="idea", image="image"),
    row("idea.file", pk="asked", file="paper"),
    row("idea.merging", "POST", least=WRITER, status=302, pk="idea", data={"into": "another"}),
    row("feed.stopping", "POST", least="editor", status=302, pk="feed"),
    row("feed.resuming", "POST", least="editor", status=302, pk="stopped"),
    row("feed.entry.idea", "POST", least=WRITER, status=302, pk="entry"),
    row("feed.entry.passing", "POST", least=WRITER, status=302, pk="entry"),
]


def things(cast: Cast) -> dict[str, Any]:
    admin = cast.actor("admin")
    dropped = ideas.capture(title="Put aside", by=admin, now=NOW)
    ideas.drop(dropped, by=admin, now=NOW)
    another = ideas.capture(title="Another", by=admin, now=NOW)
    feed = feeds.follow(url="https://glass.example/feed.xml", by=admin, now=NOW)
    stopped = feeds.follow(url="https://lamp.example/feed.xml", by=admin, now=NOW)
    feeds.stop(stopped, by=admin, now=NOW)
    news = Reading("Glass", [Entry("1", "Blown glass", "https://glass.example/1", "", None)])
    feeds.take_in(feed, news, etag="", modified="", by=admin, now=NOW)
    asset = library.add_asset(data=png(), name="lamp.png", by=admin, now=NOW)
    wish = Wish("Applicants for Lyon", "Two artisans.", "Rita", "rita@lumen.example")
    request, _secret = requests.make(wish, sending=uuid4(), by=admin, now=NOW)
    paper = files.add(request, data=PDF, name="Brief", by=admin, now=NOW)
    return {
        "paper": paper,
        "asked": sources.from_request(request, by=admin, now=NOW),
        "dropped": dropped,
        "another": another,
        "column": another.column,
        "feed": feed,
        "stopped": stopped,
        "entry": feed.entries.get(),
        "image": board.attach(cast.idea, asset, by=admin, now=NOW),
    }
