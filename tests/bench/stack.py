"""The whole WSGI stack in this process, on a PostgreSQL of its own: what the page benches ask."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]
Queries = list[tuple[str, Any]]


@dataclass
class Answer:
    """What the stack answered to one request."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)


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


def page(application: Wsgi, path: str, cookie: str) -> Answer:
    answer = ask(application, path, cookie)
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}.")
    return answer


def queries_of(application: Wsgi, path: str, cookie: str) -> Queries:
    """The statements that a page reads its data with, and their values."""
    from django.db import connection

    asked: Queries = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    page(application, path, cookie)
    with connection.execute_wrapper(keep):
        page(application, path, cookie)
    return asked


def replay(queries: Queries) -> Callable[[], None]:
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


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ask(application: Wsgi, path: str, cookie: str = "") -> Answer:
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
