"""The networks' sentences in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from unisono.networks.contract import Sentence


def said(sentence: Sentence) -> str:
    """The sentence in the language active now."""
    text = gettext(sentence.template)
    return text % dict(sentence.params) if sentence.params else text


def kept(sentence: Sentence) -> dict[str, object]:
    """The sentence as JSON, to be said later in whatever language its reader has."""
    return {"template": sentence.template, "params": dict(sentence.params)}


def said_again(kept: dict[str, object] | None) -> str:
    """A kept sentence, in the language active now."""
    if not kept:
        return ""
    params = kept.get("params")
    return said(Sentence(str(kept["template"]), params if isinstance(params, dict) else {}))
