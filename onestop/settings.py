"""All settings of the product, read top to bottom; what an operator may change is one
environment variable each (docs/operations.md lists them)."""
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from onestop import env

BASE_DIR = Path(__file__).resolve().parent.parent

# -- mode and keys ----------------------------------------------------------------------
MODE = env.text("ONESTOP_MODE", "demo", allowed=("demo", "production"))
PRODUCTION = MODE == "production"
DEBUG = env.flag("DEBUG", False)
STATE_DIR = Path(env.text("STATE_DIR", str(BASE_DIR / "var"))).resolve()

# These are public: good for a demonstration, refused in production below.
DEMO_KEYS = {
    "SECRET_KEY": "demo-only-secret-key-that-everybody-can-read-0000000000000000",
    "HISTORY_KEY": "demo-only-history-key-that-everybody-can-read-000000000000000",
    "LOOKUP_KEY": "demo-only-lookup-key-that-everybody-can-read-0000000000000000",
}
SECRET_KEY = env.text("SECRET_KEY", DEMO_KEYS["SECRET_KEY"])
# Signs the chain of events. Kept outside the database: whoever can edit rows cannot re-sign them.
HISTORY_KEY = env.text("HISTORY_KEY", DEMO_KEYS["HISTORY_KEY"])
# Derives every dossier's lookup code and token; changing it makes all printed slips useless.
LOOKUP_KEY = env.text("LOOKUP_KEY", DEMO_KEYS["LOOKUP_KEY"])

SITE_URL = env.address("SITE_URL", f"http://127.0.0.1:{env.number('PORT', 8000, low=1, high=65535)}", schemes=("http", "https"))
if urlsplit(SITE_URL).path:
    raise env.BadSetting("SITE_URL", "an address with a host and no path: the portal answers at the root of its host")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
ON_LOOPBACK = SITE_URL.startswith("http://") and SITE_HOST in {"127.0.0.1", "localhost", "::1"}
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ",".join({SITE_HOST, "127.0.0.1", "localhost"}))
# Proxies in front whose X-Forwarded-For is believed, counted from the right. 0: none.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, high=5)

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG: must be off when ONESTOP_MODE is production")
    for _name, _demo in DEMO_KEYS.items():
        _value = globals()[_name]
        if _value == _demo or len(_value) < 50:
            raise ImproperlyConfigured(f"{_name}: set a secret of your own of at least 50 characters")
    if len({SECRET_KEY, HISTORY_KEY, LOOKUP_KEY}) != 3:
        raise ImproperlyConfigured("SECRET_KEY, HISTORY_KEY, LOOKUP_KEY: three different secrets are needed")
    if not SITE_URL.startswith("https://") and not ON_LOOPBACK:
        raise ImproperlyConfigured("SITE_URL: must be https in production")

