"""Every column of ours is classified in the data map, and nothing else is."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.apps import apps

import unisono.config

CLASSES = {"key", "operational", "content", "personal", "outside", "secret"}
MAP = Path(unisono.config.__file__).with_name("datamap.toml")


def test_every_field_is_classified_once() -> None:
    known = tomllib.loads(MAP.read_text(encoding="utf-8"))
    tables = {
        model._meta.db_table: sorted(field.name for field in model._meta.concrete_fields)
        for config in apps.get_app_configs()
        if config.name.startswith("unisono")
        for model in config.get_models()
    }
    assert set(known) == set(tables)
    for table, fields in tables.items():
        entry = dict(known[table])
        assert entry.pop("purpose") and entry.pop("kept"), table
        assert set(entry) <= CLASSES, table
        assert sorted(name for names in entry.values() for name in names) == fields, table
