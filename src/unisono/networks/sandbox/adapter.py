"""Adapter of the pretend network. How a second post is avoided depends on the account's place.

An idempotency key kept for ever, a container that is made public, a look at the account's own
posts, or nothing at all: every kind of network that Unisono publishes to can be played here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from unisono.kernel.egress import Egress, EgressError, Upload
from unisono.kernel.secrets import Secret
from unisono.networks import checks
from unisono.networks.answers import (
    MISSHAPEN,
    error_code,
    excerpt,
    failed,
    not_this_network,
    parsed_time,
    server_address,
    undelivered,
    understood,
    unmade,
    unreachable,
    unseen,
)
from unisono.networks.contract import (
    Absent,
    Account,
    Adapter,
    Confirms,
    Connected,
    Connects,
    Content,
    Continues,
    Credentials,
    Face,
    Field,
    Figures,
    Finding,
    Handle,
    Incoming,
    Limits,
    Measures,
    Published,
    Publishes,
    Reads,
    Refused,
    Safety,
    SecondPost,
    Seen,
    Sentence,
    Unknown,
    Unsent,
    Verdict,
    VerdictRaised,
    gettext_noop,
)
from unisono.networks.sandbox.accounts import (
    FACES,
    OWN,
    account_of,
    bearer,
    not_connected,
    revealed,
)
from unisono.networks.sandbox.posts import (
    batches,
    duplicate,
    incoming,
    named_in,
    promise,
    published,
    same,
    seen,
    wished,
)
from unisono.networks.surveys import Online, Surveys
from unisono.networks.text import graphemes

DEFAULT_SERVER = "http://127.0.0.1:8410"
_PAGE = 200
SETTLES = timedelta(seconds=5)
"""How long an accepted post may take until a look sees it."""


class Forgotten(VerdictRaised):
    """A container that the network knows no more: nothing of it can be public."""


class Sandbox(Adapter):
    """Speaks `unisono.networks.sandbox.server`."""

    name = "sandbox"
    label, mark, colour = OWN
    capabilities = (Connects, Publishes, Continues, Confirms, Measures, Surveys, Reads)
    second_post = SecondPost.KEY
    connect_fields = (
        Field(
            "server",
            Sentence(gettext_noop("Server address")),
            "url",
            Sentence(gettext_noop("The bundled pretend network listens here.")),
            default=DEFAULT_SERVER,
        ),
        Field("handle", Sentence(gettext_noop("Account name"))),
        Field(
            "place",
            Sentence(gettext_noop("Place")),
            "choice",
            default="chirp",
            choices=(
                ("agora", Sentence(gettext_noop("Agora: a professional feed"))),
                ("chirp", Sentence(gettext_noop("Chirp: short messages"))),
                ("atelier", Sentence(gettext_noop("Atelier: pictures"))),
                ("studio", Sentence(gettext_noop("Studio: prepared first, then made public"))),
                ("forum", Sentence(gettext_noop("Forum: no keys, but what is out can be read"))),
                ("pager", Sentence(gettext_noop("Pager: can only be written to"))),
            ),
        ),
        Field(
            "token",
            Sentence(gettext_noop("Access token")),
            "secret",
            Sentence(gettext_noop("Only for an account that exists; else leave it empty.")),
            required=False,
        ),
    )

    # --- what it takes ---

    def face(self, account: Account) -> Face:
        label, mark, colour = FACES.get(str(account.profile.get("place", "")), OWN)
        return Face(label, mark, colour)

    def limits(self, account: Account) -> Limits:
        known = account.profile.get("limits", {})
        return Limits(
            text_max=int(known.get("text_max", 300)),
            text_unit="graphemes" if known.get("text_unit") == "graphemes" else "characters",
            images_min=int(known.get("images_min", 0)),
            images_max=int(known.get("images_max", 4)),
            image_bytes=int(known.get("image_bytes", 8_000_000)),
            image_types=tuple(known.get("image_types") or ("image/jpeg", "image/png")),
            alt_max=int(known.get("alt_max", 1500)),
        )

    def length(self, text: str, account: Account) -> int:
        return graphemes(text) if self.limits(account).text_unit == "graphemes" else len(text)

    def check(self, content: Content, account: Account) -> list[Finding]:
        return checks.findings(self, content, account)

    def preview(self, content: Content, account: Account) -> dict[str, Any]:
        return {**checks.preview(self, content, account), "place": account.profile.get("place", "")}

    # --- connecting ---

    async def connect(self, http: Egress, form: Mapping[str, str | Secret]) -> Connected:
        """With a token the account it belongs to; without one a new account is made."""
        server = server_address(str(form.get("server", "")) or DEFAULT_SERVER)
        token = revealed(form.get("token", ""))
        try:
            if token:
                answer = await http.request(
                    "GET", f"{server}/api/v1/account", headers=bearer(token)
                )
            else:
                wish = {name: str(form.get(name, "")) for name in _SIGN_UP}
                answer = await http.request("POST", f"{server}/api/v1/accounts", json=wish)
        except EgressError as error:
            raise unreachable(error) from error
        body = answer.json()
        if not isinstance(body, dict):
            raise not_this_network(server, self.label)
        if answer.status not in (200, 201) or "id" not in body:
            raise not_connected(answer.status, body)
        try:
            account = account_of(server, body)
            secret = Secret(token or str(body["token"]))
        except MISSHAPEN as error:
            raise not_this_network(server, self.label) from error
        return Connected(account, {"token": secret})

    async def refresh(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> Credentials | None:
        return None

    # --- publishing ---

    def safety(self, account: Account) -> Safety:
        how = _SECOND_POST[promise(account)]
        ever = None if how is SecondPost.KEY else timedelta()
        return Safety(how, ever, SETTLES, can_look=how is not SecondPost.NONE)

    def plan(
        self, content: Content, account: Account, *, publication_id: UUID, due_at: datetime
    ) -> Handle:
        """`options["at"]` (ISO 8601, past) back-dates a post, so that history can be loaded."""
        handle: dict[str, Any] = {"key": str(publication_id)}
        if content.options.get("at"):
            handle["at"] = str(content.options["at"])
        return handle

    def prepares(self, content: Content, account: Account) -> bool:
        return not content.ready or promise(account) == "container"

    @understood
    async def prepare(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Handle:
        done = dict(handle)
        if "media" not in done and content.media:
            done["media"] = await self._uploaded(http, account, credentials, content)
        if promise(account) == "container":
            done["container"] = await self._contained(http, account, credentials, content, done)
        return done

    async def _uploaded(
        self, http: Egress, account: Account, credentials: Credentials, content: Content
    ) -> list[str]:
        ids = []
        for media in content.media:
            file = Upload("picture", media.mime, await media.read())
            form = {"alt": media.alt, "file": file}
            answer = await self._call(
                http, "POST", account, "/api/v1/media", credentials, form=form, seconds=60
            )
            ids.append(str(answer["id"]))
        return ids

    async def _contained(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> str:
        """The container that waits already, or a new one when there is none or it has expired."""
        known = str(handle.get("container", ""))
        if known:
            with suppress(Forgotten):
                there = await self._container(http, account, credentials, known)
                if there["state"] in _USABLE:
                    return known
        made = await self._call(
            http, "POST", account, "/api/v1/containers", credentials, json=wished(content, handle)
        )
        return str(made["id"])

    async def _container(
        self, http: Egress, account: Account, credentials: Credentials, container: str
    ) -> dict[str, Any]:
        """What became of a container; raises Forgotten when the network knows it no more."""
        path = f"/api/v1/containers/{container}"
        try:
            return await self._call(http, "GET", account, path, credentials)
        except VerdictRaised as raised:
            if isinstance(raised.verdict, Refused):
                raise Forgotten(raised.verdict) from raised
            raise

    async def commit(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Verdict:
        path, wish = "/api/v1/posts", wished(content, handle)
        headers = {**bearer(credentials["token"].reveal()), "Idempotency-Key": str(handle["key"])}
        if promise(account) == "container":
            # Published twice, a container makes two posts: look at it in the moment before.
            try:
                there = await self._container(
                    http, account, credentials, str(handle.get("container"))
                )
            except Forgotten:
                there = {"state": "expired"}
            except VerdictRaised as raised:
                return raised.verdict
            if there["state"] != "ready":
                gone = Unsent(Sentence(_EXPIRED), {"container": there["state"]})
                return published(there.get("post"), {"container": there["state"]}) or gone
            path, wish = f"/api/v1/containers/{handle['container']}/publish", {}
        try:
            answer = await http.request("POST", account.server + path, headers=headers, json=wish)
        except EgressError as error:
            return undelivered(error)
        if answer.status in (200, 201):
            made = published(answer.json(), excerpt(answer))
            if made is not None:
                return made
        return duplicate(answer, content) or unmade(answer, self.label)

    async def look(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
        since: datetime,
        taken: Collection[str] = (),
    ) -> Published | Absent | Unknown:
        lists = promise(account) == "list"
        if lists or (promise(account) == "container" and "container" not in handle):
            return await self._found(http, account, credentials, content, since, taken)
        by_key = {"key": str(handle["key"])}
        path, params = "/api/v1/posts", by_key
        if promise(account) == "container":
            path, params = f"/api/v1/containers/{handle['container']}", {}
        try:
            answer = await http.request(
                "GET",
                account.server + path,
                headers=bearer(credentials["token"].reveal()),
                params=params,
            )
        except EgressError as error:
            return unseen(error, self.label)
        body = answer.json()
        if answer.status != 200 or not isinstance(body, dict):
            return unseen(answer, self.label)
        return named_in(body, excerpt(answer)) or unseen(answer, self.label)

    async def _found(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        since: datetime,
        taken: Collection[str],
    ) -> Published | Absent | Unknown:
        """Read the account's own posts back to `since`: absence counts only when all were seen."""
        before = ""
        while True:
            params = {"limit": str(_PAGE)} | ({"before": before} if before else {})
            try:
                answer = await http.request(
                    "GET",
                    f"{account.server}/api/v1/posts",
                    headers=bearer(credentials["token"].reveal()),
                    params=params,
                )
            except EgressError as error:
                return unseen(error, self.label)
            body = answer.json()
            posts = body.get("posts") if answer.status == 200 and isinstance(body, dict) else None
            if not isinstance(posts, list):
                return unseen(answer, self.label)
            for post in posts:
                at = parsed_time(post.get("at")) if isinstance(post, dict) else None
                if at is None:
                    return unseen(answer, self.label)
                if at < since - _SKEW:
                    return Absent(excerpt(answer))
                if same(post, content) and str(post.get("id")) not in taken:
                    return published(post, {"post": post}) or unseen(answer, self.label)
            if len(posts) < _PAGE:
                return Absent(excerpt(answer))
            before = str(posts[-1]["at"])

    def named(self, account: Account, url: str) -> str:
        page, _slash, post = url.strip().rpartition("/")
        return post if page == account.url else ""

    # --- reading ---

    @understood
    async def confirm(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        posts: Mapping[str, Content],
    ) -> dict[str, Seen]:
        found: dict[str, Seen] = {}
        if promise(account) == "nothing":
            return found
        for remote_id, content in posts.items():
            try:
                answer = await http.request(
                    "GET",
                    f"{account.server}/api/v1/posts/{remote_id}",
                    headers=bearer(credentials["token"].reveal()),
                )
            except EgressError as error:
                raise VerdictRaised(failed(error, self.label)) from error
            body = answer.json()
            if answer.status == 404 and error_code(answer) == "post-unknown":
                found[remote_id] = Seen(there=False)
            elif answer.status == 200 and isinstance(body, dict):
                found[remote_id] = seen(body, content)
            else:
                raise VerdictRaised(failed(answer, self.label))
        return found

    @understood
    async def measure(
        self, http: Egress, account: Account, credentials: Credentials, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        found: dict[str, Figures] = {}
        for batch in batches(remote_ids):
            body = await self._call(
                http, "GET", account, "/api/v1/figures", credentials,
                params={"ids": ",".join(batch)},
            )  # fmt: skip
            for remote_id, row in body["figures"].items():
                found[remote_id] = Figures(**{name: int(row[name]) for name in _FIGURES})
        return found

    @understood
    async def followers(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> int | None:
        body = await self._call(http, "GET", account, "/api/v1/account", credentials)
        return int(body["followers"])

    @understood
    async def online(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> Online | None:
        body = await self._call(http, "GET", account, "/api/v1/account/online", credentials)
        return Online(str(body["zone"]), tuple(float(each) for each in body["online"]))

    @understood
    async def collect(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        remote_ids: Sequence[str],
        since: datetime,
    ) -> list[Incoming]:
        found: list[Incoming] = []
        for batch in batches(remote_ids):
            body = await self._call(
                http, "GET", account, "/api/v1/comments", credentials,
                params={"ids": ",".join(batch), "since": since.isoformat()},
            )  # fmt: skip
            found += [incoming(row) for row in body["comments"]]
        return sorted(found, key=lambda one: one.at)

    async def _call(
        self,
        http: Egress,
        method: str,
        account: Account,
        path: str,
        credentials: Credentials,
        **how: Any,
    ) -> dict[str, Any]:
        """A call that makes no post: the body, or `VerdictRaised`."""
        headers = bearer(credentials["token"].reveal())
        try:
            answer = await http.request(method, account.server + path, headers=headers, **how)
        except EgressError as error:
            raise VerdictRaised(failed(error, self.label)) from error
        body = answer.json()
        if answer.status not in (200, 201) or not isinstance(body, dict):
            raise VerdictRaised(failed(answer, self.label))
        return body


_SKEW = timedelta(minutes=2)
"""By how much the network's clock may differ from ours."""

_SECOND_POST = {
    "key": SecondPost.KEY,
    "container": SecondPost.CONTAINER,
    "list": SecondPost.LOOK_UP,
    "nothing": SecondPost.NONE,
}
_EXPIRED = gettext_noop("The prepared post has expired. Preparing it anew.")
_USABLE = ("ready", "published")
_SIGN_UP = ("handle", "place", "name", "followers")
_FIGURES = ("views", "likes", "comments", "shares", "clicks")


ADAPTER = Sandbox()