# -- the house --------------------------------------------------------------------------
INSTALLED_APPS = [
    "surveys",
    "dossiers",
    "procedures",
    "onestop.outbox",
    "onestop.worktime",
    "onestop.staff",
    "onestop.vault",
    "onestop.history",
    "onestop",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "crispy_forms",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "onestop.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "onestop.display.DisplayMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "onestop.staff.middleware.ClosedByDefaultMiddleware",
    "onestop.staff.middleware.SessionLimitsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "onestop.urls"
WSGI_APPLICATION = "onestop.wsgi.application"
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
                "onestop.display.page_frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "onestop"
CRISPY_TEMPLATE_PACK = "onestop"
CRISPY_FAIL_SILENTLY = False

# -- data -------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", str(STATE_DIR / "onestop.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.address("REDIS_URL", "", schemes=("redis", "rediss"))
# The cache only ever saves work: nothing is lost, unlocked or unlimited without it.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
FILES_DIR = STATE_DIR / "files"
# Below this the health page says that the portal must not go on receiving dossiers.
MIN_FREE_MB = env.number("MIN_FREE_MB", 200, low=1)

# -- accounts ---------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["onestop.staff.backends.GuessingGuard", "onestop.staff.backends.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name")},
    },
    {"NAME": "onestop.staff.passwords.LongEnoughValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "onestop.staff.passwords.UncommonValidator"},
    {"NAME": "onestop.staff.passwords.LocalWordsValidator"},
]
LOGIN_URL = "staff:log_in"
LOGIN_REDIRECT_URL = "staff:start"
LOGOUT_REDIRECT_URL = "staff:log_in"
IDLE_LIMIT = timedelta(minutes=env.number("IDLE_MINUTES", 15, low=1, high=480))
FIRST_PASSWORD_DAYS = env.number("FIRST_PASSWORD_DAYS", 7, low=1, high=60)
# Failures within the cool-off: of one account from one address, of one account from anywhere, of one
# address at any account. The last two spare a PC where the person has logged in before.
AXES_FAILURE_LIMIT = env.number("LOGIN_FAILURES", 5, low=1)
LOGIN_FAILURES_PER_ACCOUNT = env.number("LOGIN_FAILURES_PER_ACCOUNT", 30, low=1)
LOGIN_FAILURES_PER_ADDRESS = env.number("LOGIN_FAILURES_PER_ADDRESS", 60, low=1)
AXES_COOLOFF_TIME = timedelta(minutes=env.number("LOGIN_COOLOFF_MINUTES", 15, low=1, high=1440))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "staff/locked_out.html"
AXES_CLIENT_IP_CALLABLE = "onestop.staff.backends.address_for_limits"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# -- sessions, cookies, headers ---------------------------------------------------------
SESSION_ENGINE = "onestop.staff.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
_prefix = "" if ON_LOOPBACK else "__Host-"
SESSION_COOKIE_NAME = f"{_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_prefix}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not ON_LOOPBACK
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "onestop.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = not ON_LOOPBACK
SECURE_HSTS_SECONDS = 0 if ON_LOOPBACK else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not ON_LOOPBACK
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# -- files from outside (onestop.inspection) ----------------------------------------------
# Largest scan of one paper, and largest draft or signed result, in MB (millions of bytes).
SCAN_MB = env.number("SCAN_MB", 5, low=1, high=20)
DRAFT_MB = env.number("DRAFT_MB", 20, low=1, high=50)
# A virus scanner: the socket file of clamd, or host:port; empty: none.
CLAMD_SOCKET = env.text("CLAMD_SOCKET")
if CLAMD_SOCKET and not CLAMD_SOCKET.startswith("/") and not env.is_host_and_port(CLAMD_SOCKET):
    raise env.BadSetting("CLAMD_SOCKET", "the path of a socket file or host:port")
