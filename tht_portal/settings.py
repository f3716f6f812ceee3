"""Settings of the portal, all from the environment.

PORTAL_MODE is `production` unless it says `development`. Development works on plain http with a
known key and writes its mail to files; production refuses to start until what it needs is set.
"""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop

from tht_portal import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environment.text("VAR_DIR", str(BASE_DIR / "var")))

MODE = environment.text("PORTAL_MODE", "production")
if MODE not in {"production", "development"}:
    raise ImproperlyConfigured(f"PORTAL_MODE must be production or development, not “{MODE}”.")
DEVELOPMENT = MODE == "development"

DEBUG = environment.flag("DEBUG")
if DEBUG and not DEVELOPMENT:
    raise ImproperlyConfigured(
        "DEBUG shows everyone what residents wrote when a page fails: unset it, "
        "or set PORTAL_MODE=development."
    )
SECRET_KEY = environment.secret(
    "SECRET_KEY", "development-only-" + "0" * 50 if DEVELOPMENT else None
)
SECRET_KEY_FALLBACKS = environment.secrets("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.hosts(
    "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver" if DEVELOPMENT else None
)
PORTAL_URL = environment.address(
    "PORTAL_URL",
    "http://localhost:8000" if DEVELOPMENT else f"https://{ALLOWED_HOSTS[0]}",
    schemes=("http", "https") if DEVELOPMENT else ("https",),
)
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]

# --- Applications ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "tht_portal",
    "engagement",
    "governance",
    "localities",
    "tht_portal.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "simple_history",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "tht_portal.middleware.TrustedProxies",
    "tht_portal.middleware.Compressed",
    # Before all that it would only do again: a page is kept with what these say of it.
    "tht_portal.kept_pages.KeptPages",
    "django.middleware.security.SecurityMiddleware",
    "tht_portal.languages.LanguageOfTheAddress",
    "csp.middleware.CSPMiddleware",
    "tht_portal.middleware.ReadableRequest",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tht_portal.middleware.PageHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.middleware.StandingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "tht_portal.sign_in.SignInAgain",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tht_portal.urls"
WSGI_APPLICATION = "tht_portal.wsgi.application"

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
                "tht_portal.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("nhsuk",)
CRISPY_TEMPLATE_PACK = "nhsuk"
# In the session, so that the portal sets two cookies and no third.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# What stands above every page while the portal is tried out; empty once it is in service.
PORTAL_NOTICE = environment.text(
    "PORTAL_NOTICE",
    gettext_noop(
        "This copy is for trying out: its people and messages are made up, and nobody answers."
    )
    if DEVELOPMENT
    else "",
)

# --- Database -------------------------------------------------------------------------------------

DATABASES = {
    "default": environment.database(
        "DATABASE_URL",
        f"sqlite:///{VAR_DIR / 'portal.sqlite3'}" if DEVELOPMENT else None,
        conn_max_age=60,
        conn_health_checks=True,
        # Nothing outlives its transaction on a connection that the next one may not have.
        disable_server_side_cursors=environment.flag("DATABASE_POOLED"),
    )
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    # Writers queue instead of failing; what was acknowledged survives a power cut.
    {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # What is deleted is overwritten, not only marked as free.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        ),
    }
    if DATABASES["default"]["ENGINE"].endswith("sqlite3")
    # A server that is away is noticed while the reader still waits.
    else {"connect_timeout": 5}
)
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "tht_portal.postgresql"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# SQLite has indexes without the columns that PostgreSQL reads from them, as is meant.
SILENCED_SYSTEM_CHECKS = ["models.W040"]

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "governance.backends.AccountBackend",
    "governance.backends.StandingBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/staff/"
LOGOUT_REDIRECT_URL = "signed_out"

# Reasons for an edit are sentences.
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- Language, dates, time ------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("bn", "বাংলা"), ("so", "Soomaali")]  # each by its own name
LOCALE_PATHS = [BASE_DIR / "tht_portal" / "locale"]
TIME_ZONE = "Europe/London"
FORMAT_MODULE_PATH = "tht_portal.formats"
USE_I18N = True
USE_TZ = True

# --- Static files ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    ("js", BASE_DIR / "static" / "js"),
    ("images", BASE_DIR / "static" / "images"),
    BASE_DIR / "build" / "static",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tht_portal.static_files.StaticFiles"},
}
# Uploaded files lie outside what the web server serves; views hand them out by permission.
MEDIA_ROOT = VAR_DIR / "files"
UPLOAD_LIMIT = 10 * 1024 * 1024  # bytes
VIDEO_LIMIT = 50 * 1024 * 1024
# A film with the picture and the captions of it; what is larger is refused before it is read.
LARGEST_REQUEST = VIDEO_LIMIT + 2 * UPLOAD_LIMIT
# Reads a file from standard input and exits with 0 when it is clean: clamdscan --no-summary -
UPLOAD_SCAN_COMMAND = environment.text("UPLOAD_SCAN_COMMAND", "")

# --- Mail -----------------------------------------------------------------------------------------

if DEVELOPMENT and not environment.text("EMAIL_HOST", ""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
else:
    EMAIL_HOST = environment.text("EMAIL_HOST")
    EMAIL_PORT = environment.number("EMAIL_PORT", 587)
    EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.text(
    "DEFAULT_FROM_EMAIL", "Tower Hamlets Together <portal@localhost>" if DEVELOPMENT else None
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Security -------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# A working day; sooner when the browser is closed.
SESSION_ENGINE = "tht_portal.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tht_portal.csrf.failure"

# How many proxies of our own stand before the portal, each of which adds to X-Forwarded-For whom it
# was asked by. The outermost must set X-Forwarded-Proto itself, whatever it was sent.
TRUSTED_PROXIES = environment.number("TRUSTED_PROXIES", 0)

if not DEVELOPMENT:
    SECURE_SSL_REDIRECT = True
    # Those who watch the portal ask the process itself, on plain http.
    SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Five wrong passwords for one user name from one address. They are counted in the database, so that
# all processes know of them; the address is made of REMOTE_ADDR, which TrustedProxies has seen to.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "tht_portal.sign_in.counted_address"
# Where someone was going may hold the words that they looked for.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "next", "csrfmiddlewaretoken"]
AXES_LOCKOUT_CALLABLE = "tht_portal.sign_in.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# --- Log ------------------------------------------------------------------------------------------

# To standard error, and nowhere else: no errors by mail.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"one_line": {"()": "tht_portal.logs.OneLine"}, "with_traceback": {}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "with_traceback" if DEBUG else "one_line",
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        "django": {"handlers": []},
        "django.server": {"handlers": [], "propagate": True},
    },
}
