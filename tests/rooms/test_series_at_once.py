"""Two generators at the same instant, each with its own connection: one post a day."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.cast import NOW, PASSWORD, connected
from tests.rooms.test_series import PARIS, WEEKLY
from unisono.kernel import database, tenancy
from unisono.kernel.secrets import Secret
from unisono.rooms.content import occurrences
from unisono.rooms.content.models import Occurrence, Post, Series, Variant
from unisono.rooms.content.series import Pattern, make_series
from unisono.rooms.people import actions as people
from unisono.rooms.people.actors import system
from unisono.rooms.people.models import Department, Organization, User

AT_ONCE = 4


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[UUID, UUID]]:
    """An organization with a series, committed so that other connections see it; gone after."""
    with django_db_blocker.unblock():
        admin = people.found_organization(
            name="Twice House",
            zone=PARIS,
            language="en",
            admin_email="admin@twice.example",
            admin_name="Tess Twice",
            password=Secret(PASSWORD),
            departments=[("Marketing", "violet")],
            now=NOW,
        )
        with tenancy.within(admin.organization.pk):
            pattern = Pattern(
                title="Twice",
                text="Once.",
                department=Department.objects.get(),
                channels=[connected("twice-agora", "agora", by=admin)],
            )
            series = make_series(pattern, WEEKLY, by=admin, now=NOW)
        yield admin.organization.pk, series.pk
        _clear(admin.organization.pk, admin.member.user_id)  # type: ignore[union-attr]


def _clear(organization: UUID, user: Any) -> None:
    with database.as_owner(), tenancy.everywhere("the test tidies up"):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for model in database.tables_of_organizations():
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"DELETE FROM {table} WHERE organization_id = %s", [organization])
            cursor.execute("DELETE FROM procrastinate_jobs")
        Organization.objects.filter(pk=organization).delete()
        User.objects.filter(pk=user).delete()


def test_two_at_once_make_one_post_a_day(committed: tuple[UUID, UUID]) -> None:
    organization, pk = committed
    start = Barrier(AT_ONCE)

    def extend(_number: int) -> int:
        try:
            start.wait(timeout=10)
            with tenancy.within(organization):
                row, later = Series.objects.get(pk=pk), NOW + timedelta(days=28)
                return len(occurrences.extend(row, by=system(organization), now=later))
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        made = list(threads.map(extend, range(AT_ONCE)))
    assert sorted(made) == [0, 0, 0, 4]
    with tenancy.within(organization):
        assert Occurrence.objects.count() == Post.objects.count() == Variant.objects.count() == 12
