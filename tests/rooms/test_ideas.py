"""The board of ideas: columns, places, votes, merging, and where ideas come from."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import NOW, Cast
from tests.pictures import png
from unisono.kernel import events, jobs
from unisono.kernel.egress import Answer
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed
from unisono.rooms.content import board, ideas, queries, sources
from unisono.rooms.content.models import Idea, IdeaColumn
from unisono.rooms.feeds import actions as feeds
from unisono.rooms.feeds import jobs as feed_jobs
from unisono.rooms.feeds.models import Feed, FeedEntry
from unisono.rooms.feeds.reading import NotAFeed, plain, read
from unisono.rooms.library import actions as library
from unisono.rooms.notifications.models import Notice
from unisono.rooms.people.actors import system


def capture(cast: Cast, title: str) -> Idea:
    return ideas.capture(title=title, by=cast.actor("editor"), now=NOW)


def lying(cast: Cast, column: int) -> list[str]:
    where = queries.columns(cast.actor("editor"))[column]
    return [row.title for row in queries.board(cast.actor("editor")) if row.column == where]


def test_ideas_lie_in_columns_in_the_order_people_gave_them(cast: Cast) -> None:
    editor = cast.actor("editor")
    first, second = capture(cast, "First"), capture(cast, "Second")
    assert lying(cast, 0) == ["Second", "First", "Meet the glassblowers"]
    inbox, explore, _ready = queries.columns(editor)
    board.move(first, column=explore, by=editor, now=NOW)
    board.move(second, column=explore, before=first, by=editor, now=NOW)
    board.move(cast.idea, column=explore, before=first, by=editor, now=NOW)
    assert lying(cast, 1) == ["Second", "Meet the glassblowers", "First"]
    assert lying(cast, 0) == []
    with pytest.raises(NotAllowed):
        board.move(first, column=inbox, by=cast.actor("viewer"), now=NOW)
    ideas.drop(first, by=editor, now=NOW)
    with pytest.raises(Conflict):
        board.move(first, column=inbox, by=editor, now=NOW)


def test_columns_are_the_organizations_own(cast: Cast) -> None:
    manager = cast.actor("manager")
    inbox, explore, _ready = queries.columns(manager)
    board.move(cast.idea, column=explore, by=manager, now=NOW)
    kept = board.set_columns([(None, "New"), (inbox, "In"), (_ready, "Go")], by=manager, now=NOW)
    assert [c.name for c in queries.columns(manager)] == ["New", "In", "Go"]
    assert lying(cast, 0) == ["Meet the glassblowers"], "its column went, it went to the first"
    for wrong in ([], [(None, "")], [(None, "A"), (None, "a")], [(None, str(n)) for n in range(9)]):
        with pytest.raises(Invalid):
            board.set_columns(wrong, by=manager, now=NOW)
    with pytest.raises(NotAllowed):
        board.set_columns([(kept[0], "Mine")], by=cast.actor("editor"), now=NOW)


def test_ideas_from_before_the_board_lie_in_its_first_column(cast: Cast) -> None:
    Idea.objects.update(column=None)
    IdeaColumn.objects.all().delete()
    assert queries.columns(cast.actor("editor")) == []
    capture(cast, "First")
    assert lying(cast, 0) == ["First", "Meet the glassblowers"]


def test_one_member_is_for_an_idea_once(cast: Cast) -> None:
    for name in ("editor", "editor", "approver"):
        votes = board.vote(cast.idea, wanted=True, by=cast.actor(name), now=NOW)
    assert votes == 2
    assert board.vote(cast.idea, wanted=False, by=cast.actor("editor"), now=NOW) == 1
    (row,) = queries.board(cast.actor("approver"))
    assert (row.votes, row.mine, row.comments) == (1, True, 0)  # type: ignore[attr-defined]


def test_tags_are_shared_whatever_their_case(cast: Cast) -> None:
    editor, other = cast.actor("editor"), capture(cast, "Other")
    board.tag(cast.idea, ["Glass", " glass ", "#Lyon", ""], by=editor, now=NOW)
    board.tag(other, ["GLASS"], by=editor, now=NOW)
    assert [tag.name for tag in queries.tags(editor)] == ["Glass", "Lyon"]
    assert board.tag(cast.idea, ["Lyon"], by=editor, now=NOW) == ["Lyon"]
    with pytest.raises(Invalid):
        board.tag(cast.idea, ["x" * 41], by=editor, now=NOW)


def test_a_comment_reaches_who_captured_the_idea(cast: Cast) -> None:
    board.comment(cast.idea, text="Which workshop?", by=cast.actor("editor"), now=NOW)
    jobs.run_pending()
    (notice,) = Notice.objects.filter(kind="idea.commented")
    assert notice.member == cast.members["admin"]


def test_merging_joins_all_and_can_be_taken_back(cast: Cast) -> None:
    editor, twin = cast.actor("editor"), capture(cast, "Glassblowers again")
    asset = library.add_asset(data=png(), name="glass.png", by=editor, now=NOW)
    board.attach(twin, asset, by=editor, now=NOW)
    board.tag(twin, ["Glass"], by=editor, now=NOW)
    said = board.comment(twin, text="In Murano.", by=editor, now=NOW)
    for name, idea in (("editor", twin), ("admin", twin), ("admin", cast.idea)):
        board.vote(idea, wanted=True, by=cast.actor(name), now=NOW)
    ideas.merge(twin, into=cast.idea, by=editor, now=NOW)
    assert (twin.state, twin.merged_into) == ("dropped", cast.idea)
    assert cast.idea.ideavote_set.count() == 2
    assert cast.idea.ideatag_set.get().tag.name == "Glass"
    assert cast.idea.ideaimage_set.get().asset == asset
    assert cast.idea.ideacomment_set.get() == said
    assert "idea.merged" in events.history(cast.idea.pk).values_list("kind", flat=True)
    with pytest.raises(Conflict):
        ideas.merge(twin, into=cast.idea, by=editor, now=NOW)

    ideas.take_back(twin, by=editor, now=NOW)
    assert (twin.state, twin.merged_into_id, twin.ideacomment_set.get()) == ("captured", None, said)
    assert (cast.idea.ideavote_set.count(), twin.ideavote_set.count()) == (1, 2)
    assert not cast.idea.ideatag_set.exists() and not cast.idea.ideaimage_set.exists()

    post = ideas.develop(twin, department=cast.departments["Marketing"], by=editor, now=NOW)
    assert (post.idea, post.images.get().asset) == (twin, asset)


RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Glass today</title>
<item><guid>a</guid><title>Blown &amp; cut</title><link>https://glass.example/a</link>
<description>&lt;p&gt;By &lt;b&gt;hand&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;
&lt;/p&gt;</description>
<pubDate>Tue, 03 Mar 2026 09:00:00 GMT</pubDate></item>
<item><title>No guid</title><link>javascript:alert(1)</link></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Lamps</title><entry><id>1</id>
<title>Lamp</title><link rel="self" href="https://x.example/self"/>
<link href="https://lamp.example/1"/><updated>2026-03-03T10:00:00+01:00</updated></entry></feed>"""


