"""Adapter of Bluesky. A second post is avoided by a record key chosen before the first byte.

`putRecord` with `swapRecord: null` creates the record or meets the same record again; it never
makes another. `createRecord` is not used: repeated, it makes two posts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from unisono.kernel.egress import Answer, Egress, EgressError
from unisono.kernel.secrets import Secret
from unisono.networks import checks
from unisono.networks.answers import (
    MISSHAPEN,
    error_code,
    excerpt,
    failed,
    not_this_network,
    server_address,
    undelivered,
    understood,
    unmade,
    unreachable,
    unseen,
)
from unisono.networks.bluesky import session
from unisono.networks.bluesky.identity import ENTRYWAY, is_public, pds_in, server_of
from unisono.networks.bluesky.posts import (
    avatar_of,
    bearer,
    figures_of,
    incoming_of,
    named,
    not_offered,
    not_signed_in,
    published,
    replies,
    session_ended,
)
from unisono.networks.bluesky.records import POST, created_at, mentioned, post_record, record_key
from unisono.networks.contract import (
    Absent,
    Account,
    Adapter,
    CannotConnect,
    Confirms,
    Connected,
    Connects,
    Content,
    Continues,
    Credentials,
    Field,
    Figures,
    Finding,
    Handle,
    Incoming,
    Lifetime,
    Limits,
    Measures,
    Media,
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
from unisono.networks.shares import Shares
from unisono.networks.text import graphemes

_LIMITS = Limits(
    text_max=300,
    text_unit="graphemes",
    text_bytes=3000,
    images_max=4,
    image_bytes=1_000_000,
    image_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
    alt_max=2000,
)
"""Older servers take pictures of one million bytes, newer ones of two; we stay below both."""
_BATCH = 25
_DEPTH = "10"


class Bluesky(Adapter):
    """Speaks to any personal data server of the AT Protocol."""

    name = "bluesky"
    label = "Bluesky"
    mark = "B"
    colour = "#0a7aff"
    capabilities = (Connects, Publishes, Continues, Confirms, Measures, Reads, Shares)
    second_post = SecondPost.DETERMINISTIC_ID
    connect_fields = (
        Field(
            "handle",
            Sentence(gettext_noop("Handle")),
            "text",
            Sentence(gettext_noop("For instance name.bsky.social")),
        ),
        Field(
            "password",
            Sentence(gettext_noop("App password")),
            "secret",
            Sentence(gettext_noop("Made in Bluesky: Settings, Privacy and security.")),
        ),
        Field(
            "server",
            Sentence(gettext_noop("Server address")),
            "url",
            Sentence(gettext_noop("Only for a server of your own; else it is found by itself.")),
            required=False,
        ),
    )

    # --- what it takes ---

    def limits(self, account: Account) -> Limits:
        return _LIMITS

    def share_address(self, text: str, account: Account) -> str:
        """The app's compose intent, for any account of the network."""
        return f"https://bsky.app/intent/compose?text={quote(text, safe='')}"

    def length(self, text: str, account: Account) -> int:
        return graphemes(text)

    def check(self, content: Content, account: Account) -> list[Finding]:
        return checks.findings(self, content, account)

    def preview(self, content: Content, account: Account) -> dict[str, Any]:
        return checks.preview(self, content, account)

    # --- connecting ---

    async def connect(self, http: Egress, form: Mapping[str, str | Secret]) -> Connected:
        handle = str(form.get("handle", "")).strip().removeprefix("@").lower()
        typed = server_address(str(form.get("server", "")))
        if not handle:
            raise CannotConnect(Sentence(gettext_noop("Give the account's handle.")), "handle")
        if "." not in handle and "@" not in handle and not typed:
            handle += ".bsky.social"
        given = form.get("password", "")
        password = given if isinstance(given, Secret) else Secret(given.strip())
        server = typed or await server_of(http, handle)
        try:
            answer = await session.create(http, server, handle, password)
            body = answer.json()
            tokens = session.tokens_in(answer)
            if tokens is None or not isinstance(body, dict):
                raise not_signed_in(answer, server, self.label)
            if server == ENTRYWAY:
                server = pds_in(body.get("didDoc")) or server
            account = await self._described(http, server, str(body["did"]), str(body["handle"]))
        except EgressError as error:
            raise unreachable(error, "server" if typed else "handle") from error
        except MISSHAPEN as error:
            raise not_this_network(server, self.label) from error
        return Connected(account, {**tokens, "password": password})

    async def _described(self, http: Egress, server: str, did: str, handle: str) -> Account:
        """Name and picture from the account's own profile record, where it has one."""
        answer = await http.request(
            "GET",
            f"{server}/xrpc/com.atproto.repo.getRecord",
            params={"repo": did, "collection": "app.bsky.actor.profile", "rkey": "self"},
        )
        body = answer.json() if answer.status == 200 else None
        profile = body.get("value", {}) if isinstance(body, dict) else {}
        public = is_public(server)
        return Account(
            remote_id=did,
            handle=handle,
            name=str(profile.get("displayName") or handle),
            server=server,
            url=f"https://bsky.app/profile/{did}" if public else server,
            avatar_url=avatar_of(server, did, profile),
            profile={"public": public},
        )

    async def refresh(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> Credentials | None:
        if session.expires_at(credentials["access"]) - datetime.now(UTC) > session.RENEW_BEFORE:
            return None
        return await session.renew(http, account.server, account.remote_id, credentials, self.label)

    def lifetime(self, account: Account, credentials: Credentials) -> Lifetime:
        return session.lifetime(credentials)

    # --- publishing ---

    def safety(self, account: Account) -> Safety:
        return Safety(
            SecondPost.DETERMINISTIC_ID, repeat_within=None, settles_after=timedelta(seconds=10)
        )

    def plan(
        self, content: Content, account: Account, *, publication_id: UUID, due_at: datetime
    ) -> Handle:
        return {"rkey": record_key(due_at, publication_id), "created_at": created_at(due_at)}

    def prepares(self, content: Content, account: Account) -> bool:
        return not content.ready or bool(mentioned(content.text))

    @understood
    async def prepare(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Handle:
        """Uploads pictures and resolves mentions; what it found is frozen in the handle.

        Of a post that a person found for us only the address is known: a reply names its cid too.
        """
        if handle.get("ready"):
            return handle
        images = [await self._upload(http, account, credentials, m) for m in content.media]
        mentions: dict[str, str] = {}
        for name in mentioned(content.text):
            answer = await self._ask(
                http, "GET", account, "com.atproto.identity.resolveHandle", credentials,
                params={"handle": name},
            )  # fmt: skip
            body = answer.json()
            if answer.status == 200 and isinstance(body, dict) and body.get("did"):
                mentions[name] = str(body["did"])
        above = {
            post["remote_id"]: await self._cid(http, account, credentials, post["remote_id"])
            for post in (content.reply_to or {}).values()
            if not post.get("cid")
        }
        return {**handle, "images": images, "mentions": mentions, "above": above, "ready": True}

    async def _cid(self, http: Egress, account: Account, credentials: Credentials, uri: str) -> str:
        """The cid of one of the account's own posts."""
        answer = await self._ask(
            http, "GET", account, "com.atproto.repo.getRecord", credentials,
            params={"repo": account.remote_id, "collection": POST, "rkey": uri.split("/")[-1]},
        )  # fmt: skip
        if error_code(answer) == "RecordNotFound":
            template = gettext_noop("The post this one follows is not there any more.")
            raise VerdictRaised(Refused(Sentence(template), raw=excerpt(answer)))
        found = published(account, answer)
        if found is None:
            raise VerdictRaised(self._failed(answer))
        return str(found.reference["cid"])

    async def _upload(
        self, http: Egress, account: Account, credentials: Credentials, media: Media
    ) -> dict[str, Any]:
        answer = await self._ask(
            http, "POST", account, "com.atproto.repo.uploadBlob", credentials,
            data=await media.read(), headers={"Content-Type": media.mime}, seconds=90,
        )  # fmt: skip
        body = answer.json()
        blob = body.get("blob") if answer.status == 200 and isinstance(body, dict) else None
        if not isinstance(blob, dict):
            raise VerdictRaised(self._failed(answer))
        image: dict[str, Any] = {"image": blob, "alt": media.alt}
        if media.width > 0 and media.height > 0:
            image["aspectRatio"] = {"width": media.width, "height": media.height}
        return image

    async def commit(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Verdict:
        wish = {
            "repo": account.remote_id,
            "collection": POST,
            "rkey": handle["rkey"],
            "record": post_record(content, handle),
            "swapRecord": None,
        }
        try:
            answer = await http.request(
                "POST",
                f"{account.server}/xrpc/com.atproto.repo.putRecord",
                headers=bearer(credentials),
                json=wish,
            )
        except EgressError as error:
            return undelivered(error)
        made = published(account, answer)
        if made is not None:
            return made
        if session.access_ended(answer):
            return Unsent(session_ended(), excerpt(answer))
        if error_code(answer) == "InvalidSwap":
            # Something already stands under our key: a look tells whether it is this post.
            template = gettext_noop("Another version of this post is already there.")
            return Unknown(Sentence(template), excerpt(answer))
        return unmade(answer, self.label, sign_in=session.signed_out(answer))

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
            answer = await self._record(http, account, str(handle["rkey"]))
        except EgressError as error:
            return unseen(error, self.label)
        if answer.status == 400 and error_code(answer) == "RecordNotFound":
            return Absent(excerpt(answer))
        body = answer.json()
        value = body.get("value") if isinstance(body, dict) else None
        same = isinstance(value, dict) and value.get("text") == content.text
        found = published(account, answer) if same else None
        return found or unseen(answer, self.label)

    async def _record(self, http: Egress, account: Account, rkey: str) -> Answer:
        """Asks the account's own server, which answers anybody; no token can spoil it."""
        return await http.request(
            "GET",
            f"{account.server}/xrpc/com.atproto.repo.getRecord",
            params={"repo": account.remote_id, "collection": POST, "rkey": rkey},
        )

    def named(self, account: Account, url: str) -> str:
        return named(account, url)

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
        for remote_id, content in posts.items():
            try:
                answer = await self._record(http, account, remote_id.rpartition("/")[2])
            except EgressError as error:
                raise VerdictRaised(failed(error, self.label)) from error
            if answer.status == 400 and error_code(answer) == "RecordNotFound":
                found[remote_id] = Seen(there=False)
                continue
            body = answer.json()
            if answer.status != 200 or not isinstance(body, dict):
                raise VerdictRaised(self._failed(answer))
            text = str(body["value"]["text"])
            # A record is what was put there, byte for byte: another text was put there later.
            found[remote_id] = Seen() if text == content.text else Seen(text=text, edited=True)
        return found

    @understood
    async def measure(
        self, http: Egress, account: Account, credentials: Credentials, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        """Through the AppView of the account's server; without one nothing is offered."""
        found: dict[str, Figures] = {}
        for at in range(0, len(remote_ids), _BATCH):
            batch = remote_ids[at : at + _BATCH]
            answer = await self._ask(
                http, "GET", account, "app.bsky.feed.getPosts", credentials,
                params=[("uris", uri) for uri in batch],
            )  # fmt: skip
            if not_offered(answer):
                return {remote_id: Figures() for remote_id in remote_ids}
            body = answer.json()
            if answer.status != 200 or not isinstance(body, dict):
                raise VerdictRaised(self._failed(answer))
            found |= {str(post["uri"]): figures_of(post) for post in body["posts"]}
        return found

    @understood
    async def followers(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> int | None:
        """Counted by the AppView; without one, or before it knows the account, by nobody."""
        answer = await self._ask(
            http, "GET", account, "app.bsky.actor.getProfile", credentials,
            params={"actor": account.remote_id},
        )  # fmt: skip
        unknown = answer.status == 400 and "Profile not found" in answer.text
        if not_offered(answer) or unknown:
            return None
        body = answer.json()
        if answer.status != 200 or not isinstance(body, dict):
            raise VerdictRaised(self._failed(answer))
        count = body.get("followersCount")
        if count is None and body["did"]:
            return None
        return int(str(count))

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
        for remote_id in remote_ids:
            answer = await self._ask(
                http, "GET", account, "app.bsky.feed.getPostThread", credentials,
                params={"uri": remote_id, "depth": _DEPTH, "parentHeight": "0"},
            )  # fmt: skip
            if not_offered(answer):
                return []
            if answer.status == 400 and error_code(answer) == "NotFound":
                continue
            body = answer.json()
            if answer.status != 200 or not isinstance(body, dict):
                raise VerdictRaised(self._failed(answer))
            for post in replies(body["thread"]):
                incoming = incoming_of(post, remote_id, account)
                if post["author"]["did"] != account.remote_id and incoming.at >= since:
                    found.append(incoming)
        return sorted(found, key=lambda incoming: incoming.at)

    def _failed(self, answer: Answer) -> Verdict:
        if session.access_ended(answer):
            return Unsent(session_ended(), excerpt(answer))
        return failed(answer, self.label, sign_in=session.signed_out(answer))

    async def _ask(
        self,
        http: Egress,
        method: str,
        account: Account,
        call: str,
        credentials: Credentials,
        headers: Mapping[str, str] | None = None,
        **how: Any,
    ) -> Answer:
        """A call that makes no post."""
        url = f"{account.server}/xrpc/{call}"
        try:
            return await http.request(
                method, url, headers={**bearer(credentials), **(headers or {})}, **how
            )
        except EgressError as error:
            raise VerdictRaised(failed(error, self.label)) from error


ADAPTER = Bluesky()
