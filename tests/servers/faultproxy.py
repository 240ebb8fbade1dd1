"""A loopback proxy that breaks HTTP at chosen moments, and remembers what reached the server.

In front of any server: whatever it says, the count of posts on the server is the truth.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

_HEAD_END = b"\r\n\r\n"
_HOP_HEADERS = re.compile(rb"(?i)\r\n(?:connection|expect|accept-encoding):[^\r]*")


@dataclass
class Fault:
    """One fault for the next `count` requests that match.

    lose_answer: the server answers, the client hears nothing. lose_request: the server hears
    nothing. dup: the server hears it twice. truncate: half of the answer's body. garbage: the
    server answers, the client reads 200 and nonsense. html: a web page, the server hears nothing.
    error: the server answers, the client reads 502. limited: 429, the server hears nothing.
    odd: 200 and JSON of another shape, the server hears nothing.
    """

    mode: str
    method: str = "POST"
    path: str = ""
    count: int = 1


@dataclass
class FaultProxy:
    """`await start()`, then talk to `http://127.0.0.1:{port}` instead of the server."""

    upstream: int
    port: int = 0
    faults: list[Fault] = field(default_factory=list)
    passed: list[tuple[str, str, int]] = field(default_factory=list)
    without: str = ""
    """A header the server never gets to see."""
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> FaultProxy:
        self._server = await asyncio.start_server(self._client, "127.0.0.1", self.port, limit=2**24)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether the connection goes on."""
        head, body = await _message(reader)
        method, path = (part.decode() for part in head.split(b" ", 2)[:2])
        mode = self._mode(method, path)
        if mode == "lose_request":
            return False
        if mode == "html":
            writer.write(_answer(200, "text/html", b"<!doctype html><h1>Welcome</h1>"))
            return True
        if mode == "odd":
            odd = b'{"id": 1, "posts": 7, "figures": [1], "comments": [{}], "descendants": [{}]}'
            writer.write(_answer(200, "application/json", odd))
            return True
        if mode == "limited":
            writer.write(_answer(429, "text/html", b"", "Retry-After: 90\r\n"))
            return True
        for _time in range(2 if mode == "dup" else 1):
            answer_head, answer_body = await self._ask(head, body)
            status = int(answer_head.split(b" ", 2)[1])
            self.passed.append((method, path, status))
        return self._give(writer, mode, answer_head, answer_body)

    def _give(self, writer: asyncio.StreamWriter, mode: str, head: bytes, body: bytes) -> bool:
        if mode == "lose_answer":
            return False
        if mode == "truncate":
            writer.write(head + body[: len(body) // 2])
            return False
        if mode == "garbage":
            writer.write(_answer(200, "text/plain", b"ok ???"))
        elif mode == "error":
            writer.write(_answer(502, "text/html", b"<h1>Bad gateway</h1>"))
        else:
            writer.write(head + body)
        return b"\r\nconnection: close" not in head.lower()

    def _mode(self, method: str, path: str) -> str:
        for fault in self.faults:
            if fault.method == method and re.search(fault.path, path):
                fault.count -= 1
                if fault.count <= 0:
                    self.faults.remove(fault)
                return fault.mode
        return ""

    async def _ask(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream, limit=2**24)
        try:
            bare = _HOP_HEADERS.sub(b"", head)[: -len(_HEAD_END)]
            if self.without:
                bare = re.sub(rf"(?i)\r\n{self.without}:[^\r]*".encode(), b"", bare)
            writer.write(bare + b"\r\nConnection: close" + _HEAD_END + body)
            await writer.drain()
            answer_head, answer_body = await _message(reader)
        finally:
            writer.close()
        return _with_length(answer_head, answer_body), answer_body


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and decoded body of a request or an answer."""
    head = await reader.readuntil(_HEAD_END)
    length = re.search(rb"(?i)\r\ncontent-length:\s*(\d+)", head)
    if length:
        return head, await reader.readexactly(int(length[1]))
    if re.search(rb"(?i)\r\ntransfer-encoding:\s*chunked", head):
        body = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readline()
        return head, body
    if head.startswith(b"HTTP/") and not re.match(rb"HTTP/1\.\d (?:1\d\d|204|304)", head):
        return head, await reader.read()
    return head, b""


def _with_length(head: bytes, body: bytes) -> bytes:
    bare = re.sub(rb"(?i)\r\n(?:content-length|transfer-encoding|connection):[^\r]*", b"", head)
    length = f"\r\nContent-Length: {len(body)}\r\nConnection: keep-alive".encode()
    return bare[: -len(_HEAD_END)] + length + _HEAD_END


def _answer(status: int, kind: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{more}\r\n".encode() + body
