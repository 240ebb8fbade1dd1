"""How fast and how heavy Calendar and Desk are for the demonstration company.

The whole WSGI stack runs in this process: middleware, session, scope, templates, compression.
Beside each page, the very SQL it asked is asked again bare, turn by turn in the same run, so that
the ratio does not depend on the machine. The weight is all a first visitor's browser fetches.
"""

from __future__ import annotations

import io
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.servers.running import answers, free_port, running

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"calendar": "/calendar/", "desk": "/"}
TURNS = 40
WARM = 5
MOST_MS, MOST_KB = 80.0, 200.0

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]
Queries = list[tuple[str, Any]]


@dataclass
class Answer:
    """What the stack answered to one request."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)


@dataclass
class Figures:
    """What was measured of one page."""

    server_ms: float
    sql_ms: float
    queries: int
    kb: float

    @property
    def ratio(self) -> float:
        return self.server_ms / self.sql_ms


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="unisono-bench-") as folder:
        # The database's own account must be able to walk in.
        Path(folder).chmod(0o711)
        with _company(Path(folder)) as application:
            found = _measure(application)
    for name, page in found.items():
        print(
            f"{name:9} server {page.server_ms:6.1f} ms   its {page.queries} queries alone"
            f" {page.sql_ms:5.1f} ms   ratio {page.ratio:4.1f}   weight {page.kb:6.1f} kB"
        )
    calendar, desk = found["calendar"], found["desk"]
    result = {
        "calendar_server_ms": round(calendar.server_ms, 1),
        "calendar_sql_ratio": round(calendar.ratio, 2),
        "calendar_kb": round(calendar.kb, 1),
        "calendar_queries": calendar.queries,
        "desk_server_ms": round(desk.server_ms, 1),
        "desk_sql_ratio": round(desk.ratio, 2),
        "desk_kb": round(desk.kb, 1),
        "desk_queries": desk.queries,
    }
    print(json.dumps(result))
    good = all(p.server_ms < MOST_MS and p.kb < MOST_KB for p in found.values())
    return 0 if good else 1


@contextmanager
def _company(folder: Path) -> Iterator[Wsgi]:
    """The demonstration company on a database of its own, and the application that shows it."""
    port = free_port()
    with installation(folder, port):
        from unisono import demo
        from unisono.config.wsgi import application

        with _sandbox(folder, port):
            demo.load(datetime.now(UTC), sandbox_port=port, say=lambda words: print(words))
            yield application


@contextmanager
def installation(folder: Path, sandbox: int) -> Iterator[None]:
    """A PostgreSQL with its own settings, the tables, the keys; `sandbox`: a network's port."""
    _settings(folder, sandbox)
    import django
    from django.conf import settings
    from django.core.management import call_command

    from unisono.config import postgres

    cluster = postgres.Cluster(folder)
    cluster.prepare()
    process = cluster.start()
    try:
        django.setup()
        from unisono.kernel import database, secrets

        with database.as_owner():
            call_command("migrate", verbosity=0)
        secrets.ensure_keys(settings.UNISONO_KEYS)
        yield
    finally:
        cluster.stop(process)


def _settings(folder: Path, sandbox: int) -> None:
    for name in [name for name in os.environ if name.startswith("UNISONO_")]:
        del os.environ[name]
    for name in ("DATABASE_URL", "DIRECT_DATABASE_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "unisono.config.settings",
        "UNISONO_DATA": str(folder),
        "UNISONO_DEMO": "1",
        "UNISONO_SANDBOX_PORT": str(sandbox),
        "UNISONO_OPENS_SECRETS": "1",
        "UNISONO_LOG": "ERROR",
    }


@contextmanager
def _sandbox(folder: Path, port: int) -> Iterator[None]:
    command = [
        sys.executable, "-m", "unisono.networks.sandbox.server", "--port", str(port),
        "--state", str(folder / "sandbox"),
    ]  # fmt: skip
    source = {"PYTHONPATH": str(ROOT / "src")}
    log = folder / "sandbox.log"
    with running(command, log=log, ready=lambda: answers(port), env=source):
        yield


