"""Conversations: the list, closing and reopening."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.screens import stories
from tests.screens.conftest import Browser, browser
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.people.actors import system


def test_a_conversation_shows_its_words_and_its_post(cast: Cast, viewer: Browser) -> None:
    stories.asked(stories.published(cast), "tom", "When do you <b>open</b>?", cast=cast)
    page = viewer.get("/conversations/").content.decode()
    assert "When do you &lt;b&gt;open&lt;/b&gt;?" in page
    assert "The doors" in page
    assert "closing" not in page, "a viewer closes nothing"
    assert "Tom" not in browser(cast, "sales_editor").get("/conversations/").content.decode()
    assert "Tom" in browser(cast, "admin").get("/conversations/").content.decode()


def test_closing_and_reopening(cast: Cast, editor: Browser) -> None:
    row = stories.asked(stories.published(cast), "tom", "When do you open?", cast=cast)
    answer = editor.htmx("post", f"/conversations/{row.pk}/closing/")
    assert "Reopen" in answer.content.decode()
    assert "No open conversation" in editor.htmx("get", "/conversations/").content.decode()
    assert "Tom" in editor.htmx("get", "/conversations/?state=closed").content.decode()
    again = editor.htmx("post", f"/conversations/{row.pk}/closing/")
    assert again.status_code == 409
    assert editor.post(f"/conversations/{row.pk}/reopening/").status_code == 302
    row.refresh_from_db()
    assert row.state == "open"


def test_the_list_is_narrowed(cast: Cast, editor: Browser) -> None:
    stories.asked(stories.published(cast), "tom", "When do you open?", cast=cast)
    for query, there in [
        (f"channel={cast.agora.pk}", True),
        (f"channel={cast.chirp.pk}", False),
        (f"department={cast.departments['Sales'].pk}", False),
        ("q=OPEN", True),
        ("q=closing+time", False),
        ("page=99", True),
    ]:
        page = editor.htmx("get", f"/conversations/?{query}").content.decode()
        assert ("When do you open?" in page) is there, query


def test_the_list_asks_a_constant_number_of_questions(cast: Cast, editor: Browser) -> None:
    publication = stories.published(cast)
    stories.asked(publication, "tom", "When do you open?", cast=cast)
    editor.get("/conversations/")
    with CaptureQueriesContext(connection) as few:
        editor.get("/conversations/")
    for number in range(8):
        stories.asked(publication, f"guest-{number}", "And I?", cast=cast)
    with CaptureQueriesContext(connection) as more:
        editor.get("/conversations/")
    assert len(more) == len(few)


def test_a_new_word_opens_a_closed_conversation(cast: Cast, editor: Browser) -> None:
    publication = stories.published(cast)
    row = stories.asked(publication, "tom", "When do you open?", cast=cast)
    engagement.close(row, by=system(cast.lumen), now=stories.LATER)
    said = stories.Incoming("c-2", publication.remote_id, "Tom", "tom", "", "Hello?", stories.LATER)
    engagement.receive(publication, [said], by=system(cast.lumen), now=stories.LATER)
    page = editor.htmx("get", "/conversations/").content.decode()
    assert "Hello?" in page
