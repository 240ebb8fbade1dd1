"""The kit's tags: what they draw, and that nothing typed by a person becomes markup."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation

from unisono.ui import wording
from unisono.ui.attributes import attributes
from unisono.ui.kit_page import PARTS

OPENING = datetime(2026, 3, 11, 7, 50, tzinfo=UTC)
EARLIER = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def drawn(source: str, **values: Any) -> str:
    return Template("{% load kit %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("language", "zone", "written"),
    [
        ("en", "Europe/Paris", "Wed 11 Mar, 08:50 CET"),
        ("fr", "Europe/Paris", "mer. 11 mars, 08:50 CET"),
        ("de", "Europe/Paris", "Mi. 11. März, 08:50 CET"),
        ("en", "Asia/Kathmandu", "Wed 11 Mar, 13:35 UTC+05:45"),
        ("en", "America/Sao_Paulo", "Wed 11 Mar, 04:50 UTC-03"),
    ],
)
def test_an_instant_is_written_in_the_readers_language_and_zone(
    language: str, zone: str, written: str
) -> None:
    with translation.override(language):
        place = wording.zone_of(SimpleNamespace(zone=zone))
        assert wording.moment(OPENING, place, "full", now=EARLIER) == written


def test_another_year_is_named() -> None:
    later = datetime(2027, 1, 2, tzinfo=UTC)
    assert wording.moment(OPENING, UTC, "day", now=later) == "Wed 11 Mar 2026"


def test_when_uses_the_active_zone_and_keeps_the_instant() -> None:
    with timezone.override("Asia/Tokyo"):
        html = drawn('{% when at "time" %}', at=OPENING)
    assert 'datetime="2026-03-11T07:50:00Z"' in html
    assert ">16:50<" in html
    assert drawn("{% when nothing %}", nothing=None) == ""


def test_attributes_leave_out_what_is_empty() -> None:
    given = {"hx_post": "/a?b=1&c=2", "disabled": True, "hidden": False, "title": "", "for": None}
    assert attributes(given) == ' hx-post="/a?b=1&amp;c=2" disabled'


@pytest.mark.parametrize(
    "source",
    [
        "{% button evil href=evil title=evil %}",
        "{% chip evil tone=evil %}",
        "{% control evil evil value=evil help=evil error=evil %}",
        '{% control "a" "A" type="textarea" value=evil %}',
        '{% control "a" "A" type="select" options=pairs value=evil %}',
        "{% note evil href=evil hue=evil %}",
        "{% card title=evil hint=evil %}{{ evil }}{% endcard %}",
        "{% empty evil text=evil %}{{ evil }}{% endempty %}",
        "{% dialog evil evil %}{{ evil }}{% enddialog %}",
        "{% avatar evil %}{% department evil hue=evil %}{% stat evil evil note=evil %}",
        "{% check evil evil evil detail=evil %}{% progress 3 label=evil %}",
    ],
)
def test_what_a_person_typed_never_becomes_markup(source: str) -> None:
    evil = '"><script>x</script>'
    html = drawn(source, evil=evil, pairs=[(evil, evil)])
    assert "<script" not in html
    assert '""><' not in html


class PostForm(forms.Form):
    title = forms.CharField(max_length=5, help_text="Short.")
    text = forms.CharField(widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    loud = forms.BooleanField(required=False)


def test_a_field_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    html = drawn("{% field form.title %}", form=PostForm({"title": "far too long"}))
    assert 'value="far too long"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_error id_title_help"' in html
    assert 'id="id_title_error"' in html
    assert 'id="id_title_help"' in html
    assert "at most 5 characters" in html


def test_a_textarea_counts_and_a_choice_is_a_group() -> None:
    form = PostForm({"text": "x" * 11, "kind": "b"})
    html = drawn("{% field form.text counter=10 %}{% field form.kind %}", form=form)
    assert 'data-counts="id_text_counter"' in html
    assert 'data-tone="bad">11 / 10</output>' in html
    assert "<legend>Kind</legend>" in html
    assert "checked" in html


def test_a_switch_is_a_checkbox() -> None:
    html = drawn("{% field form.loud switch=True %}", form=PostForm({"loud": "on"}))
    assert 'class="choice switch"' in html
    assert "checked" in html


def test_progress_stays_within_its_bar() -> None:
    html = drawn('{% progress 180 pace=140 label="Reach" %}')
    assert 'width="100.0%"' in html
    assert 'x="99.7%"' in html


def test_a_note_that_moves_says_how() -> None:
    still = drawn('{% note "Lyon" at=at href="/p" %}', at=OPENING)
    moves = drawn('{% note "Lyon" at=at href="/p" move_url="/m" %}', at=OPENING)
    assert "data-move-url" not in still
    assert 'data-move-url="/m"' in moves
    assert 'aria-describedby="note-help"' in moves


def test_figures() -> None:
    html = drawn("{{ a|figure }} {{ b|compact }} {{ c|percent }} {{ d|figure }}", **FIGURES)
    assert html == "8,412 2.4M 62% –"


FIGURES = {"a": 8412, "b": 2_400_000, "c": 0.62, "d": None}


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_kit_is_drawn_without_inline_styles(kit: None, part: str) -> None:
    answer = Client().get(f"/ui/{part}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert " style=" not in page
    assert "<script>" not in page


def test_the_kit_is_not_there_in_production(kit: None, settings: Any) -> None:
    settings.DEBUG = False
    settings.UNISONO_DEMO = False
    assert Client().get("/ui").status_code == 404
