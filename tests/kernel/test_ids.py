"""Keys sort by the time they were made."""

from __future__ import annotations

import time
from uuid import RFC_4122

import pytest

from unisono.kernel import ids
from unisono.kernel.ids import uuid7


def test_it_is_a_uuid_of_version_7() -> None:
    for _ in range(200):
        key = uuid7()
        assert key.version == 7
        assert key.variant == RFC_4122


def test_it_carries_the_milliseconds_of_its_making() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7().int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


def test_keys_of_later_milliseconds_sort_later(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(1_700_000_000_000, 1_700_000_000_500))
    monkeypatch.setattr(ids.time, "time_ns", lambda: next(moments) * 1_000_000)
    keys = [uuid7() for _ in range(500)]
    assert keys == sorted(keys)
    assert [str(key) for key in keys] == sorted(str(key) for key in keys)


def test_keys_of_one_millisecond_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_700_000_000_000_000_000)
    assert len({uuid7() for _ in range(20_000)}) == 20_000


def test_a_time_beyond_48_bits_does_not_spill_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids.time, "time_ns", lambda: (1 << 60) * 1_000_000)
    assert uuid7().version == 7
