"""Secrets at rest: sealed with a public key by any process, opened by the publishing one alone.

HPKE (RFC 9180) seals each value under a key of its own; what the value is bound to (its table,
column and row) goes in as `info`, so a sealed value moved to another row does not open. The text
is `v1|<key id>|<base64>`. Several private keys may lie in the folder while keys are rotated: the
newest seals, each opens its own.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)

VERSION = "v1"
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class Secret:
    """A value that shows itself only when asked by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Call it where it is used, never where it is logged."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not written anywhere unsealed.")


class CannotOpen(Exception):
    """The sealed value cannot be opened; the message is a sentence."""


@dataclass(frozen=True)
class Ring:
    """The keys a process holds. Without `private` it can seal but not open."""

    seal_id: str
    public: X25519PublicKey
    private: Mapping[str, X25519PrivateKey] = field(default_factory=dict, repr=False)

    def seal(self, secret: Secret, *, bound_to: str) -> str:
        """The sealed text of a secret, bound to `bound_to`."""
        sealed: Any = _SUITE.encrypt(secret.reveal().encode(), self.public, info=bound_to.encode())
        return f"{VERSION}|{self.seal_id}|{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, *, bound_to: str) -> Secret:
        """The secret again. Raises CannotOpen."""
        try:
            version, key_id, text = sealed.split("|")
            if version != VERSION:
                raise ValueError
            data = base64.b64decode(text, validate=True)
        except ValueError:
            raise CannotOpen("This is not a sealed value.") from None
        key = self.private.get(key_id)
        if key is None:
            raise CannotOpen("This process does not hold the key that opens this value.")
        try:
            return Secret(_SUITE.decrypt(data, key, info=bound_to.encode()).decode())
        except (InvalidTag, ValueError):
            raise CannotOpen(
                "This value was sealed for another row, or has been altered."
            ) from None


def ensure_keys(folder: Path) -> None:
    """Make the first pair of keys, if the folder has none. The private half is for its owner."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not any(folder.glob("publisher-*.pub")):
        new_key(folder)


def new_key(folder: Path) -> str:
    """Add a pair of keys, which seals from now on; older ones go on opening. Returns its id."""
    key = X25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    key_id = hashlib.sha256(public).hexdigest()[:12]
    numbers = [int(path.name.split("-")[1]) for path in folder.glob("publisher-*.*")]
    number = max(numbers, default=0) + 1
    private_path = folder / f"publisher-{number:04d}-{key_id}.key"
    descriptor = os.open(private_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    (folder / f"publisher-{number:04d}-{key_id}.pub").write_bytes(public)
    return key_id


def sealing(folder: Path) -> Ring:
    """The ring of a process that may only seal. Raises CannotOpen when there is no key."""
    newest = max(folder.glob("publisher-*.pub"), default=None)
    if newest is None:
        raise CannotOpen(f"There is no key in {folder}.")
    return Ring(_id(newest), X25519PublicKey.from_public_bytes(newest.read_bytes()))


def opening(folder: Path) -> Ring:
    """The ring of the publishing process: it seals and opens."""
    ring = sealing(folder)
    private: dict[str, X25519PrivateKey] = {}
    for path in sorted(folder.glob("publisher-*.key")):
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(key, X25519PrivateKey):
            private[_id(path)] = key
    return Ring(ring.seal_id, ring.public, private)


def _id(path: Path) -> str:
    return path.stem.rsplit("-", 1)[1]
