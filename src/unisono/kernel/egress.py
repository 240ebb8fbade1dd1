"""The only module that opens outbound connections.

Every address is checked where it counts: after resolving, and again on the socket that is about to
connect, on every hop of a redirect. Errors say whether it is proved that nothing was sent
(`Unreached`) or not (`Interrupted`): a lost post and a doubled post hang on that difference.
"""

from __future__ import annotations

import asyncio
import json as jsonlib
import socket
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace, TracebackType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from unisono.kernel.addresses import (
    EgressError as EgressError,
)
from unisono.kernel.addresses import (
    Interrupted as Interrupted,
)
from unisono.kernel.addresses import (
    Rules as Rules,
)
from unisono.kernel.addresses import (
    Unreached as Unreached,
)
from unisono.kernel.addresses import (
    address_refused,
    gettext_noop,
)
from unisono.kernel.addresses import (
    checked_url as checked_url,
)

T = TypeVar("T")
Resolve = Callable[[str, int, int], Awaitable[Sequence[str]]]
"""(host, port, family) -> address literals; replaced in tests by one that changes its mind."""

MAX_REDIRECTS = 3
CALLS = 1_000
CALLS_PER_HOST = 200
"""Calls to one host at a time, of all its accounts; more wait."""
MAX_BYTES = 8 * 1024 * 1024
_CHUNK = 64 * 1024
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_TRAVELLING_HEADERS = frozenset({"accept", "accept-language"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart form."""

    filename: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered. `at` is when (aware UTC); header names are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    at: datetime

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The decoded JSON body; None when the body is not JSON."""
        try:
            return jsonlib.loads(self.body)
        except ValueError:
            return None


class Egress:
    """Guarded HTTP. One object serves a whole process; each event loop gets its own connections."""

    def __init__(
        self,
        rules: Rules | None = None,
        *,
        user_agent: str = "Unisono/0.1 (self-hosted)",
        resolve: Resolve | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.rules = rules or Rules()
        self._user_agent = user_agent
        self._resolve = resolve or _system_resolve
        self._timeout = timeout
        self._sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = (
            WeakKeyDictionary()
        )

    async def __aenter__(self) -> Egress:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections of the running loop."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    def fetch_sync(self, work: Callable[[Egress], Awaitable[T]]) -> T:
        """Run `work(egress)` to its end from a thread without an event loop.

        For the web process: `egress.fetch_sync(lambda http: adapter.connect(http, form))`.
        """

        async def run() -> T:
            async with self:
                return await work(self)

        return asyncio.run(run())

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        json: Any = None,
        data: bytes | None = None,
        form: Mapping[str, str | Upload] | None = None,
        seconds: float | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """One request; every status is an `Answer`. Raises `Unreached` or `Interrupted`.

        Redirects are followed for GET and HEAD only, at most three, and take no credential to
        another origin; the answer to any other method is given back as it came. `seconds` is the
        most the whole may take.
        """
        target = checked_url(url, self.rules)
        if params:
            target = target.update_query(params)
        call = _Call(method.upper(), dict(headers or {}), _body(json, data, form), max_bytes)
        for hop in range(MAX_REDIRECTS + 1):
            answer = await self._send(call, target, seconds or self._timeout)
            where = answer.headers.get("Location", "")
            if not (300 <= answer.status < 400 and where and call.method in _SAFE_METHODS):
                return answer
            if hop == MAX_REDIRECTS:
                break
            call, target = _next_hop(call, target, where, self.rules)
        raise Interrupted(
            "redirects", gettext_noop("%(host)s sends us from one address to the next."),
            host=target.host or "",
        )  # fmt: skip

    async def _send(self, call: _Call, target: URL, seconds: float) -> Answer:
        progress = SimpleNamespace(started=False)
        headers = {"User-Agent": self._user_agent, "Accept-Encoding": "gzip", **call.headers}
        try:
            async with self._session().request(
                call.method,
                target,
                headers=headers,
                data=call.payload(),
                allow_redirects=False,
                timeout=_timeouts(seconds),
                trace_request_ctx=progress,
            ) as response:
                body = await _read(response, call.max_bytes)
                return Answer(
                    response.status, response.headers, body, str(target), datetime.now(UTC)
                )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _told(error, target, progress.started) from error

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None or session.closed:
            session = self._sessions[loop] = self._opened()
        return session

    def _opened(self) -> aiohttp.ClientSession:
        resolver = _CheckingResolver(self.rules, self._resolve)
        tracing = aiohttp.TraceConfig()
        tracing.on_request_headers_sent.append(_mark_started)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=resolver,
                use_dns_cache=False,
                socket_factory=resolver.socket_for,
                limit=CALLS,
                limit_per_host=CALLS_PER_HOST,
                keepalive_timeout=15,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            trace_configs=[tracing],
        )


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    headers: dict[str, str]
    payload: Callable[[], Any]
    max_bytes: int


class AddressRefused(OSError):
    """The name leads to an address Unisono does not talk to."""


class _CheckingResolver(AbstractResolver):
    """Resolves once and lets only allowed addresses through; the socket factory asks it again."""

    def __init__(self, rules: Rules, resolve: Resolve) -> None:
        self._rules = rules
        self._resolve = resolve
        self._named: set[tuple[str, int]] = set()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = await self._resolve(host, port, family)
        if self._rules.names(host, port):
            self._named.update((address, port) for address in addresses)
        else:
            addresses = [a for a in addresses if self._rules.accepts(a)]
            if not addresses:
                raise AddressRefused(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held open."""

    def socket_for(self, info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        """The socket for exactly this peer; the last look at where it really goes."""
        family, kind, proto, _name, peer = info
        address, port = str(peer[0]), int(peer[1])
        known = (address, port) in self._named or self._rules.names(address, port)
        if not (known or self._rules.accepts(address)):
            raise AddressRefused(address)
        return socket.socket(family, kind, proto)


def _next_hop(call: _Call, source: URL, where: str, rules: Rules) -> tuple[_Call, URL]:
    """The next hop of a redirect: checked like the first; nothing confidential changes origin."""
    try:
        joined = str(source.join(URL(where)))
        target = checked_url(joined, rules)
    except (ValueError, Unreached) as error:
        raise Interrupted(
            "redirects", gettext_noop("%(host)s sends us to an address we do not follow."),
            host=source.host or "",
        ) from error  # fmt: skip
    if source.scheme == "https" and target.scheme != "https":
        raise Interrupted(
            "redirects", gettext_noop("%(host)s sends us to an address without encryption."),
            host=source.host or "",
        )  # fmt: skip
    if target.origin() == source.origin():
        return call, target
    kept = {k: v for k, v in call.headers.items() if k.lower() in _TRAVELLING_HEADERS}
    return _Call(call.method, kept, lambda: None, call.max_bytes), target


def _body(
    json: Any, data: bytes | None, form: Mapping[str, str | Upload] | None
) -> Callable[[], Any]:
    """A maker of the body, because aiohttp's payloads serve only once."""
    if form is not None:
        return lambda: _form(form)
    if json is not None:
        text = jsonlib.dumps(json, ensure_ascii=False, separators=(",", ":"))
        return lambda: aiohttp.BytesPayload(text.encode(), content_type="application/json")
    return lambda: data


def _form(parts: Mapping[str, str | Upload]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, part in parts.items():
        if isinstance(part, Upload):
            form.add_field(name, part.data, filename=part.filename, content_type=part.mime)
        else:
            form.add_field(name, part)
    return form


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The body, unpacked here so that a small archive cannot grow beyond `max_bytes`."""
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "deflate"):
        raise ValueError(f"content coding {coding}")
    unpack = zlib.decompressobj(47 if coding == "gzip" else 15) if coding in _PACKED else None
    kept = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        kept += unpack.decompress(chunk, max_bytes - len(kept) + 1) if unpack else chunk
        if len(kept) > max_bytes:
            raise _TooLarge
    if unpack is not None and kept and not unpack.eof:
        raise ValueError("the packed body is cut")
    return bytes(kept)


_PACKED = frozenset({"gzip", "deflate"})


class _TooLarge(ValueError):
    pass


def _timeouts(total: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=total, connect=min(10.0, total), sock_connect=min(10.0, total), sock_read=total
    )


async def _mark_started(
    session: aiohttp.ClientSession, context: SimpleNamespace, sent: Any
) -> None:
    """From here on bytes may have left."""
    if context.trace_request_ctx is not None:
        context.trace_request_ctx.started = True


def _told(error: Exception, target: URL, started: bool) -> EgressError:
    """The error as what it proves. Only what happened before the first byte proves anything."""
    host = target.host or ""
    if started:
        return _interrupted(error, host)
    cause = getattr(error, "os_error", error)
    if isinstance(cause, AddressRefused):
        return address_refused(host)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreached("dns", gettext_noop("There is no server called %(host)s."), host=host)
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError):
        return Unreached(
            "tls", gettext_noop("%(host)s could not prove that it is %(host)s."), host=host
        )
    if isinstance(error, TimeoutError):
        return Unreached("connect", gettext_noop("%(host)s did not answer in time."), host=host)
    return Unreached("connect", gettext_noop("%(host)s does not take connections."), host=host)


def _interrupted(error: Exception, host: str) -> Interrupted:
    if isinstance(error, _TooLarge):
        return Interrupted("too-large", gettext_noop("%(host)s sent too much."), host=host)
    if isinstance(error, TimeoutError):
        return Interrupted("timeout", gettext_noop("%(host)s did not answer in time."), host=host)
    return Interrupted(
        "cut", gettext_noop("The connection to %(host)s was cut before the answer."), host=host
    )


async def _system_resolve(host: str, port: int, family: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
    return list(dict.fromkeys(str(info[4][0]) for info in found))