def _measure(application: Wsgi) -> dict[str, Figures]:
    first = _ask(application, "/demo/")
    cookie = "; ".join(one.split(";")[0] for one in first.cookies)
    found = {}
    for name, path in PAGES.items():
        queries = _queries_of(application, path, cookie)
        replay = _replay(queries)
        server, bare = [], []
        for turn in range(WARM + TURNS):
            took, alone = _timed(partial(_page, application, path, cookie)), _timed(replay)
            if turn >= WARM:
                server.append(took)
                bare.append(alone)
        found[name] = Figures(
            statistics.median(server) * 1000,
            statistics.median(bare) * 1000,
            len(queries),
            _weight(application, path, cookie) / 1000,
        )
    return found


def _page(application: Wsgi, path: str, cookie: str) -> Answer:
    answer = _ask(application, path, cookie)
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}.")
    return answer


def _queries_of(application: Wsgi, path: str, cookie: str) -> Queries:
    """The statements that a page reads its data with, and their values."""
    from django.db import connection

    asked: Queries = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    _page(application, path, cookie)
    with connection.execute_wrapper(keep):
        _page(application, path, cookie)
    return asked


def _replay(queries: Queries) -> Callable[[], None]:
    """Ask the same statements with the driver alone, inside the same organization's scope."""
    from django.db import connection

    from unisono.kernel import tenancy
    from unisono.rooms.people.models import Organization

    with tenancy.everywhere("the bench looks for its one organization"):
        organization = Organization.objects.get().pk

    def once() -> None:
        with tenancy.within(organization), connection.connection.cursor() as cursor:
            for sql, params in queries:
                cursor.execute(sql, params)
                cursor.fetchall()

    return once


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _weight(application: Wsgi, path: str, cookie: str) -> int:
    """Bytes on the wire of the page and of all it loads, each once."""
    page = _ask(application, path, cookie)
    html = _unpacked(page)
    seen: dict[str, int] = {path: len(page.body)}
    waiting = [urljoin(path, link) for link in _links(html)]
    while waiting:
        link = urlsplit(waiting.pop()).path
        if link in seen:
            continue
        answer = _ask(application, link, cookie)
        if answer.status != 200:
            raise SystemExit(f"{link} answered {answer.status}.")
        seen[link] = len(answer.body)
        if link.endswith(".css"):
            # Of the fonts a style sheet names, a page in English loads the Latin one.
            faces = re.findall(r"url\(\"?([^)\"]+)\"?\)", _unpacked(answer))
            waiting += [urljoin(link, face) for face in faces if "latin-ext" not in face]
    for link, size in sorted(seen.items(), key=lambda pair: -pair[1]):
        print(f"  {size / 1000:7.1f} kB  {link}")
    return sum(seen.values())


def _links(html: str) -> set[str]:
    """What a browser fetches by itself: styles, scripts, pictures, the sprite, the icon."""
    found = set(re.findall(r'<(?:script|img)\b[^>]*\bsrc="([^"]+)"', html))
    for tag in re.findall(r"<link\b[^>]*>", html):
        address = re.search(r'href="([^"]+)"', tag)
        if address:
            found.add(address[1])
    found |= {link.split("#")[0] for link in re.findall(r'<use\b[^>]*\bhref="([^"#]+)#', html)}
    return {link for link in found if not link.startswith("data:")}


def _unpacked(answer: Answer) -> str:
    import gzip

    import brotli

    coding = answer.headers.get("content-encoding", "")
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, "": bytes}[coding]
    return str(unpack(answer.body), "utf-8")


def _ask(application: Wsgi, path: str, cookie: str = "") -> Answer:
    """One GET through the application, as a server would hand it over."""
    parts = urlsplit(path)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8400",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8400",
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "HTTP_ACCEPT_LANGUAGE": "en",
        "HTTP_COOKIE": cookie,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    told: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        told.append((status, headers))

    chunks = application(environ, start)
    body = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    status, headers = told[-1]
    cookies = [value for name, value in headers if name.lower() == "set-cookie"]
    plain = {name.lower(): value for name, value in headers}
    return Answer(int(status.split()[0]), plain, body, cookies)


if __name__ == "__main__":
    raise SystemExit(main())
