"""Settings from the environment, and what every answer carries."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from unisono.config import accounts, environment, places
from unisono.config.environment import BadSetting


def test_a_database_address_with_everything() -> None:
    found = environment.parsed(
        "postgresql://u%40x:p%2Fw@db.example:6543/social?sslmode=require", "DATABASE_URL"
    )
    assert found == {
        "NAME": "social",
        "USER": "u@x",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6543",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_address_by_socket() -> None:
    found = environment.parsed("postgres:///social?host=/run/postgresql&user=me", "DATABASE_URL")
    assert (found["HOST"], found["USER"], found["PORT"]) == ("/run/postgresql", "me", "")


@pytest.mark.parametrize(
    ("name", "value", "read", "sentence"),
    [
        (
            "UNISONO_PUBLIC_URL",
            "social.example.org",
            environment.public_url,
            "must look like https",
        ),
        ("UNISONO_PUBLIC_URL", "https://a.example/x", environment.public_url, "without anything"),
        ("UNISONO_PUBLIC_URL", "http://a.example:x", environment.public_url, "must look like"),
        ("DATABASE_URL", "mysql://a/b", environment.database, "DATABASE_URL must look like"),
        ("UNISONO_MAIL_URL", "mail.example", environment.mail, "UNISONO_MAIL_URL must look like"),
        ("UNISONO_DEMO", "maybe", lambda: environment.flag("UNISONO_DEMO"), "must be 1 or 0"),
        ("UNISONO_PORT", "web", lambda: environment.port("UNISONO_PORT", 1), "from 1 to 65535"),
        ("UNISONO_REACHABLE", "x", lambda: environment.reachable(None), "must be host:port"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, read: Any, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=sentence):
        read()


def test_the_key_is_made_once_and_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNISONO_DATA", str(tmp_path))
    monkeypatch.delenv("UNISONO_SECRET_KEY", raising=False)
    first = environment.secret_key()
    assert len(first) > 50
    assert environment.secret_key() == first
    assert (tmp_path / "keys" / "secret_key").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["secret_key"]


def test_the_bundled_network_is_reachable_only_when_it_runs() -> None:
    assert environment.reachable(None) == []
    assert environment.reachable(8410) == [("127.0.0.1", 8410)]


def test_folders_that_another_account_may_walk_to(tmp_path: Path) -> None:
    account = places.service_account()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    if account.pw_uid != closed.stat().st_uid:
        assert not places.reachable(closed / "inside", account)
    assert places.reachable(Path("/usr/bin"), account)


def test_second_factors_are_sealed_with_the_installations_key(settings: Any) -> None:
    adapter = accounts.SealedSecrets()
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert base64.urlsafe_b64decode(sealed)
    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError, match="another secret key"):
        adapter.decrypt(sealed)


def test_nobody_signs_up_unasked() -> None:
    assert accounts.ClosedDoor().is_open_for_signup(None) is False  # type: ignore[arg-type]


@pytest.mark.django_db
def test_every_answer_carries_the_policy(client: Client) -> None:
    for path in ("/healthz", "/no-such-page", "/account/login/"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_ready_says_what_is_missing(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "No worker has given a sign of life" in answer.json()["problems"][0]


def test_alive_asks_no_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}


def test_some_processes_go_around_a_pooler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://pooled/social")
    monkeypatch.setenv("DIRECT_DATABASE_URL", "postgresql://direct/social")
    pages = environment.direct_database()
    assert pages is not None
    assert (environment.database()["HOST"], pages["HOST"]) == ("pooled", "direct")
    monkeypatch.setenv("UNISONO_DIRECT", "1")
    assert environment.database()["HOST"] == "direct"
    assert environment.direct_database() is None
