"""Where things lie on disk. Read before Django is configured, so nothing here imports it."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ROOT_DATA = Path("/var/lib/unisono")


def checkout() -> Path | None:
    """The source folder this package runs from, or None for an installed wheel."""
    root = PACKAGE.parents[1]
    return root if (root / "pyproject.toml").is_file() and PACKAGE.parent.name == "src" else None


def data() -> Path:
    """The folder with everything that must survive: database, keys, backups, uploads.

    `UNISONO_DATA` decides. Otherwise a checkout keeps it in `.data`, except for root when the
    account that runs PostgreSQL cannot walk there; an installed package uses the system's place.
    """
    named = os.environ.get("UNISONO_DATA")
    if named:
        return Path(named).expanduser().absolute()
    root = checkout()
    if os.geteuid() == 0:
        if root is not None and reachable(root, service_account()):
            return root / ".data"
        return ROOT_DATA
    if root is not None:
        return root / ".data"
    share = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(share).expanduser() / "unisono"


def build() -> Path:
    """The folder for what can be made again: collected statics, caches."""
    root = checkout()
    return root / ".build" if root is not None else data() / "build"


def service_account() -> pwd.struct_passwd:
    """The account that runs PostgreSQL: oneself, or an unprivileged one when oneself is root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError(
        "PostgreSQL refuses to run as root, and there is neither a “postgres” nor a “nobody” "
        "account. Make one of them, or start Unisono as an ordinary user."
    )


def reachable(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether the account may walk to `path` and read it, judged by the permission bits."""
    existing = path.absolute()
    while not existing.exists():
        existing = existing.parent
    return all(_may_enter(folder, account) for folder in (existing, *existing.parents))


def _may_enter(path: Path, account: pwd.struct_passwd) -> bool:
    status = path.stat()
    needed = stat.S_IXUSR | stat.S_IRUSR if path.is_file() else stat.S_IXUSR
    if status.st_uid == account.pw_uid:
        return status.st_mode & needed == needed
    if status.st_gid == account.pw_gid:
        return status.st_mode & (needed >> 3) == needed >> 3
    return status.st_mode & (needed >> 6) == needed >> 6


def private_folder(path: Path, mode: int = 0o700) -> Path:
    """Make the folder if it is missing, readable by its owner only."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
    return path
