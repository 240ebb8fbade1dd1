"""The kit served on a free port, and a browser where there is one."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


class Server(ThreadingMixIn, WSGIServer):
    """A browser opens connections ahead of need; one of them must not hold up the others."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def kit() -> Iterator[None]:
    """Settings under which the kit's pages answer without a database."""
    changed = {
        "DEBUG": True,
        "ROOT_URLCONF": "tests.ui.urls",
        "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
        "MIDDLEWARE": [
            "unisono.config.headers.SecurityHeaders",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        "TEMPLATES": [
            {
                **settings.TEMPLATES[0],
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    }
    with override_settings(**changed):
        yield


@pytest.fixture
def served(kit: None) -> Iterator[str]:
    """The address of the kit."""
    application = StaticFilesHandler(WSGIHandler())
    server = make_server("127.0.0.1", 0, application, Server, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; without one the tests are skipped, except where CI must have it."""
    built = Path(__file__).parents[2] / "src/unisono/ui/dist/app.css"
    missing = "no Chromium here" if not CHROMIUM else "" if built.exists() else "no front end built"
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"The browser tests must run: {missing}.")
    if missing:
        pytest.skip(f"Browser tests are skipped: {missing}.")
    return CHROMIUM
