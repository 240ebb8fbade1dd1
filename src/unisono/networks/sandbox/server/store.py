"""The pretend network's memory: one SQLite file, so a restart forgets nothing.

All calls come from one event loop, so two requests with one key cannot race.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unisono.networks.sandbox.server.audience import Seen

_SCHEMA = """
create table if not exists setting (name text primary key, value text not null);
create table if not exists account (
  id text primary key, handle text not null unique, name text not null, place text not null,
  token text not null unique, followers integer not null);
create table if not exists media (
  id text primary key, account text not null references account, mime text not null,
  width integer not null, height integer not null, alt text not null, sha text not null,
  data blob not null, unique (account, sha, alt));
create table if not exists post (
  number integer primary key autoincrement, id text not null unique,
  account text not null references account, key text, body text not null, text text not null,
  language text not null, media text not null, at real not null, made real not null,
  speed real not null, deleted integer not null default 0, reply_to text not null default '',
  edited text not null default '', unique (account, key));
create table if not exists container (
  id text primary key, account text not null references account, wish text not null,
  made real not null, post text references post (id));
create index if not exists post_by_account on post (account, at desc);
"""


_PERSON_BY = {
    "id": "select * from account where id = ?",
    "token": "select * from account where token = ?",
    "handle": "select * from account where handle = ?",
}


@dataclass(frozen=True, slots=True)
class Person:
    """An account of the pretend network."""

    id: str
    handle: str
    name: str
    place: str
    token: str
    followers: int


@dataclass(frozen=True, slots=True)
class Post:
    """A post as stored; times in Unix seconds."""

    number: int
    id: str
    account: str
    key: str | None
    body: str
    text: str
    language: str
    media: tuple[dict[str, Any], ...]
    at: float
    made: float
    speed: float
    deleted: bool
    reply_to: str = ""
    edited: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An uploaded picture without its bytes."""

    id: str
    mime: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Container:
    """A post in the making: `wish` is what will be public, `post` its id once it is."""

    id: str
    account: str
    wish: dict[str, Any]
    made: float
    post: str | None


class HandleTaken(Exception):
    """An account of this handle exists."""


