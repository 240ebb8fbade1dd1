"""Every door of the screens, knocked at by everybody; see `permissions/__init__.py`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import transaction
from django.urls import URLPattern

from tests.cast import Cast
from tests.screens.conftest import browser
from tests.screens.permissions import Row, known, module_of
from unisono.screens.table import FAMILIES


def _rows() -> Iterator[tuple[str, Row]]:
    for family in FAMILIES:
        module = module_of(family)
        for row in module.ROWS if module else ():
            yield family, row


ROWS = list(_rows())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_url_has_a_row(family: str) -> None:
    urls = import_module(f"unisono.screens.{family}.urls")
    names = [p.name for p in urls.urlpatterns if isinstance(p, URLPattern)]
    assert len(names) == len(urls.urlpatterns), "Families list their URLs plainly."
    assert set(names) == set(urls.ACCESS), "ACCESS and urlpatterns name the same URLs."
    wanted = {(name, method) for name in names for method in urls.ACCESS[name].methods}
    module = module_of(family)
    given = {(row.name, row.method) for row in module.ROWS} if module else set()
    missing, unknown = wanted - given, given - wanted
    assert not missing, f"Without a row in permissions/{family}.py: {sorted(missing)}"
    assert not unknown, f"Rows that are no doors: {sorted(unknown)}"


@pytest.mark.parametrize(("family", "row"), ROWS, ids=[f"{family}: {row}" for family, row in ROWS])
def test_answers(family: str, row: Row, cast: Cast) -> None:
    more = getattr(module_of(family), "things", lambda cast: {})(cast)
    things = known(cast, more)
    path, values = row.path(things), row.values(things)
    wrong = {}
    for person, expected in row.expected.items():
        got = _status(cast, person, row.method, path, values)
        if got not in (expected if isinstance(expected, tuple) else (expected,)):
            wrong[person or "anonymous"] = f"{got} instead of {expected}"
    assert not wrong


def _status(cast: Cast, person: str, method: str, path: str, values: dict[str, str]) -> int:
    """What the person gets; whatever it changed is undone before the next knocks."""
    with transaction.atomic():
        client = browser(cast, person)
        answer = getattr(client, method.lower())(path, values)
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.parametrize("family", FAMILIES)
def test_methods_that_are_not_named_are_not_answered(family: str, cast: Cast) -> None:
    access = import_module(f"unisono.screens.{family}.urls").ACCESS
    module = module_of(family)
    more = getattr(module, "things", lambda cast: {})(cast)
    things = known(cast, more)
    seen = {row.name: row.path(things) for row in (module.ROWS if module else ())}
    client = browser(cast, "admin")
    for name, path in seen.items():
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if method not in access[name].methods:
                answer = getattr(client, method.lower())(path)
                assert answer.status_code == 405, f"{method} {path}"