def test_feeds_are_read_and_hostile_ones_refused() -> None:
    found = read(RSS)
    assert (found.title, found.entries[0].title) == ("Glass today", "Blown & cut")
    assert (found.entries[0].summary, found.entries[0].link) == (
        "By hand",
        "https://glass.example/a",
    )
    assert found.entries[1].link == "", "only addresses of the web become links"
    (lamp,) = read(ATOM).entries
    assert lamp.link == "https://lamp.example/1"
    assert lamp.published_at and lamp.published_at.isoformat() == "2026-03-03T09:00:00+00:00"
    assert plain("&lt;img src=x onerror=y&gt;Lamp") == "Lamp"
    bomb = b'<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'
    deep = b"<rss>" + b"<a>" * 100_000
    for wrong in (bomb, deep, b"<html></html>", b"", b"\xff\xfe\x00", RSS[:200]):
        with pytest.raises(NotAFeed):
            read(wrong)


class Server:
    """Answers as told, and remembers what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[tuple[int, bytes, dict[str, str]]] = []
        self.asked: list[dict[str, str]] = []
        monkeypatch.setattr(feed_jobs.Egress, "request", self._answer)

    async def _answer(self, method: str, url: str, **said: object) -> Answer:
        self.asked.append(dict(said["headers"]))  # type: ignore[call-overload]
        status, body, headers = self.answers.pop(0)
        return Answer(status, headers, body, url, NOW)


def test_a_feed_brings_each_entry_once_and_its_owner_hears_of_trouble(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, server = cast.actor("editor"), Server(monkeypatch)
    feed = feeds.follow(url="https://glass.example/feed", by=editor, now=NOW)
    with pytest.raises(Conflict):
        feeds.follow(url="https://glass.example/feed", by=editor, now=NOW)
    with pytest.raises(Invalid):
        feeds.follow(url="file:///etc/passwd", by=editor, now=NOW)
    server.answers = [(200, RSS, {"ETag": '"1"'}), (304, b"", {}), *[(503, b"", {})] * 3]

    def due_again() -> None:
        Feed.objects.update(next_at=NOW - timedelta(days=1))
        feed_jobs.read_due()
        jobs.run_pending(queue="feeds")
        feed.refresh_from_db()

    due_again()
    assert (feed.name, feed.etag, feed.entries.count()) == ("Glass today", '"1"', 2)
    due_again()
    assert server.asked[1]["If-None-Match"] == '"1"' and feed.entries.count() == 2
    for _ in range(3):
        due_again()
    assert (feed.state, feed.failures, feed.trouble) == ("failing", 3, "status 503")
    assert feed.next_at and feed.read_at and feed.next_at - feed.read_at > timedelta(hours=6)
    jobs.run_pending()
    assert Notice.objects.get(kind="feed.failing").member == cast.members["editor"]

    entry = FeedEntry.objects.get(title="Blown & cut")
    made = sources.from_entry(entry, by=editor, now=NOW)
    assert (made.source, made.source_name, made.origin) == ("feed", "Glass today", entry.pk)
    with pytest.raises(Conflict):
        sources.from_entry(entry, by=editor, now=NOW)
    robot = system(cast.lumen)
    feeds.take_in(feed, read(RSS), etag="", modified="", by=robot, now=NOW)
    assert feed.state == "following" and feed.entries.count() == 2
    feeds.forget_entries(before=NOW)
    assert feed.entries.count() == 2, "what the feed still holds is not forgotten"
