from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import running


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """A data folder with an up-to-date database, made once and copied by those who need one."""
    with running.folder() as data:
        done = running.unisono(data, "migrate")
        assert done.returncode == 0, done.stderr
        yield data


@pytest.fixture
def prepared(template: Path) -> Iterator[Path]:
    """A copy of it for one test."""
    with running.folder() as data:
        yield running.copied(template, data)