class Store:
    """Accounts, media and posts. `seed` makes the audience of this store what it is."""

    def __init__(self, folder: Path | None, seed: str = "") -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "sandbox.sqlite3" if folder else ":memory:")
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(_SCHEMA)
        columns = {row[1] for row in self._db.execute("pragma table_info(post)")}
        if "reply_to" not in columns:  # A memory from before there were replies.
            self._db.execute("alter table post add column reply_to text not null default ''")
        if "edited" not in columns:  # Or edits from outside.
            self._db.execute("alter table post add column edited text not null default ''")
        self._db.execute("insert or ignore into setting values ('seed', ?)", (seed or "unisono",))
        self._db.commit()
        self.seed: str = self._db.execute("select value from setting").fetchone()[0]

    def close(self) -> None:
        self._db.close()

    def sign_up(self, handle: str, name: str, place: str, followers: int) -> Person:
        """A new account with a new token; raises `HandleTaken`."""
        person = Person(_id("a"), handle, name, place, secrets.token_urlsafe(24), followers)
        try:
            with self._db:
                self._db.execute(
                    "insert into account values (?, ?, ?, ?, ?, ?)",
                    (person.id, handle, name, place, person.token, followers),
                )
        except sqlite3.IntegrityError:
            raise HandleTaken(handle) from None
        return person

    def person(self, **by: str) -> Person | None:
        """The account with this `token`, `id` or `handle`."""
        ((column, value),) = by.items()
        row = self._db.execute(_PERSON_BY[column], (value,)).fetchone()
        return Person(*row) if row else None

    def people(self) -> list[Person]:
        return [Person(*row) for row in self._db.execute("select * from account order by handle")]

    def keep_media(
        self, account: str, mime: str, size: tuple[int, int], alt: str, sha: str, data: bytes
    ) -> str:
        """The id of the picture; the same picture with the same description keeps its id."""
        with self._db:
            self._db.execute(
                "insert or ignore into media values (?, ?, ?, ?, ?, ?, ?, ?)",
                (_id("m"), account, mime, *size, alt, sha, data),
            )
        row = self._db.execute(
            "select id from media where account = ? and sha = ? and alt = ?", (account, sha, alt)
        ).fetchone()
        return str(row[0])

    def picture(self, account: str, media: str) -> Picture | None:
        row = self._db.execute(
            "select id, mime, width, height, alt from media where id = ? and account = ?",
            (media, account),
        ).fetchone()
        return Picture(*row) if row else None

    def media_bytes(self, media: str) -> tuple[str, bytes] | None:
        row = self._db.execute("select mime, data from media where id = ?", (media,)).fetchone()
        return (str(row[0]), bytes(row[1])) if row else None

    def add_post(
        self,
        person: Person,
        *,
        key: str | None,
        body: str,
        text: str,
        language: str,
        media: list[dict[str, Any]],
        at: float,
        made: float,
        speed: float,
        reply_to: str = "",
    ) -> Post:
        """Make a post. The caller has looked for the key first."""
        new = _id("p")
        with self._db:
            self._db.execute(
                "insert into post"
                " (id, account, key, body, text, language, media, at, made, speed, reply_to)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    new,
                    person.id,
                    key,
                    body,
                    text,
                    language,
                    json.dumps(media),
                    at,
                    made,
                    speed,
                    reply_to,
                ),
            )
        found = self.post(new)
        if found is None:
            raise LookupError(new)
        return found

    def add_container(self, person: Person, wish: dict[str, Any], *, made: float) -> str:
        """The id of a new container; nothing of it is public."""
        new = _id("c")
        with self._db:
            self._db.execute(
                "insert into container values (?, ?, ?, ?, null)",
                (new, person.id, json.dumps(wish), made),
            )
        return new

    def container(self, account: str, container: str) -> Container | None:
        row = self._db.execute(
            "select * from container where id = ? and account = ?", (container, account)
        ).fetchone()
        return Container(row[0], row[1], json.loads(row[2]), row[3], row[4]) if row else None

    def publish_container(self, container: str, post: str) -> None:
        """Note which post a container became."""
        with self._db:
            self._db.execute("update container set post = ? where id = ?", (post, container))

    def post(self, post: str) -> Post | None:
        return self._one("select * from post where id = ?", post)

    def post_by_key(self, account: str, key: str) -> Post | None:
        return self._one("select * from post where account = ? and key = ?", account, key)

    def delete(self, account: str, post: str) -> bool:
        """Whether there was such a post of this account, deleted or not."""
        with self._db:
            done = self._db.execute(
                "update post set deleted = 1 where id = ? and account = ?", (post, account)
            )
        return done.rowcount > 0

    def edit(self, account: str, post: str, text: str) -> bool:
        """Show another text than was sent. Whether there was such a post of this account."""
        with self._db:
            done = self._db.execute(
                "update post set edited = ? where id = ? and account = ? and deleted = 0",
                (text, post, account),
            )
        return done.rowcount > 0

    def posts(self, account: str = "", *, limit: int = 50, before: float = 9e12) -> list[Post]:
        """Live posts, newest first; of one account, or of all."""
        rows = self._db.execute(
            "select * from post where deleted = 0 and at < ? and (? = '' or account = ?)"
            " order by at desc, number desc limit ?",
            (before, account, account, limit),
        )
        return [_post(row) for row in rows]

    def below(self, post: str) -> list[Post]:
        """The account's own replies under a post, and those under them, in the order they came."""
        rows = self._db.execute(
            "with recursive thread(id) as (select ? union"
            " select post.id from post join thread on post.reply_to = thread.id)"
            " select * from post where id in thread and id != ? and deleted = 0 order by number",
            (post, post),
        )
        return [_post(row) for row in rows]

    def everything(self, account: str = "") -> list[Post]:
        """All posts ever made, deleted ones too, in the order they were made."""
        rows = self._db.execute(
            "select * from post where ? = '' or account = ? order by number", (account, account)
        )
        return [_post(row) for row in rows]

    def _one(self, query: str, *values: str) -> Post | None:
        row = self._db.execute(query, values).fetchone()
        return _post(row) if row else None


def seen(post: Post, person: Person) -> Seen:
    """The post as its audience sees it."""
    return Seen(
        id=post.id,
        luck=f"{person.handle}|{post.text}",
        place=person.place,
        followers=person.followers,
        text=post.text,
        language=post.language,
        images=len(post.media),
        described=sum(bool(picture["alt"]) for picture in post.media),
        at=post.at,
        speed=post.speed,
    )


def _post(row: tuple[Any, ...]) -> Post:
    *plain, deleted, reply_to, edited = row
    number, new, account, key, body, text, language, media, at, made, speed = plain
    pictures = tuple(json.loads(media))
    return Post(
        number,
        new,
        account,
        key,
        body,
        text,
        language,
        pictures,
        at,
        made,
        speed,
        bool(deleted),
        reply_to,
        edited,
    )


def _id(kind: str) -> str:
    return kind + secrets.token_hex(8)
