"""How fast and how heavy Calendar and Desk are for the demonstration company.

The whole WSGI stack runs in this process: middleware, session, scope, templates, compression.
Beside each page, the very SQL it asked is asked again bare, turn by turn in the same run, so that
the ratio does not depend on the machine. The weight is all a first visitor's browser fetches.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from tests.bench import stack
from tests.servers.running import answers, free_port, running

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"calendar": "/calendar/", "desk": "/"}
TURNS = 40
WARM = 5
MOST_MS, MOST_KB = 80.0, 200.0


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
def _company(folder: Path) -> Iterator[stack.Wsgi]:
    """The demonstration company on a database of its own, and the application that shows it."""
    port = free_port()
    with stack.installation(folder, port):
        from unisono import demo
        from unisono.config.wsgi import application

        with _sandbox(folder, port):
            demo.load(datetime.now(UTC), sandbox_port=port, say=lambda words: print(words))
            yield application


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


def _measure(application: stack.Wsgi) -> dict[str, Figures]:
    first = stack.ask(application, "/demo/")
    cookie = "; ".join(one.split(";")[0] for one in first.cookies)
    found = {}
    for name, path in PAGES.items():
        queries = stack.queries_of(application, path, cookie)
        replay = stack.replay(queries)
        server, bare = [], []
        for turn in range(WARM + TURNS):
            took, alone = (
                stack.timed(partial(stack.page, application, path, cookie)),
                stack.timed(replay),
            )
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


def _weight(application: stack.Wsgi, path: str, cookie: str) -> int:
    """Bytes on the wire of the page and of all it loads, each once."""
    page = stack.ask(application, path, cookie)
    html = _unpacked(page)
    seen: dict[str, int] = {path: len(page.body)}
    waiting = [urljoin(path, link) for link in _links(html)]
    while waiting:
        link = urlsplit(waiting.pop()).path
        if link in seen:
            continue
        answer = stack.ask(application, link, cookie)
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


def _unpacked(answer: stack.Answer) -> str:
    import gzip

    import brotli

    coding = answer.headers.get("content-encoding", "")
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, "": bytes}[coding]
    return str(unpack(answer.body), "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
