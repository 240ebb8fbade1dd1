"""A real PostgreSQL for the whole run, started when the first test asks for the database."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from tests import cast as cast_list
from tests.cast import Cast
from tests.settings import DATA
from unisono.config import postgres
from unisono.kernel import database, jobs, secrets, tenancy

_LOADED: list[Cast] = []


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """The embedded PostgreSQL, without the waits for the disk."""
    cluster = postgres.Cluster(DATA, extra=postgres.TEST_SETTINGS)
    cluster.prepare()
    process = cluster.start()
    yield cluster
    cluster.stop(process)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    cluster: postgres.Cluster, django_db_blocker: Any
) -> Iterator[None]:
    """The settings already name the cluster's socket. Making and dropping is the owner's work."""
    with database.as_owner():
        yield
        django_db_blocker.unblock()
    django_db_blocker.restore()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tests themselves run with the application's role."""
    with django_db_blocker.unblock(), database.as_application():
        secrets.ensure_keys(settings.UNISONO_KEYS)
        _LOADED.append(cast_list.load())
        # What follows from the cast is done, so that a test finds the jobs of its own alone.
        jobs.run_pending(cast_list.NOW)
        yield


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """The cast, with Maison Lumen in scope; all a test does is rolled back after it."""
    (loaded,) = _LOADED
    fresh = copy.deepcopy(loaded)
    with tenancy.within(fresh.lumen.pk):
        yield fresh


def pytest_unconfigure(config: pytest.Config) -> None:
    """Every process of the run has a folder, and a PostgreSQL, of its own."""
    shutil.rmtree(DATA, ignore_errors=True)
