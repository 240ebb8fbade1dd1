"""The demonstration company, loaded once as `make demo` loads it, against a real pretend network."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from tests.servers.running import answers, free_port, running
from unisono import demo
from unisono.kernel import tenancy
from unisono.networks import registry
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.checks import findings
from unisono.rooms.content.models import Idea, Post, Variant
from unisono.rooms.engagement.models import Conversation, Message
from unisono.rooms.library.models import Asset
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.metrics.models import DailyFigure, Sample
from unisono.rooms.people.actors import actor_for
from unisono.rooms.people.models import Department, Member, Organization, User
from unisono.rooms.plan.models import Campaign, Objective
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow.models import ApprovalRequest, Comment


pytestmark = pytest.mark.django_db


@dataclass
class Loaded:
    """What one loading left, and how long it took."""

    now: datetime
    seconds: float
    said: list[str] = field(default_factory=list)
    jobs: int = 0


class Back(Exception):
    """Ends the transaction in which the company was loaded."""


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """The company in the place of the cast, taken away again at the end."""
    folder, port = tmp_path_factory.mktemp("sandbox"), free_port()
    command = [sys.executable, "-m", "unisono.networks.sandbox.server", "--port", str(port)]
    source = str(Path(__file__).parents[2] / "src")
    with (
        running(
            command, log=folder / "log", ready=lambda: answers(port), env={"PYTHONPATH": source}
        ),
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(settings, "UNISONO_REACHABLE", [("127.0.0.1", port)])
        try:
            with transaction.atomic():
                _empty(patch)
                result = Loaded(datetime.now(UTC), 0.0)
                start = time.monotonic()
                demo.load(result.now, sandbox_port=port, say=result.said.append)
                result.seconds = time.monotonic() - start
                result.jobs = _waiting()
                yield result
                raise Back
        except Back:
            pass


def _empty(patch: pytest.MonkeyPatch) -> None:
    """The cast stands aside: to the loader the house is empty."""
    known = set(Organization.objects.values_list("pk", flat=True))
    everything = Organization.objects.all
    patch.setattr(Organization.objects, "exists", lambda: everything().exclude(pk__in=known).exists())


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        return int(cursor.fetchone()[0])


@pytest.fixture
def house(loaded: Loaded) -> Iterator[Organization]:
    organization = Organization.objects.get(name="Maison Lumen", founded_at__gte=loaded.now - timedelta(days=98), founded_at__lte=loaded.now - timedelta(days=96))
    with tenancy.within(organization.pk):
        yield organization


def test_times(loaded: Loaded) -> None:
    print(loaded)
    assert loaded.seconds < 45
