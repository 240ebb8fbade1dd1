"""Sealed values open in one place, for one row, and show themselves nowhere else."""

from __future__ import annotations

import base64
import copy
import json
import logging
import pickle
import stat
import traceback
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unisono.kernel.secrets import (
    CannotOpen,
    Ring,
    Secret,
    ensure_keys,
    new_key,
    opening,
    sealing,
)

CANARY = "canary-7f31-token"
ROW = "org-1|channel|credentials|row-1"
OTHER_ROW = "org-1|channel|credentials|row-2"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    ensure_keys(folder)
    return folder


# --- a secret shows itself only when asked ---


def test_no_way_of_writing_shows_it() -> None:
    secret = Secret(CANARY)
    written = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>40}",
        f"{secret:>40}",
        "%s %r" % (secret, secret),  # noqa: UP031
        repr({"token": secret}),
        repr([secret]),
        json.dumps({"token": secret}, default=str),
        str(vars(type(secret)).keys()),
    ]
    assert not [text for text in written if CANARY in text]
    assert str(secret) == "***"


def test_it_hides_inside_dataclasses_logs_and_tracebacks(caplog: pytest.LogCaptureFixture) -> None:
    @dataclass
    class Form:
        token: Secret

    form = Form(Secret(CANARY))
    logging.getLogger("unisono.test").warning("connecting with %s and %r", form.token, form)
    try:
        raise ValueError(form)
    except ValueError:
        trace = traceback.format_exc()
    assert CANARY not in repr(form) + caplog.text + trace


def test_json_and_pickle_refuse_it() -> None:
    secret = Secret(CANARY)
    with pytest.raises(TypeError):
        json.dumps({"token": secret})
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not written anywhere"):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError):
        copy.deepcopy({"token": secret})


def test_it_has_no_attributes_to_list() -> None:
    assert not hasattr(Secret(CANARY), "__dict__")


def test_revealing_comparing_and_truth() -> None:
    assert Secret(CANARY).reveal() == CANARY
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert hash(Secret("a")) == hash(Secret("a")) != hash("a")
    assert Secret("a")
    assert not Secret("")


# --- sealing and opening ---


