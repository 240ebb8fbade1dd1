"""Settings for tests: a data folder of their own, and statics straight from where they are made."""

import os
import tempfile
from pathlib import Path

DATA = Path(tempfile.mkdtemp(prefix="unisono-test-"))
# Root's PostgreSQL runs as another account, which must be able to walk in.
DATA.chmod(0o711)
os.environ["UNISONO_DATA"] = str(DATA)
for name in ("DATABASE_URL", "DIRECT_DATABASE_URL", "UNISONO_PUBLIC_URL", "UNISONO_DEMO"):
    os.environ.pop(name, None)

from unisono.config.settings import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
UNISONO_OPENS_SECRETS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