# A folder with the root certificates (PEM or DER) whose signatures are trusted; empty: none.
SIGNATURE_ROOTS = env.folder("SIGNATURE_ROOTS")
FILE_UPLOAD_HANDLERS = [
    "onestop.inspection.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# -- look-up by citizens: failures allowed on three axes (docs/security.md) ------------------
LOOKUP_FAILURES_PER_DOSSIER = env.number("LOOKUP_FAILURES_PER_DOSSIER", 5, low=1)
LOOKUP_FAILURES_PER_ADDRESS = env.number("LOOKUP_FAILURES_PER_ADDRESS", 20, low=1)
LOOKUP_FAILURES_PER_SITE = env.number("LOOKUP_FAILURES_PER_SITE", 300, low=1)

# -- messages to citizens (onestop/outbox) --------------------------------------------------
OUTBOX_CHANNELS = {
    "sms": env.text("OUTBOX_SMS", "page", allowed=("page", "file", "http", "off")),
    "email": env.text("OUTBOX_EMAIL", "page", allowed=("page", "file", "smtp", "off")),
    "zalo": env.text("OUTBOX_ZALO", "off", allowed=("page", "file", "http", "off")),
}
OUTBOX_GATEWAYS = {
    "sms": env.gateway("SMS_GATEWAY_URL", "SMS_GATEWAY_KEY", needed=OUTBOX_CHANNELS["sms"] == "http"),
    "zalo": env.gateway("ZALO_GATEWAY_URL", "ZALO_GATEWAY_KEY", needed=OUTBOX_CHANNELS["zalo"] == "http"),
}
# How long a gateway or mail server may take to answer, in seconds.
OUTBOX_TIMEOUT = EMAIL_TIMEOUT = env.number("OUTBOX_TIMEOUT", 10, low=1, high=60)
OUTBOX_KEEP_DAYS = env.number("OUTBOX_KEEP_DAYS", 90, low=7, high=3650)
# Who makes the address in a message, by the first word of its subject: only then is the link put in.
OUTBOX_LINKS = {
    "dossier": "dossiers.messages.link_of_dossier",
    "supplement": "dossiers.messages.link_of_supplement",
}
EMAIL_HOST = env.text("SMTP_HOST", "")
EMAIL_PORT = env.number("SMTP_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env.text("SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("SMTP_PASSWORD", "")
_smtp_security = env.text("SMTP_SECURITY", "starttls", allowed=("starttls", "tls", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = _smtp_security == "starttls", _smtp_security == "tls"
MAIL_FROM = env.text("MAIL_FROM", "")
if OUTBOX_CHANNELS["email"] == "smtp":
    if not EMAIL_HOST:
        raise env.BadSetting("SMTP_HOST", "the name of the mail server, since OUTBOX_EMAIL is smtp")
    if "@" not in MAIL_FROM:
        raise env.BadSetting("MAIL_FROM", "the address that citizens see as the sender, since OUTBOX_EMAIL is smtp")
    if _smtp_security == "none" and EMAIL_HOST not in env.LOOPBACK:
        raise env.BadSetting("SMTP_SECURITY", "starttls or tls, unless the mail server is on this machine")

# -- languages and time -----------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("km", "ខ្មែរ")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["onestop.formats"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# -- static files -----------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 300

# -- jobs -------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    # A wake-up goes out in somebody's request: a Redis that is down costs him a moment, not his page.
    {"visibility_timeout": 900, "socket_connect_timeout": 2}
    if REDIS_URL
    else {
        "data_folder_in": str(STATE_DIR / "broker"),
        "data_folder_out": str(STATE_DIR / "broker"),
        "processed_folder": str(STATE_DIR / "broker-done"),
        "control_folder": str(STATE_DIR / "broker-control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_TIME_LIMIT = 600
# A message is only a wake-up (the database says what is due), so a stale one is worth nothing.
_every_minute = {"schedule": crontab(), "options": {"expires": 55}}
CELERY_BEAT_SCHEDULE = {
    "show that jobs run": {"task": "onestop.heartbeat", **_every_minute},
    "flag overdue dossiers": {"task": "dossiers.flag_overdue", **_every_minute},
    # The jobs themselves ask whether an agency is in its office hours.
    "warn of due times": {"task": "dossiers.warn", "schedule": crontab(minute="*/5"), "options": {"expires": 290}},
    "remind of forgotten clicks": {"task": "dossiers.remind_of_clicks", "schedule": crontab(minute="7-59/10"), "options": {"expires": 590}},
    "watch the answers of other agencies": {
        "task": "dossiers.watch_replies",
        "schedule": crontab(minute="3-59/10"),
        "options": {"expires": 590},
    },
    "reckon the pace": {"task": "dossiers.reckon_pace", "schedule": crontab(hour=2, minute=10)},
    "make missing papers": {"task": "dossiers.make_missing_papers", **_every_minute},
    # The job itself looks which desks are open.
    "draft apologies": {"task": "dossiers.draft_apologies", "schedule": crontab(minute="*/5"), "options": {"expires": 290}},
    "issue signed letters": {"task": "dossiers.issue_letters", **_every_minute},
    "send messages": {"task": "outbox.send", **_every_minute},
    "note letters that were sent": {"task": "dossiers.note_letters_sent", **_every_minute},
    "chain access entries": {"task": "history.chain_access", **_every_minute},
    # Makes the day's seal from 23:30 on; at any other time it catches up the one of a night the worker was down.
    "seal the history": {"task": "history.seal", "schedule": crontab(minute="*/10")},
    "check the history": {"task": "history.check", "schedule": crontab(minute=40, hour="0-5")},
    "empty old messages": {"task": "outbox.sweep", "schedule": crontab(hour=2, minute=40)},
    "sweep leftovers": {"task": "dossiers.sweep_leftovers", "schedule": crontab(hour=2, minute=30)},
}

# -- logs -------------------------------------------------------------------------------
LOG_LEVEL = env.text("LOG_LEVEL", "INFO", allowed=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING_CONFIG = "onestop.logs.configure"
LOGGING = {"level": LOG_LEVEL}

SILENCED_SYSTEM_CHECKS = [
    # LoginRequiredMiddleware closes every page by default; axes needs its own middleware last.
]