@given(value=st.text(max_size=400), row=st.text(max_size=80))
@settings(max_examples=40, deadline=None)
def test_what_was_sealed_opens_again(
    value: str, row: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "property-keys"
    ensure_keys(folder)
    try:
        value.encode(), row.encode()
    except UnicodeEncodeError:
        return
    sealed = sealing(folder).seal(Secret(value), bound_to=row)
    assert opening(folder).open(sealed, bound_to=row).reveal() == value
    if len(value) > 6:
        assert value not in sealed


def test_sealed_twice_is_never_the_same_text(keys: Path) -> None:
    ring = sealing(keys)
    assert len({ring.seal(Secret(CANARY), bound_to=ROW) for _ in range(20)}) == 20


def test_the_sealed_text_names_its_format_and_key(keys: Path) -> None:
    ring = sealing(keys)
    version, key_id, data = ring.seal(Secret(CANARY), bound_to=ROW).split("|")
    assert (version, key_id) == ("v1", ring.seal_id)
    assert CANARY.encode() not in base64.b64decode(data)


def test_the_web_side_seals_and_cannot_open(keys: Path) -> None:
    web = sealing(keys)
    sealed = web.seal(Secret(CANARY), bound_to=ROW)
    assert not web.private
    with pytest.raises(CannotOpen, match="does not hold the key"):
        web.open(sealed, bound_to=ROW)


def test_sealing_needs_the_public_half_only(keys: Path, tmp_path: Path) -> None:
    web_folder = tmp_path / "web"
    web_folder.mkdir()
    (public,) = keys.glob("*.pub")
    (web_folder / public.name).write_bytes(public.read_bytes())
    sealed = sealing(web_folder).seal(Secret(CANARY), bound_to=ROW)
    with pytest.raises(CannotOpen):
        opening(web_folder).open(sealed, bound_to=ROW)
    assert opening(keys).open(sealed, bound_to=ROW).reveal() == CANARY


def test_a_value_moved_to_another_row_does_not_open(keys: Path) -> None:
    ring = opening(keys)
    sealed = ring.seal(Secret(CANARY), bound_to=ROW)
    with pytest.raises(CannotOpen, match="another row") as refused:
        ring.open(sealed, bound_to=OTHER_ROW)
    assert CANARY not in str(refused.value)


def test_an_altered_value_does_not_open(keys: Path) -> None:
    ring = opening(keys)
    version, key_id, text = ring.seal(Secret(CANARY), bound_to=ROW).split("|")
    data = base64.b64decode(text)
    for position in range(0, len(data), 7):
        changed = bytearray(data)
        changed[position] ^= 1
        sealed = f"{version}|{key_id}|{base64.b64encode(changed).decode()}"
        with pytest.raises(CannotOpen):
            ring.open(sealed, bound_to=ROW)


@pytest.mark.parametrize(
    "nonsense",
    ["", "v1", "v1|a", "v2|a|AAAA", "v1|a|not base64!", "v1|a|b|c", "plain token", "v1||"],
)
def test_what_is_not_sealed_is_refused_in_a_sentence(keys: Path, nonsense: str) -> None:
    with pytest.raises(CannotOpen, match=r"^This .+\.$"):
        opening(keys).open(nonsense, bound_to=ROW)


def test_a_cut_value_is_refused(keys: Path) -> None:
    ring = opening(keys)
    with pytest.raises(CannotOpen):
        ring.open(f"v1|{ring.seal_id}|", bound_to=ROW)
    with pytest.raises(CannotOpen):
        ring.open(f"v1|{ring.seal_id}|{base64.b64encode(b'short').decode()}", bound_to=ROW)


def test_a_stranger_s_key_does_not_open(keys: Path, tmp_path: Path) -> None:
    ensure_keys(tmp_path / "elsewhere")
    sealed = sealing(keys).seal(Secret(CANARY), bound_to=ROW)
    with pytest.raises(CannotOpen):
        opening(tmp_path / "elsewhere").open(sealed, bound_to=ROW)
    ours, theirs = opening(keys), opening(tmp_path / "elsewhere")
    disguised = Ring(ours.seal_id, theirs.public, {ours.seal_id: theirs.private[theirs.seal_id]})
    with pytest.raises(CannotOpen):
        disguised.open(sealed, bound_to=ROW)


# --- the folder of keys ---


def test_keys_are_made_once_and_the_private_half_is_the_owner_s(keys: Path) -> None:
    before = sorted(path.name for path in keys.iterdir())
    ensure_keys(keys)
    assert sorted(path.name for path in keys.iterdir()) == before
    (private,) = keys.glob("*.key")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600


def test_an_empty_folder_has_no_ring(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="There is no key"):
        sealing(tmp_path)


def test_rotation_seals_with_the_new_key_and_opens_both(keys: Path) -> None:
    old = sealing(keys).seal(Secret("old"), bound_to=ROW)
    long_running = opening(keys)
    new_id = new_key(keys)
    new = sealing(keys).seal(Secret("new"), bound_to=ROW)
    assert new.split("|")[1] == new_id != old.split("|")[1]
    ring = opening(keys)
    assert len(ring.private) == 2
    assert ring.open(old, bound_to=ROW).reveal() == "old"
    assert ring.open(new, bound_to=ROW).reveal() == "new"
    with pytest.raises(CannotOpen, match="does not hold the key"):
        long_running.open(new, bound_to=ROW)


def test_a_value_sealed_again_outlives_the_old_key(keys: Path) -> None:
    old = sealing(keys).seal(Secret(CANARY), bound_to=ROW)
    new_id = new_key(keys)
    ring = opening(keys)
    again = ring.seal(ring.open(old, bound_to=ROW), bound_to=ROW)
    for path in keys.glob("publisher-0001-*"):
        path.unlink()
    assert opening(keys).open(again, bound_to=ROW).reveal() == CANARY
    assert again.split("|")[1] == new_id
    with pytest.raises(CannotOpen):
        opening(keys).open(old, bound_to=ROW)


def test_the_newest_of_many_keys_seals(keys: Path) -> None:
    ids = [new_key(keys) for _ in range(11)]
    assert sealing(keys).seal_id == ids[-1]
    assert len(opening(keys).private) == 12


def test_a_key_made_after_the_oldest_was_put_away_still_seals(keys: Path) -> None:
    new_key(keys)
    for path in keys.glob("publisher-0001-*"):
        path.unlink()
    newest = new_key(keys)
    assert sealing(keys).seal_id == newest


def test_a_ring_does_not_show_its_private_keys(keys: Path) -> None:
    assert "X25519PrivateKey" not in repr(opening(keys))
