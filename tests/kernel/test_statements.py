"""Statements that Django writes once: asked again with other values, for other organizations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from tests.cast import NOW, Cast
from unisono.kernel import statements, tenancy
from unisono.kernel.statements import ask
from unisono.rooms.content.models import Post


@pytest.fixture(autouse=True)
def afresh() -> None:
    statements._statements.clear()


def titles(**values: Any) -> QuerySet[Any, Any]:
    rows = Post.objects.filter(written_at__lt=values["until"])
    if values["departments"]:
        rows = rows.filter(department__in=values["departments"])
    return rows.values_list("title").order_by("title")


def asked(until: Any = NOW + timedelta(1), departments: Any = ()) -> list[str]:
    rows = ask("titles", titles, until=until, departments=departments)
    return [title for (title,) in rows]


def test_one_text_serves_all_values_of_a_shape(cast: Cast) -> None:
    marketing, sales = cast.departments["Marketing"].pk, cast.departments["Sales"].pk
    assert asked() == ["The doors"]
    assert asked(until=NOW) == []
    assert len(statements._statements) == 1
    assert asked(departments=(marketing,)) == ["The doors"]
    assert asked(departments=(sales,)) == []
    assert asked(departments=(sales, marketing)) == ["The doors"]
    assert len(statements._statements) == 3


def test_a_kept_text_tells_no_organization_of_another(cast: Cast) -> None:
    assert asked() == ["The doors"]
    with tenancy.within(cast.other.pk):
        assert asked() == ["Secret of the other house"]
    assert asked() == ["The doors"]
    token = tenancy._scope.set(None)
    with pytest.raises(tenancy.Unscoped):
        asked()
    tenancy._scope.reset(token)


def test_what_can_have_no_answer_is_not_asked(cast: Cast, django_assert_num_queries: Any) -> None:
    def none(**values: Any) -> QuerySet[Any, Any]:
        return Post.objects.filter(pk__in=values["chosen"]).values_list("title")

    with django_assert_num_queries(0):
        assert ask("none", none, chosen=()) == []


def test_a_value_without_a_place_is_a_mistake(cast: Cast) -> None:
    with pytest.raises(ValueError, match="no place"):
        ask("none", lambda **values: Post.objects.values_list("title"), until=NOW)
