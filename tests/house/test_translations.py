"""Every sentence for people exists in every language, with the same places to fill."""

from __future__ import annotations

import re

import polib
import pytest
from django.conf import settings

from unisono.config import places
from unisono.config.messages import template

PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
TRANSLATED = [code for code, _name in settings.LANGUAGES if code != "en"]


def catalogue(code: str) -> polib.POFile:
    return polib.pofile(str(places.PACKAGE / "locale" / code / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_language_is_complete(code: str) -> None:
    known = {(e.msgctxt, e.msgid) for e in catalogue(code) if not e.obsolete}
    wanted = {(m.context, m.id[0] if isinstance(m.id, tuple) else m.id) for m in template() if m.id}
    assert wanted - known == set(), "run make messages, and translate"
    assert [e.msgid for e in catalogue(code) if not e.obsolete and not e.translated()] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_fills_the_same_places(code: str) -> None:
    for entry in catalogue(code):
        forms = list(entry.msgstr_plural.values()) or [entry.msgstr]
        sources = [entry.msgid, entry.msgid_plural or entry.msgid]
        for form in forms:
            assert sorted(PLACES.findall(form)) in [sorted(PLACES.findall(s)) for s in sources], (
                form
            )
