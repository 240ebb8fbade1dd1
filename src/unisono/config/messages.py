"""Brings the translation files up to date: `python -m unisono.config.messages`.

Needs no gettext programs: Django turns a template into something Python-like, Babel does the rest.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from unisono.config import places
from unisono.config.setup import django_ready

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def sources() -> Iterator[tuple[str, bytes]]:
    """Every source file with words for people: its path in the package, and Python to read."""
    for path in sorted(places.PACKAGE.rglob("*")):
        name = path.relative_to(places.PACKAGE).as_posix()
        if path.suffix == ".py" and "/migrations/" not in name:
            yield name, path.read_bytes()
        elif path.suffix in (".html", ".txt") and "/templates/" in name:
            lines = templatize(path.read_text(), origin=name).splitlines()
            # A template's indentation means nothing to it, and would to Python.
            yield name, "\n".join(line.lstrip() for line in lines).encode()


def template() -> Catalog:
    """All messages, without translations."""
    catalog = Catalog(project="Unisono", charset="utf-8")
    for name, text in sources():
        found = extract("python", io.BytesIO(text), KEYWORDS, comment_tags=("Translators:",))
        for line, message, comments, context in found:
            catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def update(language: str, messages: Catalog) -> Path:
    """Merge the messages into one language's file; nothing is guessed from similar ones."""
    path = places.PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(locale=language, project="Unisono", charset="utf-8")
    catalog.update(messages, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.revision_date = datetime.now(UTC)
    with path.open("wb") as file:
        # Line numbers would change the file with every unrelated edit.
        write_po(file, catalog, width=100, sort_by_file=True, include_lineno=False)
    return path


def main() -> int:
    django_ready()
    messages = template()
    for language, _name in settings.LANGUAGES:
        if language == settings.LANGUAGE_CODE:
            continue
        path = update(language, messages)
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        missing = sum(1 for message in catalog if message.id and not _is_translated(message))
        print(f"{path}: {len(catalog)} messages, {missing} without a translation")
    return 0


def _is_translated(message: Message) -> bool:
    found = message.string
    return all(found) if isinstance(found, tuple | list) else bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
