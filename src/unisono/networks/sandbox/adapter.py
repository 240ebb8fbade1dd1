"""Adapter of the pretend network. A second post is avoided by an idempotency key kept for ever."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from unisono.kernel.egress import Egress, EgressError, Upload
from unisono.kernel.secrets import Secret
from unisono.networks import checks
from unisono.networks.answers import (
    MISSHAPEN,
    excerpt,
    failed,
    not_this_network,
    parsed_time,
    said_by,
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
    CannotConnect,
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
    Safety,
    SecondPost,
    Sentence,
    Unknown,
    Verdict,
    VerdictRaised,
    gettext_noop,
)
from unisono.networks.text import graphemes

DEFAULT_SERVER = "http://127.0.0.1:8410"
_BATCH = 100


_OWN = ("Sandbox", "S", "#6b5b95")
_FACES = {
    "agora": ("Agora", "Ag", "#1f5f8b"),
    "chirp": ("Chirp", "C", "#2b9a8f"),
    "atelier": ("Atelier", "At", "#b4487a"),
}


class Sandbox(Adapter):
    """Speaks `unisono.networks.sandbox.server`."""

    name = "sandbox"
    label, mark, colour = _OWN
    capabilities = (Connects, Publishes, Continues, Measures, Reads)
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
        label, mark, colour = _FACES.get(str(account.profile.get("place", "")), _OWN)
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
        token = _revealed(form.get("token", ""))
        try:
            if token:
                answer = await http.request("GET", f"{server}/api/v1/account", headers=_auth(token))
            else:
                wish = {name: str(form.get(name, "")) for name in _SIGN_UP}
                answer = await http.request("POST", f"{server}/api/v1/accounts", json=wish)
        except EgressError as error:
            raise unreachable(error) from error
        body = answer.json()
        if not isinstance(body, dict):
            raise not_this_network(server, self.label)
        if answer.status not in (200, 201) or "id" not in body:
            raise _not_connected(answer.status, body)
        try:
            account = _account(server, body)
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
        return Safety(SecondPost.KEY, repeat_within=None, settles_after=timedelta(seconds=5))

    def plan(
        self, content: Content, account: Account, *, publication_id: UUID, due_at: datetime
    ) -> Handle:
        """`options["at"]` (ISO 8601, past) back-dates a post, so that history can be loaded."""
        handle: dict[str, Any] = {"key": str(publication_id)}
        if content.options.get("at"):
            handle["at"] = str(content.options["at"])
        return handle

    @understood
    async def prepare(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Handle:
        if "media" in handle or not content.media:
            return handle
        ids = []
        for media in content.media:
            file = Upload("picture", media.mime, await media.read())
            form = {"alt": media.alt, "file": file}
            answer = await self._call(
                http, "POST", account, "/api/v1/media", credentials, form=form, seconds=60
            )
            ids.append(str(answer["id"]))
        return {**handle, "media": ids}

    async def commit(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Verdict:
        wish: dict[str, Any] = {
            "text": content.text,
            "language": content.language,
            "media": list(handle.get("media", ())),
            "at": handle.get("at"),
        }
        if content.reply_to:
            wish["reply_to"] = content.reply_to["parent"]["remote_id"]
        headers = {**_auth(credentials["token"].reveal()), "Idempotency-Key": str(handle["key"])}
        try:
            answer = await http.request(
                "POST", f"{account.server}/api/v1/posts", headers=headers, json=wish
            )
        except EgressError as error:
            return undelivered(error)
        if answer.status in (200, 201):
            made = _published(answer.json(), excerpt(answer))
            if made is not None:
                return made
        return unmade(answer, self.label)

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
        try:
            answer = await http.request(
                "GET",
                f"{account.server}/api/v1/posts",
                headers=_auth(credentials["token"].reveal()),
                params={"key": str(handle["key"])},
            )
        except EgressError as error:
            return unseen(error, self.label)
        body = answer.json()
        posts = body.get("posts") if answer.status == 200 and isinstance(body, dict) else None
        if posts == []:
            return Absent(excerpt(answer))
        found = _published(posts[0], excerpt(answer)) if isinstance(posts, list) else None
        return found or unseen(answer, self.label)

    def named(self, account: Account, url: str) -> str:
        page, _slash, post = url.strip().rpartition("/")
        return post if page == account.url else ""

    # --- reading ---

    @understood
    async def measure(
        self, http: Egress, account: Account, credentials: Credentials, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        found: dict[str, Figures] = {}
        for batch in _batches(remote_ids):
            body = await self._call(
                http, "GET", account, "/api/v1/figures", credentials,
                params={"ids": ",".join(batch)},
            )  # fmt: skip
            for remote_id, row in body["figures"].items():
                found[remote_id] = Figures(**{name: int(row[name]) for name in _FIGURES})
        return found

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
        for batch in _batches(remote_ids):
            body = await self._call(
                http, "GET", account, "/api/v1/comments", credentials,
                params={"ids": ",".join(batch), "since": since.isoformat()},
            )  # fmt: skip
            found += [_incoming(row) for row in body["comments"]]
        return sorted(found, key=lambda incoming: incoming.at)

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
        headers = _auth(credentials["token"].reveal())
        try:
            answer = await http.request(method, account.server + path, headers=headers, **how)
        except EgressError as error:
            raise VerdictRaised(failed(error, self.label)) from error
        body = answer.json()
        if answer.status not in (200, 201) or not isinstance(body, dict):
            raise VerdictRaised(failed(answer, self.label))
        return body


_SIGN_UP = ("handle", "place", "name", "followers")
_FIGURES = ("views", "likes", "comments", "shares", "clicks")


def _account(server: str, body: dict[str, Any]) -> Account:
    return Account(
        remote_id=str(body["id"]),
        handle=str(body["handle"]),
        name=str(body["name"]),
        server=server,
        url=str(body["url"]),
        profile={"place": str(body["place"]), "limits": dict(body["limits"])},
    )


def _auth(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _revealed(value: str | Secret) -> str:
    return (value.reveal() if isinstance(value, Secret) else value).strip()


def _not_connected(status: int, body: dict[str, Any]) -> CannotConnect:
    error = body.get("error")
    field = str(error.get("field", "")) if isinstance(error, dict) else ""
    if status == 401:
        template = gettext_noop("The pretend network does not know this access token.")
        return CannotConnect(Sentence(template), "token")
    template = gettext_noop("The pretend network refused: %(reason)s")
    return CannotConnect(Sentence(template, {"reason": said_by(body) or str(status)}), field)


def _published(body: object, raw: Mapping[str, Any]) -> Published | None:
    if isinstance(body, dict) and body.get("id") and body.get("url"):
        return Published(str(body["id"]), str(body["url"]), raw)
    return None


def _batches(remote_ids: Sequence[str]) -> list[Sequence[str]]:
    return [remote_ids[at : at + _BATCH] for at in range(0, len(remote_ids), _BATCH)]


def _incoming(row: dict[str, Any]) -> Incoming:
    at = parsed_time(row["at"])
    if at is None:
        raise ValueError("a comment without a time")
    return Incoming(
        remote_id=str(row["id"]),
        in_reply_to=str(row["post"]),
        author_name=str(row["author"]),
        author_handle=str(row["handle"]),
        author_url=str(row["author_url"]),
        text=str(row["text"]),
        at=at,
        url=str(row["url"]),
        post=str(row["post"]),
        raw=row,
    )


ADAPTER = Sandbox()
