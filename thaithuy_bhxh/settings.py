"""Settings of the portal, from the environment; defaults are those of a safe production server.

``DATABASE_URL`` chooses the engine: SQLite (embedded, WAL) when absent, PostgreSQL in production.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

# Read when openpyxl is first imported. Its guarded parser is four times as slow, and
# enrollment.importing.gate refuses every declaration that it guards against before a workbook is
# opened.
os.environ.setdefault("OPENPYXL_DEFUSEDXML", "False")

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
# Without a key the process gets a random one of its own: nothing is guessable, and the system check
# portal.E002 refuses to start a production server that way (sessions would not survive a restart).
SECRET_KEY_IS_CONFIGURED = bool(env.str("SECRET_KEY", default=""))
if SECRET_KEY_IS_CONFIGURED:
    SECRET_KEY = env.str("SECRET_KEY")
else:
    from django.core.management.utils import get_random_secret_key

    SECRET_KEY = get_random_secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else []
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "thaithuy_bhxh",
    "agents",
    "enrollment",
    "reports",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "bootstrap",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "thaithuy_bhxh.headers.ProtectingHeadersMiddleware",
    "thaithuy_bhxh.refusals.OutageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # A phone in a yard pays for every kilobyte. Django pads each answer against BREACH and masks
    # its CSRF token.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "thaithuy_bhxh.refusals.MigratedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "agents.middleware.OriginMiddleware",
    "agents.middleware.RefusalsOnRecordMiddleware",
    "agents.middleware.DenyByDefaultMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "agents.middleware.SpokenRefusalMiddleware",
    "agents.middleware.ForcedPasswordChangeMiddleware",
    "agents.middleware.KeepAliveMiddleware",
]

ROOT_URLCONF = "thaithuy_bhxh.urls"
WSGI_APPLICATION = "thaithuy_bhxh.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "agents.context.portal",
            ],
        },
    }
]

# --- Database -------------------------------------------------------------------------------------


def _database() -> dict[str, Any]:
    config: dict[str, Any] = env.db_url(
        "DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'portal.sqlite3'}"
    )
    if config["ENGINE"].endswith("sqlite3"):
        config["ENGINE"] = "thaithuy_bhxh.engines.sqlite3"
        # IMMEDIATE: a transaction that reads and then writes must not fail with "database is
        # locked". FULL: what was acknowledged is on the disk; in WAL mode NORMAL would lose the
        # last receipts at a power cut.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA "
            "foreign_keys=ON;"
            " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
        }
        # The browser tests' server threads need a database file: an in-memory one is private to a
        # connection.
        config["TEST"] = {
            "NAME": env.str("TEST_SQLITE_NAME", default=str(BASE_DIR / "var" / "test.sqlite3"))
        }
    else:
        config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
        config["CONN_HEALTH_CHECKS"] = True
        # Like SQLite's timeout: whoever waits for somebody else's write is refused after twenty
        # seconds.
        options = config.setdefault("OPTIONS", {})
        options["options"] = f"-c lock_timeout=20s {options.get('options', '')}".strip()
    return config


(BASE_DIR / "var").mkdir(exist_ok=True)
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all processes, so that log-in throttling cannot be split among them.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "thaithuy_bhxh.caching.TruthfulDatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
    # What is drawn from the same figures is the same; each process keeps its own, so that no
    # picture costs a write.
    "pictures": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pictures",
        "TIMEOUT": 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}

# --- Accounts -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "agents.User"
AUTHENTICATION_BACKENDS = ["agents.backends.PortalBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "agents.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "agents.passwords.LeakedValidator"},
    {"NAME": "agents.passwords.GuessableValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "agents.accounts.PortalAccountAdapter"
ACCOUNT_FORMS = {
    "login": "agents.forms.accounts.LogInForm",
    "change_password": "agents.forms.accounts.NewPasswordForm",
}
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {
    # Log-ins are counted by agents.log_in_limits: a limit per address alone would let one person
    # shut out everybody.
    "login": None,
    "login_failed": "5/5m/key",
    "change_password": "5/m/user",
    "counsel": env.str("COUNSEL_RATE_LIMIT", default="60/m/ip"),
    "picture": env.str("PICTURE_RATE_LIMIT", default="6/m/ip"),
    "rating": env.str("RATING_RATE_LIMIT", default="30/m/ip"),
    "reauthenticate": "10/m/user",
}
# A second factor for the office's roles; off only where nothing is real (the demonstration says so
# on its pages).
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not DEBUG)
# Also for the staff of agents, who otherwise may have one.
MFA_REQUIRED_OF_ALL = env.bool("MFA_REQUIRED_OF_ALL", default=False)
REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "agents.second_factor.PortalMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "agents.forms.factors.CodeForm",
    "reauthenticate": "agents.forms.factors.CodeAgainForm",
    "activate_totp": "agents.forms.factors.AppForm",
    "add_webauthn": "agents.forms.factors.KeyForm",
    "authenticate_webauthn": "agents.forms.factors.KeyAtLogInForm",
    "reauthenticate_webauthn": "agents.forms.factors.KeyAgainForm",
}
MFA_TOTP_ISSUER = "BHXH Thái Thụy"
MFA_TOTP_TOLERANCE = env.int("TOTP_TOLERANCE", default=1)
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=10) * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_ENGINE = "agents.sessions"

# --- Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["thaithuy_bhxh.formats"]

# --- Static files and uploads ---------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "thaithuy_bhxh.uploads.PrivateStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# /readyz says "full" when the disk of the uploads or of a SQLite file has less room than this.
READY_MIN_FREE_MB = env.int("READY_MIN_FREE_MB", default=50)
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Uploaded lists hold people's data: outside the web root, served only through a view that checks
# the reader.
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "uploads"))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# Fields of a form, without its files. A whole request, with a list of 20 MB, may be
# MAX_REQUEST_BYTES long.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MAX_REQUEST_BYTES = 21 * 1024 * 1024

# --- Browser security -----------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    # No other host, no page served without TLS can set a cookie of such a name.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# A cookie can be read by whoever gets at the browser; what was said about people stays on the
# server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SERVES_PAGES = env.bool("SERVES_PAGES", default=False)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "thaithuy_bhxh.log_lines.JsonLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # What of each audit row may leave the machine, to be kept where a break-in here does not reach
    # it.
    "loggers": {
        "portal.audit": {
            "level": "INFO" if env.bool("AUDIT_TO_LOG", default=SERVES_PAGES) else "WARNING"
        }
    },
}
