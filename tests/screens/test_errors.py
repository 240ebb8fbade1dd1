"""What people see where no view answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.screens.conftest import browser
from unisono.screens.desk import parts


def test_a_wrong_address_is_told_on_a_page_of_ours(cast: Cast) -> None:
    for visitor in (browser(cast, "viewer"), browser(cast)):
        answer = visitor.get("/nowhere/")
        assert answer.status_code == 404
        assert b"There is no page at this address." in answer.content
        assert b"app.css" in answer.content


def test_a_part_that_is_gone_is_told_in_one_line(cast: Cast) -> None:
    answer = browser(cast, "viewer").htmx("GET", "/nowhere/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content == b"There is no page at this address. It may have moved."


def test_programs_are_told_of_a_wrong_address_as_a_problem(db: None) -> None:
    answer = Client().get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:unisono:problem:not_found"


def test_a_form_that_is_too_old_says_so(cast: Cast) -> None:
    visitor = browser(cast, "editor")
    visitor.handler.enforce_csrf_checks = True
    answer = visitor.post(reverse("ideas"), {"title": "Kept in the browser"})
    assert answer.status_code == 403
    assert b"This page was open for too long." in answer.content


def test_a_defect_of_ours_is_owned_up_to(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_given: Any, **_named: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(parts, "ahead", breaks)
    visitor = browser(cast, "editor")
    visitor.raise_request_exception = False
    answer = visitor.get("/")
    assert answer.status_code == 500
    assert b"This is our fault, not yours." in answer.content
