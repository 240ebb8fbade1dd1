"""How the accounts library behaves here: nobody signs up unasked, secrets are sealed at rest."""

from __future__ import annotations

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import force_bytes


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    """People come in by invitation or by the first-run page, never by a sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors are encrypted with a key derived from the installation's secret key."""

    def encrypt(self, text: str) -> str:
        return _sealer(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return _sealer(key).decrypt(encrypted_text.encode()).decode()
            except InvalidToken:
                continue
        raise ValueError("The second factor was sealed with another secret key.")


def _sealer(secret_key: str | bytes) -> Fernet:
    derived = HKDF(SHA256(), 32, None, b"unisono second factor").derive(force_bytes(secret_key))
    return Fernet(base64.urlsafe_b64encode(derived))
