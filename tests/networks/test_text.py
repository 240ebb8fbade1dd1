"""What is a link, a mention, a hashtag; and what an answer of a server proves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from unisono.kernel.egress import Answer
from unisono.networks import registry
from unisono.networks.answers import (
    failed,
    limited_until,
    parsed_time,
    server_address,
    unmade,
)
from unisono.networks.contract import (
    Limited,
    Refused,
    Sentence,
    SignInAgain,
    Unknown,
    Unsent,
)
from unisono.networks.text import entities, graphemes, parts

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.example/x.", ["https://a.example/x"]),
        ("(https://a.example/x_(y))", ["https://a.example/x_(y)"]),
        ("„https://a.example“", ["https://a.example"]),
        ("#one #2026 #zwei_3 a#b &#39; #Äpfel!", ["#one", "#zwei_3", "#Äpfel"]),
        ("@ann, @ann@far.example: mail@far.example", ["@ann", "@ann@far.example"]),
        ("https://a.example/@ann#part", ["https://a.example/@ann#part"]),
        ("nothing here", []),
    ],
)
def test_entities(text: str, found: list[str]) -> None:
    assert [entity.text for entity in entities(text)] == found
    assert all(text[e.start : e.end] == e.text for e in entities(text))
    assert "".join(part["text"] for part in parts(text)) == text


@pytest.mark.parametrize(("text", "count"), [("", 0), ("é", 1), ("👨‍👩‍👧‍👦🇨🇭", 2), ("a\nb", 3)])
def test_graphemes(text: str, count: int) -> None:
    assert graphemes(text) == count


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("chaos.example", "https://chaos.example"),
        (" HTTPS://Chaos.Example/@ann ", "https://chaos.example"),
        ("http://127.0.0.1:8410/", "http://127.0.0.1:8410"),
        ("", ""),
        ("https://", ""),
    ],
)
def test_what_people_type_as_a_server(typed: str, origin: str) -> None:
    assert server_address(typed) == origin


def answer(status: int, body: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, body.encode(), "https://x.example/", NOW)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused), (401, SignInAgain), (403, Refused), (404, Refused), (408, Unknown),
        (409, Unknown), (413, Refused), (422, Refused), (429, Limited), (200, Unknown),
        (201, Unknown), (302, Unknown), (500, Unknown), (502, Unknown), (503, Unknown),
        (504, Unknown), (418, Unknown),
    ],
)  # fmt: skip
def test_what_a_status_proves_about_a_post(status: int, kind: type) -> None:
    assert isinstance(unmade(answer(status), "X"), kind)
    proved = Unsent if kind is Unknown else kind
    assert isinstance(failed(answer(status), "X"), proved)


def test_the_networks_own_reason_is_told() -> None:
    verdict = unmade(answer(422, '{"error": "Text is too long"}'), "X")
    assert str(verdict.reason) == "X refused: Text is too long"
    assert verdict.permanent
    coded = unmade(answer(422, '{"error": {"message": "No.", "field": "text"}}'), "X")
    assert (str(coded.reason), coded.field) == ("X refused: No.", "text")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60),
        ({"Retry_After": "30"}, 30),
        ({"Retry_After": "Mon, 02 Mar 2026 09:32:00 GMT"}, 120),
        ({"Retry_After": "soon"}, 60),
        ({"Retry_After": "-5"}, 60),
        ({"Retry_After": "99999999"}, 86400),
        ({"X_RateLimit_Reset": "2026-03-02T09:35:00.000Z"}, 300),
        ({"RateLimit_Reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"RateLimit_Reset": "nan"}, 60),
    ],
)
def test_when_to_come_back(headers: dict[str, str], seconds: int) -> None:
    assert limited_until(answer(429, **headers)) - NOW == timedelta(seconds=seconds)


def test_times_are_read_as_utc() -> None:
    assert parsed_time("2026-03-02T10:30:00+01:00") == NOW
    assert parsed_time("2026-03-02T09:30:00Z") == NOW
    assert parsed_time("yesterday") is None


def test_the_registry_knows_its_networks() -> None:
    assert [adapter.name for adapter in registry.all()] == list(registry.NAMES)
    with pytest.raises(registry.UnknownNetwork) as unknown:
        registry.adapter("nowhere")
    assert "nowhere" in str(unknown.value)
    assert str(Sentence("%(a)s of %(b)s", {"a": 1, "b": 2})) == "1 of 2"
