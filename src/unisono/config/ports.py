"""Is a port free, and if not, who has it?"""

from __future__ import annotations

import errno
import socket
from pathlib import Path


def taken(host: str, port: int) -> str | None:
    """None when the port can be listened on, else a sentence that says why not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return _sentence(error, host, port)
    return None


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EACCES:
        return (
            f"Port {port} is reserved for root. Choose one above 1023 with --port, and put a "
            "reverse proxy in front."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}. Choose another with --host."
    if error.errno == errno.EADDRINUSE:
        who = holder(port)
        by = f" by {who}" if who else ""
        return f"Port {port} is taken{by}. End that, or choose another port with --port."
    return f"Port {port} cannot be opened: {error.strerror}."


def holder(port: int) -> str | None:
    """“name (process id)” of the program listening on the port, where we may know it."""
    sockets = _listening(port)
    if not sockets:
        return None
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _has_one_of(process, sockets):
            name = (process / "comm").read_text().strip()
            return f"“{name}” (process {process.name})"
    return None


def _listening(port: int) -> set[str]:
    """The kernel's numbers of the sockets listening on the port."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _has_one_of(process: Path, sockets: set[str]) -> bool:
    try:
        return any(str(file.readlink()) in sockets for file in (process / "fd").iterdir())
    except OSError:
        return False
