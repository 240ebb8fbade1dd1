"""The pretend network as a web application: the API adapters speak, and its public pages."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from unisono.networks.sandbox.server import audience, pages
from unisono.networks.sandbox.server.faults import Faults, Handler, suffer
from unisono.networks.sandbox.server.places import (
    ALT_MAX,
    IMAGE_BYTES,
    IMAGE_TYPES,
    PLACES,
    Promise,
)
from unisono.networks.sandbox.server.rules import Refusal, checked, measured, moment
from unisono.networks.sandbox.server.store import Container, HandleTaken, Person, Post, Store, seen

STORE = web.AppKey("store", Store)
CLOCK: web.AppKey[Callable[[], float]] = web.AppKey("clock")
SPEED = web.AppKey("speed", float)
FAULTS = web.AppKey("faults", Faults)
_BACKDATED = 600.0
CONTAINER_LIVES = 24 * 3600.0
"""Seconds after which a container that was not made public is forgotten."""


def make_app(
    folder: Path | None = None,
    *,
    speed: float = 1.0,
    seed: str = "",
    faults: bool = False,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """The application. `folder` None keeps everything in memory; `speed` 60: a minute an hour."""
    switches = Faults()
    app = web.Application(middlewares=[_answering(switches)], client_max_size=IMAGE_BYTES * 2)
    app[STORE], app[CLOCK], app[SPEED] = Store(folder, seed), clock, speed
    app[FAULTS] = switches
    app.add_routes(_ROUTES)
    if faults:
        app.add_routes([web.post("/_faults", _set_faults), web.delete("/_faults", _clear_faults)])
    app.on_cleanup.append(_close)
    return app


async def _close(app: web.Application) -> None:
    app[STORE].close()


def _answering(switches: Faults) -> Any:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except Refusal as refusal:
                error = {
                    "code": refusal.code, "message": refusal.message, "field": refusal.field,
                }  # fmt: skip
                return web.json_response({"error": error}, status=refusal.status)

        if request.path == "/_faults":
            return await guarded(request)
        rule = switches.taken_by(request, lambda: _handle_of(request))
        return await (suffer(rule, request, guarded) if rule else guarded(request))

    return middleware


def _handle_of(request: web.Request) -> str:
    try:
        return _who(request).handle
    except Refusal:
        return ""


# --- accounts ---------------------------------------------------------------------------------


async def _sign_up(request: web.Request) -> web.Response:
    wish = await _json(request)
    place = PLACES.get(str(wish.get("place", "")))
    handle = str(wish.get("handle", "")).strip().lower()
    if place is None:
        raise Refusal(422, "place", f"Choose one of {', '.join(PLACES)}.", "place")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{1,29}", handle):
        raise Refusal(422, "handle", "A handle has 2 to 30 letters, digits, dots.", "handle")
    wanted = str(wish.get("followers") or "")
    followers = int(wanted) if wanted.isdecimal() else place.followers
    try:
        name = str(wish.get("name") or handle)
        person = request.app[STORE].sign_up(handle, name, place.name, followers)
    except HandleTaken:
        raise Refusal(409, "handle-taken", f"@{handle} is taken.", "handle") from None
    return web.json_response({**_person(request, person), "token": person.token}, status=201)


async def _account(request: web.Request) -> web.Response:
    return web.json_response(_person(request, _who(request)))


def _person(request: web.Request, person: Person) -> dict[str, Any]:
    place = PLACES[person.place]
    return {
        "id": person.id,
        "handle": person.handle,
        "name": person.name,
        "place": place.name,
        "promise": str(place.promise),
        "followers": person.followers,
        "url": str(request.url.origin()) + f"/@{person.handle}",
        "limits": {
            "text_max": place.text_max,
            "text_unit": place.unit,
            "images_min": place.images_min,
            "images_max": place.images_max,
            "image_bytes": IMAGE_BYTES,
            "image_types": list(IMAGE_TYPES),
            "alt_max": ALT_MAX,
        },
    }


async def _online(request: web.Request) -> web.Response:
    """When the followers of the account are online, as they were of late."""
    person = _who(request)
    numbers = audience.online(
        PLACES[person.place], person.followers, person.handle, request.app[STORE].seed
    )
    return web.json_response({"zone": audience.AUDIENCE_ZONE.key, "online": numbers})


def _who(request: web.Request) -> Person:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    person = request.app[STORE].person(token=token) if scheme == "Bearer" and token else None
    if person is None:
        raise Refusal(401, "token", "This access token is not valid.")
    return person


# --- publishing -------------------------------------------------------------------------------


async def _upload(request: web.Request) -> web.Response:
    person = _who(request)
    form = await request.post()
    file, alt = form.get("file"), str(form.get("alt", ""))
    if not isinstance(file, web.FileField):
        raise Refusal(422, "file", "Send the picture as a file.", "file")
    if len(alt) > ALT_MAX:
        raise Refusal(422, "alt", f"A description has at most {ALT_MAX} characters.", "alt")
    data = file.file.read()
    size, mime = measured(data)
    sha = hashlib.sha256(data).hexdigest()
    media = request.app[STORE].keep_media(person.id, mime, size, alt, sha, data)
    return web.json_response({"id": media, "width": size[0], "height": size[1]}, status=201)


async def _publish(request: web.Request) -> web.Response:
    person, store, wish = _who(request), request.app[STORE], await _json(request)
    promise = PLACES[person.place].promise
    if promise is Promise.CONTAINER:
        raise Refusal(405, "container", "Make a container first, then publish it.")
    # Only some places heed a key; the others let it pass, as networks do.
    key = request.headers.get("Idempotency-Key") if promise is Promise.KEY else None
    body = hashlib.sha256(json.dumps(wish, sort_keys=True).encode()).hexdigest()
    known = store.post_by_key(person.id, key) if key else None
    if known is not None:
        if known.body != body:
            raise Refusal(409, "key-reused", "This key belongs to another post.")
        return web.json_response(_shown(request, person, known), status=200)
    made = _made(request, person, wish, key=key, body=body)
    if promise is Promise.NOTHING:
        return web.json_response({"ok": True, "id": made.id}, status=201)
    return web.json_response(_shown(request, person, made), status=201)


def _made(
    request: web.Request,
    person: Person,
    wish: dict[str, Any],
    *,
    key: str | None = None,
    body: str = "",
) -> Post:
    """The wish, now public."""
    store, now = request.app[STORE], request.app[CLOCK]()
    text, media = checked(store, person, wish)
    at = moment(wish.get("at"), now)
    reply_to = str(wish.get("reply_to") or "")
    if reply_to:
        _own(request, person, reply_to)
    return store.add_post(
        person,
        key=key or None,
        body=body,
        text=text,
        language=str(wish.get("language", ""))[:12],
        media=media,
        at=at,
        made=now,
        speed=1.0 if now - at > _BACKDATED else request.app[SPEED],
        reply_to=reply_to,
    )


async def _contain(request: web.Request) -> web.Response:
    person, store, wish = _who(request), request.app[STORE], await _json(request)
    checked(store, person, wish)
    made = store.add_container(person, wish, made=request.app[CLOCK]())
    return web.json_response({"id": made, "state": "ready"}, status=201)


async def _container(request: web.Request) -> web.Response:
    person, found = _who(request), _own_container(request)
    return web.json_response(_container_shown(request, person, found))


async def _publish_container(request: web.Request) -> web.Response:
    """Asked twice, it makes two posts: whoever asks has to look first."""
    person, found = _who(request), _own_container(request)
    if _state(request, found) == "expired":
        raise Refusal(410, "expired", "This container has expired. Make a new one.")
    made = _made(request, person, found.wish)
    request.app[STORE].publish_container(found.id, made.id)
    return web.json_response(_shown(request, person, made), status=201)


def _own_container(request: web.Request) -> Container:
    person, name = _who(request), request.match_info["container"]
    found = request.app[STORE].container(person.id, name)
    if found is None:
        raise Refusal(404, "container-unknown", "There is no such container.")
    return found


def _state(request: web.Request, container: Container) -> str:
    if container.post:
        return "published"
    age = request.app[CLOCK]() - container.made
    return "expired" if age > CONTAINER_LIVES else "ready"


def _container_shown(request: web.Request, person: Person, container: Container) -> dict[str, Any]:
    post = request.app[STORE].post(container.post) if container.post else None
    return {
        "id": container.id,
        "state": _state(request, container),
        "post": _shown(request, person, post) if post else None,
    }


async def _delete(request: web.Request) -> web.Response:
    person = _who(request)
    if not request.app[STORE].delete(person.id, request.match_info["post"]):
        raise Refusal(404, "post-unknown", "There is no such post.")
    return web.Response(status=204)


async def _edit(request: web.Request) -> web.Response:
    person, wish = _who(request), await _json(request)
    if not request.app[STORE].edit(person.id, request.match_info["post"], str(wish.get("text"))):
        raise Refusal(404, "post-unknown", "There is no such post.")
    return await _one_post(request)


# --- reading ----------------------------------------------------------------------------------


async def _posts(request: web.Request) -> web.Response:
    person, store = _who(request), request.app[STORE]
    if PLACES[person.place].promise is Promise.NOTHING:
        raise Refusal(403, "write-only", "What was sent here cannot be read.")
    if key := request.query.get("key"):
        found = store.post_by_key(person.id, key)
        posts = [found] if found and not found.deleted else []
    else:
        limit = min(max(_number(request, "limit", 50), 1), 200)
        before = moment(request.query.get("before"), 9e12)
        posts = store.posts(person.id, limit=int(limit), before=before)
    return web.json_response({"posts": [_shown(request, person, post) for post in posts]})


async def _one_post(request: web.Request) -> web.Response:
    person = _who(request)
    return web.json_response(
        _shown(request, person, _own(request, person, request.match_info["post"]))
    )


async def _figures(request: web.Request) -> web.Response:
    person, now = _who(request), request.app[CLOCK]()
    seed, found = request.app[STORE].seed, {}
    for post in _asked(request, person):
        found[post.id] = asdict(audience.reaction(seen(post, person), seed, now))
    return web.json_response({"figures": found})


async def _comments(request: web.Request) -> web.Response:
    person, now = _who(request), request.app[CLOCK]()
    since = moment(request.query.get("since"), now) if request.query.get("since") else 0.0
    said = [
        comment
        for post in _asked(request, person)
        for comment in audience.comments(seen(post, person), request.app[STORE].seed, now)
        if comment.at >= since
    ]
    origin = str(request.url.origin())
    rows = [
        {**asdict(c), "at": audience.iso(c.at), "url": f"{origin}/@{person.handle}/{c.post}",
         "author_url": f"{origin}/@{c.handle}"}
        for c in sorted(said, key=lambda c: c.at)
    ]  # fmt: skip
    return web.json_response({"comments": rows})


def _asked(request: web.Request, person: Person) -> list[Post]:
    """The live posts of this account among the ids asked for."""
    names = [name for name in request.query.get("ids", "").split(",") if name][:200]
    found = [request.app[STORE].post(name) for name in names]
    return [p for p in found if p is not None and p.account == person.id and not p.deleted]


def _own(request: web.Request, person: Person, name: str) -> Post:
    post = request.app[STORE].post(name)
    if post is None or post.deleted or post.account != person.id:
        raise Refusal(404, "post-unknown", "There is no such post.")
    return post


def _shown(request: web.Request, person: Person, post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "url": str(request.url.origin()) + f"/@{person.handle}/{post.id}",
        "text": post.edited or post.text,
        "language": post.language,
        "media": list(post.media),
        "key": post.key,
        "at": audience.iso(post.at),
        "reply_to": post.reply_to,
        "edited": bool(post.edited),
    }


def _number(request: web.Request, name: str, default: float) -> float:
    try:
        return float(request.query.get(name, default))
    except ValueError:
        raise Refusal(422, name, f"{name} is a number.", name) from None


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        wish = json.loads(await request.read())
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise Refusal(400, "json", "Send a JSON object.")
    return wish


# --- for people, for tests --------------------------------------------------------------------


async def _front(request: web.Request) -> web.Response:
    return _html(pages.front_page(request.app[STORE].people()))


async def _account_page(request: web.Request) -> web.Response:
    store, now = request.app[STORE], request.app[CLOCK]()
    person = store.person(handle=request.match_info["handle"])
    if person is None:
        raise web.HTTPNotFound
    posts = [post for post in store.posts(person.id, limit=60) if not post.reply_to][:30]
    shown = [(p, audience.reaction(seen(p, person), store.seed, now)) for p in posts]
    return _html(pages.account_page(person, shown))


async def _post_page(request: web.Request) -> web.Response:
    store, now = request.app[STORE], request.app[CLOCK]()
    post = store.post(request.match_info["post"])
    person = store.person(id=post.account) if post else None
    if post is None or person is None or post.deleted:
        raise web.HTTPNotFound
    public = seen(post, person)
    counts = audience.reaction(public, store.seed, now)
    said = audience.comments(public, store.seed, now)
    below = [(p, audience.reaction(seen(p, person), store.seed, now)) for p in store.below(post.id)]
    return _html(pages.post_page(person, post, counts, said, below))


def _html(text: str) -> web.Response:
    return web.Response(
        text=text,
        content_type="text/html",
        headers={"Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'"},
    )


async def _style(request: web.Request) -> web.Response:
    return web.Response(text=pages.STYLE, content_type="text/css")


async def _media(request: web.Request) -> web.Response:
    found = request.app[STORE].media_bytes(request.match_info["media"])
    if found is None:
        raise web.HTTPNotFound
    return web.Response(
        body=found[1],
        content_type=found[0],
        headers={
            "Cache-Control": "max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"network": "sandbox", "speed": request.app[SPEED]})


async def _truth(request: web.Request) -> web.Response:
    """What was really made, also what was deleted since; `?account=` narrows."""
    posts = request.app[STORE].everything(request.query.get("account", ""))
    return web.json_response({"posts": [asdict(post) for post in posts]})


async def _set_faults(request: web.Request) -> web.Response:
    try:
        rules = json.loads(await request.read())
        request.app[FAULTS].set(rules if isinstance(rules, list) else [rules])
    except (ValueError, TypeError) as error:
        raise Refusal(422, "rule", f"No such rule: {error}") from None
    return web.Response(status=204)


async def _clear_faults(request: web.Request) -> web.Response:
    request.app[FAULTS].clear()
    return web.Response(status=204)


_ROUTES = [
    web.post("/api/v1/accounts", _sign_up),
    web.get("/api/v1/account", _account),
    web.get("/api/v1/account/online", _online),
    web.post("/api/v1/media", _upload),
    web.post("/api/v1/posts", _publish),
    web.get("/api/v1/posts", _posts),
    web.post("/api/v1/containers", _contain),
    web.get("/api/v1/containers/{container}", _container),
    web.post("/api/v1/containers/{container}/publish", _publish_container),
    web.get("/api/v1/posts/{post}", _one_post),
    web.patch("/api/v1/posts/{post}", _edit),
    web.delete("/api/v1/posts/{post}", _delete),
    web.get("/api/v1/figures", _figures),
    web.get("/api/v1/comments", _comments),
    web.get("/healthz", _health),
    web.get("/_truth", _truth),
    web.get("/style.css", _style),
    web.get("/media/{media}", _media),
    web.get("/@{handle}", _account_page),
    web.get("/@{handle}/{post}", _post_page),
    web.get("/", _front),
]
