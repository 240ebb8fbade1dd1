"""The one door to the outside: which addresses it opens to, and what its errors prove.

The addresses that must stay shut are tried against a canary that counts every connection.
"""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from unisono.kernel.egress import (
    AddressRefused,
    Answer,
    Egress,
    Interrupted,
    Rules,
    Unreached,
    Upload,
    _CheckingResolver,
    checked_url,
)

FORMS = [
    "http://127.0.0.1/", "https://127.0.0.1/", "https://127.0.0.1:443/", "https://[::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://0/", "https://0.0.0.0/",
    "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.1/", "https://0177.0.0.1/", "https://017700000001/", "https://localhost/",
    "https://localhost./", "https://127.0.0.1./", "https://LOCALHOST/", "https://ⓛocalhost/",
    "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://user@127.0.0.1/",
    "https://good.example@127.0.0.1/", "https://user:word@good.example/", "https://@127.0.0.1/",
    "https://good.example:22/", "https://good.example:8443/", "http://good.example/",
    "ftp://good.example/", "file:///etc/passwd", "gopher://good.example/", "https:///path",
    "https://", "good.example", "//good.example/", "javascript:alert(1)", "https://good.example:0/",
    "https://good.example:99999/", "https://good example/", "https://good.example\\@127.0.0.1/",
    "https://good.example/\r\nX: y", "https://good.example/\tx", " https://good.example/",
    "https://[fe80::1%25lo]/", "https://[::1%25lo]/", "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/", "https://169.254.169.254/latest/meta-data/",
    "https://inside.example/", "https://mixed-in.example/",
]  # fmt: skip


async def _names(host: str, port: int, family: int) -> Sequence[str]:
    """A resolver that answers numbers as the system does, and names as an attacker would."""
    if host == "good.example":
        return ["127.0.0.1"]
    if host in ("inside.example", "mixed-in.example"):
        return ["127.0.0.1", "::1"]
    loop = asyncio.get_running_loop()
    return [str(info[4][0]) for info in await loop.getaddrinfo(host, port)]


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def allowing(*ports: int) -> Rules:
    return Rules(allowed=frozenset(("127.0.0.1", port) for port in ports))


def get(handler: Handler, path: str = "/", **how: object) -> Answer:
    """One GET to a server of our own."""

    async def work() -> Answer:
        async with serving(handler) as port, Egress(allowing(port), timeout=3) as http:
            return await http.request("GET", f"http://127.0.0.1:{port}{path}", **how)

    return asyncio.run(work())


async def _plain(request: web.Request) -> web.Response:
    return web.Response(text="hello")


# --- where it may go ---


