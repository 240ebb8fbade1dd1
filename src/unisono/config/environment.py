"""What the operator says by environment variables, read once and checked."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from unisono.config import places, postgres

DEFAULT_PORT = 8400


class BadSetting(ValueError):
    """An environment variable holds something unusable; the message says which and why."""


def flag(name: str) -> bool:
    """1, true, yes or on (any case) mean yes; 0, false, no, off or nothing mean no."""
    value = os.environ.get(name, "").strip().lower()
    if value in ("", "0", "false", "no", "off"):
        return False
    if value in ("1", "true", "yes", "on"):
        return True
    raise BadSetting(f"{name} is “{value}”; it must be 1 or 0.")


def words(name: str) -> list[str]:
    """A comma- or space-separated list."""
    return os.environ.get(name, "").replace(",", " ").split()


def text(name: str, default: str) -> str:
    """The variable, or the default when it is missing or empty."""
    return os.environ.get(name, "").strip() or default


def port(name: str, default: int) -> int:
    """A port number."""
    value = text(name, str(default))
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise BadSetting(f"{name} is “{value}”; it must be a number from 1 to 65535.")
    return int(value)


def reachable(sandbox_port: int | None) -> list[tuple[str, int]]:
    """Servers that may be reached whatever the rules say: `UNISONO_REACHABLE`, host:port each.

    With a sandbox port, the bundled pretend network is one of them.
    """
    found = [("127.0.0.1", sandbox_port)] if sandbox_port is not None else []
    for word in words("UNISONO_REACHABLE"):
        host, _colon, number = word.rpartition(":")
        if not host or not number.isdigit():
            raise BadSetting(f"UNISONO_REACHABLE holds “{word}”; each entry must be host:port.")
        found.append((host, int(number)))
    return found


def embedded() -> bool:
    """Whether the database is the embedded one."""
    return not os.environ.get("DATABASE_URL", "").strip()


@dataclass(frozen=True, slots=True)
class PublicUrl:
    """The address under which people reach this installation, without a trailing slash."""

    text: str
    host: str
    port: int
    secure: bool


def public_url() -> PublicUrl:
    own = f"http://127.0.0.1:{port('UNISONO_PORT', DEFAULT_PORT)}"
    address = text("UNISONO_PUBLIC_URL", own).rstrip("/")
    parts = urlsplit(address)
    try:
        number = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        number = 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not number or parts.path:
        raise BadSetting(
            f"UNISONO_PUBLIC_URL is “{address}”; it must look like https://social.example.org, "
            "without anything behind the name."
        )
    return PublicUrl(address, parts.hostname, number, parts.scheme == "https")


def database() -> dict[str, Any]:
    """Django's database settings: `DATABASE_URL`, else the embedded PostgreSQL's socket.

    A process that says `UNISONO_DIRECT` goes around the transaction pooler where there is one.
    """
    named = os.environ.get("DATABASE_URL", "").strip()
    if flag("UNISONO_DIRECT"):
        named = os.environ.get("DIRECT_DATABASE_URL", "").strip() or named
    return parsed(named, "DATABASE_URL") if named else postgres.settings_for(places.data())


def direct_database() -> dict[str, Any] | None:
    """The way around a transaction pooler; None when there is none, or it is taken already."""
    if flag("UNISONO_DIRECT"):
        return None
    named = os.environ.get("DIRECT_DATABASE_URL", "").strip()
    return parsed(named, "DIRECT_DATABASE_URL") if named else None


def parsed(url: str, name: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?sslmode=require` as Django settings.

    `host` may also be given as a query parameter, for a Unix socket's folder.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise BadSetting(f"{name} must look like postgresql://user:password@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    port = options.pop("port", "") or (str(parts.port) if parts.port else "")
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": options.pop("user", "") or unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }


def secret_key() -> str:
    """`UNISONO_SECRET_KEY`, else the key file in the data folder, made on first use."""
    named = os.environ.get("UNISONO_SECRET_KEY")
    if named:
        return named
    path = places.data() / "keys" / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return _make_key(path)


def _make_key(path: Path) -> str:
    """Write the key so that of several processes starting at once exactly one's key stays."""
    places.private_folder(path.parent)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text().strip()


def mail() -> dict[str, Any]:
    """Django's mail settings from `UNISONO_MAIL_URL` (smtp:// or smtps://); without it, files."""
    named = os.environ.get("UNISONO_MAIL_URL", "").strip()
    if not named:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(places.data() / "mail"),
        }
    parts = urlsplit(named)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadSetting("UNISONO_MAIL_URL must look like smtp://user:password@host:587.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp"
        and parts.hostname not in ("localhost", "127.0.0.1"),
        "EMAIL_TIMEOUT": 20,
    }
