"""Adapter of Mastodon. Its rules: the server's own documentation of its client API.

A second post is avoided by an Idempotency-Key where the server is known to honour it (for an hour),
else by looking through the account's own statuses before anything is repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from unisono.kernel.egress import Answer, Egress, EgressError, Upload
from unisono.kernel.secrets import Secret
from unisono.networks import checks
from unisono.networks.answers import (
    MISSHAPEN,
    failed,
    not_this_network,
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
    Limits,
    Measures,
    Media,
    Published,
    Publishes,
    Reads,
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
from unisono.networks.mastodon.instance import limits_of, profile_of
from unisono.networks.mastodon.posts import (
    account_of,
    bearer,
    figures_of,
    found_in,
    incoming_of,
    made_at,
    origin_of,
    outside_scopes,
    page_of,
    published,
    seen_of,
    status_of,
)
from unisono.networks.shares import Shares
from unisono.networks.text import entities, graphemes

_KEY_KEPT = timedelta(minutes=50)
"""Mastodon keeps a key for one hour; the margin covers slow clocks and long requests."""
_SKEW = timedelta(minutes=5)
_POLLS = (0.2, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0)
"""Seconds between questions whether a picture is ready: twenty in all."""
_PAGE, _PAGES = 40, 5
_AT_ONCE = 4


class Mastodon(Adapter):
    """Speaks the client API of Mastodon 3 and later."""

    name = "mastodon"
    label = "Mastodon"
    mark = "M"
    colour = "#6364ff"
    capabilities = (Connects, Publishes, Continues, Confirms, Measures, Reads, Shares)
    second_post = SecondPost.KEY
    connect_fields = (
        Field(
            "server",
            Sentence(gettext_noop("Server address")),
            "url",
            Sentence(gettext_noop("For instance mastodon.social")),
        ),
        Field(
            "token",
            Sentence(gettext_noop("Access token")),
            "secret",
            Sentence(
                gettext_noop(
                    "On your server: Preferences, Development, New application. It needs the"
                    " scopes read and write."
                )
            ),
        ),
    )
    option_fields = (
        Field(
            "visibility",
            Sentence(gettext_noop("Who can see it")),
            "choice",
            required=False,
            default="public",
            choices=(
                ("public", Sentence(gettext_noop("Everybody"))),
                ("unlisted", Sentence(gettext_noop("Everybody, but not in public feeds"))),
                ("private", Sentence(gettext_noop("Followers only"))),
            ),
        ),
        Field("warning", Sentence(gettext_noop("Content warning")), required=False),
    )

    # --- what it takes ---

    def limits(self, account: Account) -> Limits:
        return limits_of(account.profile)

    def share_address(self, text: str, account: Account) -> str:
        """The share page of our own server: for colleagues who have their account there."""
        return f"{account.server.rstrip('/')}/share?text={quote(text, safe='')}"

    def length(self, text: str, account: Account) -> int:
        """Every address counts as 23 (or as the server says), a mention without its server."""
        reserved = int(account.profile.get("url_length", 23))
        total = graphemes(text)
        for entity in entities(text):
            if entity.kind == "url":
                total += reserved - graphemes(entity.text)
            elif entity.kind == "mention":
                total -= len(entity.text) - len("@" + entity.text[1:].split("@")[0])
        return total

    def check(self, content: Content, account: Account) -> list[Finding]:
        found = checks.findings(self, content, account)
        visibility = content.options.get("visibility", "public")
        if visibility not in {value for value, _label in self.option_fields[0].choices}:
            template = gettext_noop("Choose who can see this post.")
            found.append(Finding("bad", "visibility", Sentence(template), "visibility"))
        warning = str(content.options.get("warning", ""))
        if warning:
            room = self.limits(account).text_max - self.length(content.text, account)
            if 0 <= room < graphemes(warning):
                template = gettext_noop("Text and content warning together are too long.")
                found.append(Finding("bad", "warning-long", Sentence(template), "warning"))
        return found

    def preview(self, content: Content, account: Account) -> dict[str, Any]:
        shown = checks.preview(self, content, account)
        options = content.options
        return {
            **shown,
            "warning": options.get("warning", ""),
            "visibility": options.get("visibility", "public"),
        }

    # --- connecting ---

    async def connect(self, http: Egress, form: Mapping[str, str | Secret]) -> Connected:
        server = server_address(str(form.get("server", "")))
        token = form.get("token", "")
        secret = token if isinstance(token, Secret) else Secret(token.strip())
        if not server:
            template = gettext_noop("Give the address of the server.")
            raise CannotConnect(Sentence(template), "server")
        try:
            instance = await self._instance(http, server)
            answer = await http.request(
                "GET", f"{server}/api/v1/accounts/verify_credentials", headers=bearer(secret)
            )
            if answer.status == 200:
                await self._check_scopes(http, server, secret)
        except EgressError as error:
            raise unreachable(error) from error
        person = answer.json()
        if answer.status in (401, 403, 422):
            template = gettext_noop("%(server)s does not accept this access token.")
            raise CannotConnect(Sentence(template, {"server": server}), "token")
        if answer.status != 200 or not isinstance(person, dict) or "id" not in person:
            raise not_this_network(server, self.label)
        try:
            account = account_of(server, person, profile_of(instance))
        except MISSHAPEN as error:
            raise not_this_network(server, self.label) from error
        return Connected(account, {"token": secret})

    async def _instance(self, http: Egress, server: str) -> dict[str, Any]:
        for version in ("v2", "v1"):
            answer = await http.request("GET", f"{server}/api/{version}/instance")
            body = answer.json()
            if answer.status == 200 and isinstance(body, dict) and "version" in body:
                return body
        raise not_this_network(server, self.label)

    async def _check_scopes(self, http: Egress, server: str, token: Secret) -> None:
        """Newer servers tell a token's scopes; better to hear of it now than when publishing."""
        answer = await http.request(
            "GET", f"{server}/api/v1/apps/verify_credentials", headers=bearer(token)
        )
        body = answer.json()
        scopes = body.get("scopes") if isinstance(body, dict) else None
        if isinstance(scopes, list) and not {"write", "write:statuses"} & set(scopes):
            template = gettext_noop("This access token may read, but not publish.")
            raise CannotConnect(Sentence(template), "token")

    async def refresh(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> Credentials | None:
        return None

    # --- publishing ---

    def safety(self, account: Account) -> Safety:
        if account.profile.get("key_trusted"):
            return Safety(SecondPost.KEY, _KEY_KEPT, settles_after=timedelta(seconds=15))
        return Safety(SecondPost.LOOK_UP, timedelta(0), settles_after=timedelta(minutes=2))

    def plan(
        self, content: Content, account: Account, *, publication_id: UUID, due_at: datetime
    ) -> Handle:
        return {"key": str(publication_id)}

    @understood
    async def prepare(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Handle:
        if not content.media or handle.get("media"):
            return handle
        ids = [await self._upload(http, account, credentials, media) for media in content.media]
        for pause in (*_POLLS, None):
            if await self._processed(http, account, credentials, ids):
                return {**handle, "media": ids}
            if pause is not None:
                await asyncio.sleep(pause)
        template = gettext_noop("%(network)s is still working on the pictures.")
        raise VerdictRaised(Unsent(Sentence(template, {"network": self.label})))

    async def _upload(
        self, http: Egress, account: Account, credentials: Credentials, media: Media
    ) -> str:
        name = "picture." + media.mime.removeprefix("image/")
        form: dict[str, str | Upload] = {"file": Upload(name, media.mime, await media.read())}
        if media.alt:
            form["description"] = media.alt
        body = await self._call(
            http, "POST", account, "/api/v2/media", credentials, form=form, seconds=90
        )
        return str(body["id"])

    async def _processed(
        self, http: Egress, account: Account, credentials: Credentials, ids: Sequence[str]
    ) -> bool:
        """206 means that the server is still working on a picture."""
        for media in ids:
            answer = await self._ask(http, "GET", account, f"/api/v1/media/{media}", credentials)
            if answer.status == 206:
                return False
            if answer.status != 200:
                raise VerdictRaised(failed(answer, self.label))
        return True

    async def commit(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Verdict:
        headers = {**bearer(credentials["token"]), "Idempotency-Key": str(handle["key"])}
        try:
            answer = await http.request(
                "POST",
                f"{account.server}/api/v1/statuses",
                headers=headers,
                json=status_of(content, handle),
            )
        except EgressError as error:
            return undelivered(error)
        made = published(answer.json(), answer) if answer.status == 200 else None
        return made or unmade(answer, self.label, sign_in=outside_scopes(answer))

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
        before = ""
        for _page in range(_PAGES):
            params = {"limit": str(_PAGE), "exclude_reblogs": "true"}
            params |= {"max_id": before} if before else {}
            path = f"/api/v1/accounts/{account.remote_id}/statuses"
            try:
                answer = await http.request(
                    "GET",
                    account.server + path,
                    headers=bearer(credentials["token"]),
                    params=params,
                )
                page = page_of(answer)
                recent = [row for row in page if made_at(row) >= since - _SKEW]
                best = found_in(recent, content, taken, answer)
            except EgressError as error:
                return unseen(error, self.label)
            except MISSHAPEN:
                return unseen(answer, self.label)
            if best is not None or len(recent) < len(page) or not page:
                return best or Absent({"looked_at": len(page)})
            before = str(page[-1]["id"])
        return unseen(answer, self.label)

    def named(self, account: Account, url: str) -> str:
        page, _slash, status = url.strip().rpartition("/")
        # A server may show its pages on another host than the one that was typed.
        ours = any(page.startswith(f"{origin_of(home)}/") for home in (account.server, account.url))
        return status if ours and status.isalnum() else ""

    # --- reading ---

    @understood
    async def confirm(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        posts: Mapping[str, Content],
    ) -> dict[str, Seen]:
        answers = await self._statuses(http, account, credentials, list(posts))
        return {i: seen_of(answers[i], content, self.label) for i, content in posts.items()}

    @understood
    async def measure(
        self, http: Egress, account: Account, credentials: Credentials, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        answers = await self._statuses(http, account, credentials, remote_ids)
        found = {i: figures_of(answer, self.label) for i, answer in answers.items()}
        return {i: figures for i, figures in found.items() if figures}

    async def _statuses(
        self, http: Egress, account: Account, credentials: Credentials, remote_ids: Sequence[str]
    ) -> dict[str, Answer]:
        """What the server answers about each status."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(remote_id: str) -> Answer:
            async with gate:
                return await self._ask(
                    http, "GET", account, f"/api/v1/statuses/{remote_id}", credentials
                )

        answers = await asyncio.gather(*(one(remote_id) for remote_id in remote_ids))
        return dict(zip(remote_ids, answers, strict=True))

    @understood
    async def followers(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> int | None:
        person = await self._call(
            http, "GET", account, f"/api/v1/accounts/{account.remote_id}", credentials
        )
        count = int(person["followers_count"])
        # A server that is told to hide the number says -1.
        return count if count >= 0 else None

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
                http, "GET", account, f"/api/v1/statuses/{remote_id}/context", credentials
            )
            body = answer.json()
            if answer.status == 404:
                continue
            if answer.status != 200 or not isinstance(body, dict):
                raise VerdictRaised(failed(answer, self.label))
            found += [
                incoming_of(row, remote_id)
                for row in body["descendants"]
                if str(row["account"]["id"]) != account.remote_id and made_at(row) >= since
            ]
        return sorted(found, key=lambda incoming: incoming.at)

    async def _call(self, *call: Any, **how: Any) -> dict[str, Any]:
        """A call that makes no post: its JSON object, or `VerdictRaised`."""
        answer = await self._ask(*call, **how)
        body = answer.json()
        if answer.status not in (200, 202) or not isinstance(body, dict) or "id" not in body:
            raise VerdictRaised(failed(answer, self.label, sign_in=outside_scopes(answer)))
        return body

    async def _ask(
        self,
        http: Egress,
        method: str,
        account: Account,
        path: str,
        credentials: Credentials,
        **how: Any,
    ) -> Answer:
        headers = bearer(credentials["token"])
        try:
            return await http.request(method, account.server + path, headers=headers, **how)
        except EgressError as error:
            raise VerdictRaised(failed(error, self.label)) from error


ADAPTER = Mastodon()