@pytest.mark.parametrize("url", FORMS)
def test_no_form_of_an_address_reaches_inside(url: str) -> None:
    """Whatever is written, the canary stays alone, and it is proved that nothing was sent."""
    hits = []

    async def canary(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hits.append(1)
        writer.close()

    async def work() -> None:
        server = await asyncio.start_server(canary, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        rules = Rules(ports=frozenset({443, port}))
        target = url.replace(":443/", f":{port}/")
        async with Egress(rules, resolve=_names, timeout=2) as http:
            with pytest.raises(Unreached) as refused:
                await http.request("GET", target)
        assert str(refused.value).endswith(".")
        server.close()

    asyncio.run(work())
    assert hits == []


def test_a_name_that_changes_its_mind_is_checked_where_it_connects() -> None:
    """Rebinding: whatever was answered before, only the address connected to counts."""
    answers = [["1.1.1.1"], ["127.0.0.1"]]
    hits = []

    async def resolve(host: str, port: int, family: int) -> Sequence[str]:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def work() -> None:
        async def canary(request: web.Request) -> web.Response:
            hits.append(1)
            return web.Response()

        async with serving(canary) as port:
            rules = Rules(ports=frozenset({port}))
            assert checked_url(f"https://rebind.example:{port}/", rules)
            await resolve("rebind.example", port, 0)
            async with Egress(rules, resolve=resolve, timeout=2) as http:
                with pytest.raises(Unreached) as refused:
                    await http.request("GET", f"https://rebind.example:{port}/")
                assert refused.value.code == "address-refused"

    asyncio.run(work())
    assert hits == []


def test_a_lying_resolver_is_caught_by_the_socket() -> None:
    """Even if the check after resolving were fooled, the last look is at the peer itself."""
    rules = Rules()
    egress = Egress(rules)

    async def work() -> None:
        resolver = _CheckingResolver(rules, _names)
        with pytest.raises(AddressRefused):
            resolver.socket_for((2, 1, 6, "", ("127.0.0.1", 443)))
        await egress.close()

    asyncio.run(work())


def test_the_allow_list_is_exact(closed_port: int) -> None:
    async def work() -> None:
        async with serving(_plain) as port, Egress(allowing(port), timeout=2) as http:
            answer = await http.request("GET", f"http://127.0.0.1:{port}/")
            assert answer.text == "hello"
            for url in (
                f"http://127.0.0.1:{closed_port}/",
                f"http://localhost:{port}/",
                f"http://127.0.0.2:{port}/",
                f"http://127.1:{port}/",
            ):
                with pytest.raises(Unreached) as refused:
                    await http.request("GET", url)
                assert refused.value.code != "connect"

    asyncio.run(work())


def test_a_named_server_of_ones_own_may_be_allowed() -> None:
    async def work() -> None:
        async with serving(_plain) as port:
            rules = Rules(allowed=frozenset({("good.example", port)}))
            async with Egress(rules, resolve=_names, timeout=2) as http:
                answer = await http.request("GET", f"http://good.example:{port}/")
                assert answer.status == 200
                with pytest.raises(Unreached):
                    await http.request("GET", f"http://inside.example:{port}/")

    asyncio.run(work())


# --- redirects ---


def test_redirects_are_checked_again() -> None:
    async def inside(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:9/secret")

    with pytest.raises(Interrupted) as refused:
        get(inside)
    assert refused.value.code == "redirects"


def test_three_redirects_are_followed_and_no_more() -> None:
    async def hops(request: web.Request) -> web.Response:
        left = int(request.path[1:])
        if left:
            raise web.HTTPFound(f"/{left - 1}")
        return web.Response(text="there")

    assert get(hops, "/3").text == "there"
    with pytest.raises(Interrupted):
        get(hops, "/4")


def test_a_post_is_never_sent_on() -> None:
    seen = []

    async def moved(request: web.Request) -> web.Response:
        seen.append(request.path)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    async def work() -> Answer:
        async with serving(moved) as port, Egress(allowing(port)) as http:
            return await http.request("POST", f"http://127.0.0.1:{port}/", json={})

    assert asyncio.run(work()).status == 307
    assert seen == ["/"]


def test_no_credential_changes_its_origin() -> None:
    heard: list[dict[str, str]] = []

    async def other(request: web.Request) -> web.Response:
        heard.append(dict(request.headers))
        return web.Response()

    async def work() -> None:
        async with serving(other) as second:

            async def first(request: web.Request) -> web.Response:
                raise web.HTTPFound(f"http://127.0.0.1:{second}/")

            async with serving(first) as port, Egress(allowing(port, second)) as http:
                headers = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Key": "k"}
                await http.request("GET", f"http://127.0.0.1:{port}/", headers=headers)

    asyncio.run(work())
    assert not {"Authorization", "Cookie", "X-Key"} & set(heard[0])


# --- size, time, form ---


def test_too_much_is_not_read() -> None:
    async def large(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 200_000)

    with pytest.raises(Interrupted) as refused:
        get(large, max_bytes=100_000)
    assert refused.value.code == "too-large"


def test_a_small_archive_does_not_grow_in_memory() -> None:
    async def bomb(request: web.Request) -> web.Response:
        packed = gzip.compress(b"\0" * 50_000_000)
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    with pytest.raises(Interrupted) as refused:
        get(bomb, max_bytes=1_000_000)
    assert refused.value.code == "too-large"


def test_packed_answers_are_unpacked() -> None:
    async def packed(request: web.Request) -> web.Response:
        body = gzip.compress(b'{"a": 1}')
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    assert get(packed).json() == {"a": 1}


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip"])
def test_other_packings_are_not_opened(coding: str) -> None:
    async def odd(request: web.Request) -> web.Response:
        return web.Response(body=b"?", headers={"Content-Encoding": coding})

    with pytest.raises(Interrupted):
        get(odd)


def test_a_silent_server_is_given_up() -> None:
    async def silent(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    with pytest.raises(Interrupted) as refused:
        get(silent, seconds=0.3)
    assert refused.value.code == "timeout"


def test_no_cookie_is_kept() -> None:
    heard = []

    async def baker(request: web.Request) -> web.Response:
        heard.append("Cookie" in request.headers)
        answer = web.Response()
        answer.set_cookie("a", "b")
        return answer

    async def work() -> None:
        async with serving(baker) as port, Egress(allowing(port)) as http:
            for _time in range(2):
                await http.request("GET", f"http://127.0.0.1:{port}/")

    asyncio.run(work())
    assert heard == [False, False]


def test_a_form_carries_files() -> None:
    async def form(request: web.Request) -> web.Response:
        fields = await request.post()
        file = fields["file"]
        assert isinstance(file, web.FileField)
        read = file.file.read().decode()
        return web.json_response({"alt": fields["alt"], "mime": file.content_type, "read": read})

    async def work() -> Answer:
        async with serving(form) as port, Egress(allowing(port)) as http:
            parts = {"alt": "Äpfel", "file": Upload("a.png", "image/png", b"bytes")}
            return await http.request("POST", f"http://127.0.0.1:{port}/", form=parts)

    assert asyncio.run(work()).json() == {"alt": "Äpfel", "mime": "image/png", "read": "bytes"}


# --- what an error proves ---


def test_nobody_there_proves_that_nothing_was_sent(closed_port: int) -> None:
    async def work() -> None:
        async with Egress(allowing(closed_port)) as http:
            await http.request("POST", f"http://127.0.0.1:{closed_port}/", json={})

    with pytest.raises(Unreached) as refused:
        asyncio.run(work())
    assert refused.value.code == "connect"


def test_no_such_name_proves_that_nothing_was_sent() -> None:
    async def resolve(host: str, port: int, family: int) -> Sequence[str]:
        raise OSError(-2, "no such name")

    async def work() -> None:
        async with Egress(resolve=resolve) as http:
            await http.request("POST", "https://nowhere.example/", json={})

    with pytest.raises(Unreached) as refused:
        asyncio.run(work())
    assert refused.value.code == "dns"
    assert str(refused.value) == "There is no server called nowhere.example."


def test_a_failed_handshake_proves_that_nothing_was_sent() -> None:
    async def work() -> None:
        async with serving(_plain) as port, Egress(allowing(port), timeout=3) as http:
            await http.request("POST", f"https://127.0.0.1:{port}/", json={})

    with pytest.raises(Unreached) as refused:
        asyncio.run(work())
    assert isinstance(refused.value.__cause__, Exception)
    assert not isinstance(refused.value.__cause__, ssl.SSLZeroReturnError)


@pytest.mark.parametrize("after", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"])
def test_a_cut_line_proves_nothing(after: bytes) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(after)
        writer.close()

    async def work() -> None:
        server = await asyncio.start_server(cut, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with Egress(allowing(port), timeout=3) as http:
            await http.request("POST", f"http://127.0.0.1:{port}/", json={"a": 1})

    with pytest.raises(Interrupted):
        asyncio.run(work())


def test_a_thread_without_a_loop_can_fetch() -> None:
    async def work() -> None:
        async with serving(_plain) as port:
            egress = Egress(allowing(port))

            def blocking() -> str:
                return egress.fetch_sync(
                    lambda http: http.request("GET", f"http://127.0.0.1:{port}/")
                ).text

            assert await asyncio.to_thread(blocking) == "hello"

    asyncio.run(work())
