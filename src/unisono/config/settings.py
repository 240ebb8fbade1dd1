"""Django's settings, from the environment. Every variable is described in docs/operations.md."""

from __future__ import annotations

from typing import Any

from unisono.config import environment, places

UNISONO_DATA = places.data()
UNISONO_PUBLIC_URL = environment.public_url()
UNISONO_DEMO = environment.flag("UNISONO_DEMO")
UNISONO_ALLOW_PRIVATE_ADDRESSES = environment.flag("UNISONO_ALLOW_PRIVATE_ADDRESSES")
UNISONO_SANDBOX_PORT = environment.port("UNISONO_SANDBOX_PORT", 8410)
UNISONO_SANDBOX = UNISONO_DEMO or environment.flag("UNISONO_SANDBOX")
UNISONO_REACHABLE = environment.reachable(UNISONO_SANDBOX_PORT if UNISONO_SANDBOX else None)
# Only the worker is started with this: no other process reads the private key.
UNISONO_OPENS_SECRETS = environment.flag("UNISONO_OPENS_SECRETS")
UNISONO_KEYS = UNISONO_DATA / "keys"
UNISONO_MEDIA = UNISONO_DATA / "media"

DEBUG = environment.flag("UNISONO_DEBUG")
SECRET_KEY = environment.secret_key()
ALLOWED_HOSTS = [
    UNISONO_PUBLIC_URL.host,
    "127.0.0.1",
    "localhost",
    "[::1]",
    *environment.words("UNISONO_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [UNISONO_PUBLIC_URL.text]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "django_htmx",
    "unisono.kernel",
    "unisono.rooms.people",
    "unisono.rooms.library",
    "unisono.rooms.channels",
    "unisono.rooms.plan",
    "unisono.rooms.requests",
    "unisono.rooms.feeds",
    "unisono.rooms.content",
    "unisono.rooms.workflow",
    "unisono.rooms.publishing",
    "unisono.rooms.advocacy",
    "unisono.rooms.metrics",
    "unisono.rooms.engagement",
    "unisono.rooms.orchestration",
    "unisono.rooms.experiments",
    "unisono.rooms.automation",
    "unisono.rooms.exports",
    "unisono.rooms.imports",
    "unisono.rooms.notifications",
    "unisono.ui",
    "unisono.screens",
    "unisono.api",
    "unisono.config",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "unisono.config.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "unisono.api.middleware.TokenMiddleware",
    "unisono.screens.middleware.ActorMiddleware",
]

ROOT_URLCONF = "unisono.config.urls"
WSGI_APPLICATION = "unisono.config.wsgi.application"
ASGI_APPLICATION = "unisono.config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The kit's own folder comes first, so that its pages win over those of the libraries.
        "DIRS": [
            places.PACKAGE / "ui" / "templates",
            # Each network brings the preview of its own posts.
            *sorted((places.PACKAGE / "networks").glob("*/templates")),
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "unisono.screens.shell.shell",
            ],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **environment.database(),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": "unisono_test"},
    }
}
# With a transaction pooler in front (PgBouncer), the way around it is given separately: listening
# and session settings need a connection of their own.
UNISONO_DIRECT_DATABASE = environment.direct_database()
if UNISONO_DIRECT_DATABASE is not None:
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = None
else:
    # A page asks the same twenty questions each time: PostgreSQL plans each of them only once.
    DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 3}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Each app keeps its jobs in a module of this name, so that a worker knows all of them.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "unisono.kernel.jobs.attach"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "unisono.config.accounts.ClosedDoor"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if UNISONO_PUBLIC_URL.secure else "http"
MFA_ADAPTER = "unisono.config.accounts.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Unisono"
# Browsers themselves allow passkeys without encryption on the loopback name only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not UNISONO_PUBLIC_URL.secure

SESSION_COOKIE_NAME = "unisono_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = UNISONO_PUBLIC_URL.secure
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "unisono.screens.errors.form_too_old"
CSRF_COOKIE_NAME = "unisono_csrf"
CSRF_COOKIE_SECURE = UNISONO_PUBLIC_URL.secure
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if UNISONO_PUBLIC_URL.secure else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch")]
LOCALE_PATHS = [places.PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "unisono_language"

STATIC_URL = "/static/"
STATIC_ROOT = places.build() / "static"
STATICFILES_DIRS = [places.PACKAGE / "ui" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = UNISONO_MEDIA

UNISONO_MAILS: bool = environment.text("UNISONO_MAIL_URL", "") != ""
for _name, _value in environment.mail().items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = environment.text("UNISONO_MAIL_FROM", f"unisono@{UNISONO_PUBLIC_URL.host}")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s", "datefmt": "%H:%M:%S"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("UNISONO_LOG", "WARNING")},
    "loggers": {
        "unisono": {"level": "INFO"},
        # A line per job is noise; our own lines say what matters.
        "procrastinate": {"level": "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
