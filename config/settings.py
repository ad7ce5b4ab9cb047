"""All settings, read from the environment; `.env.example` names every variable."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from kombu import Exchange, Queue

from config.logging import configuration
from config.navigation import MERCHANT_ADMIN, PLATFORM_ADMIN
from config.redis_urls import broker_url, cache_url
from tenants.checks import DEVELOPMENT_ENCRYPTION_KEY, DEVELOPMENT_KEY, faults, in_words
from tenants.queues import QUEUES

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PRODUCTION = env.str("STRATA_ENV", "development") == "production"
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", DEVELOPMENT_KEY)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# The bare domain: the platform's admin answers here, merchants on sub-domains of it.
BASE_DOMAIN = env.str("BASE_DOMAIN", "localhost")
# How links in mails begin and, where it is not the usual one, which port they name.
PUBLIC_SCHEME = "https" if PRODUCTION else "http"
PUBLIC_PORT = env.str("PUBLIC_PORT", "" if PRODUCTION else env.str("PORT", ""))
# How many proxies of ours stand in front: each one's entry in X-Forwarded-For is believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[BASE_DOMAIN, f".{BASE_DOMAIN}"])
# Newest first; each is 32 url-safe base64 bytes. Production refuses the development default.
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[DEVELOPMENT_ENCRYPTION_KEY])
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"strata@{BASE_DOMAIN}")
ALERT_EMAIL = env.str("ALERT_EMAIL", "")
# Whether webhooks may be sent to this machine, for demonstrations and tests; never in production.
WEBHOOKS_ALLOW_LOOPBACK = env.bool("WEBHOOKS_ALLOW_LOOPBACK", default=False)
# How long a sender holds the effects it took; whoever dies gives them back after that.
EFFECT_LEASE_SECONDS = env.float("EFFECT_LEASE_SECONDS", default=60)
EMAIL_TIMEOUT = 10  # a page waits for the mail server no longer than this
if PRODUCTION and (found := faults(vars())):
    raise ImproperlyConfigured(in_words(found))

SHARED_APPS = [
    "unfold.apps.BasicAppConfig",  # does not put its own site in the place of ours
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "tenants",  # before django_tenants: both ship create_tenant, and the first listed wins
    "django_tenants",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "tenants.admin_app.MerchantAdminConfig",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_celery_beat",
    "rest_framework",
    "axes",
    "auditlog",
    "csp",
]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "tenants.admin_app.MerchantAdminConfig",
    "axes",
    "auditlog",
    "tenants.access",
    "commerce",
    "samples",
    "segments",
    "integrations",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
TENANT_MODEL, TENANT_DOMAIN_MODEL = "tenants.Tenant", "tenants.Domain"
ROOT_URLCONF, PUBLIC_SCHEMA_URLCONF = "config.urls", "config.urls_public"
WSGI_APPLICATION = "config.wsgi.application"

MIDDLEWARE = [
    "tenants.request_id.RequestIdMiddleware",
    "tenants.health.HealthMiddleware",  # before tenant routing: probes come by IP address
    "tenants.routing.TenantMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "tenants.access.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tenants.access.sessions.SessionMiddleware",
    "tenants.access.headers.ActorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
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
            ]
        },
    }
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default="postgres://postgres@127.0.0.1:5432/strata")
}
DATABASES["default"] |= {
    "ENGINE": "config.pg",
    "HOST": unquote(DATABASES["default"]["HOST"]),  # a socket's folder is written %2Fvar%2Frun
    "CONN_MAX_AGE": 0,  # the pool below keeps connections
    "OPTIONS": {
        "pool": {"min_size": 1, "max_size": env.int("DB_POOL_SIZE", default=8), "timeout": 10}
    },
    "TEST": {"NAME": env.str("TEST_DATABASE", "test_strata"), "TEMPLATE": "template0"},
}
TENANT_LIMIT_SET_CALLS = True  # the path is set when it changes; config.pg looks each time
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": cache_url(REDIS_URL),
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}

USE_TZ, TIME_ZONE, LANGUAGE_CODE, USE_THOUSAND_SEPARATOR = True, "UTC", "en-us", True
STATIC_URL, STATIC_ROOT, STATICFILES_DIRS = (
    "static/",
    BASE_DIR / "var" / "static",
    [BASE_DIR / "static"],
)
WHITENOISE_USE_FINDERS = not PRODUCTION
# Uploads and exports, one folder a merchant, shared by web and workers.
FILES_ROOT = Path(env.str("FILES_ROOT", str(BASE_DIR / "var" / "files")))
# The largest file the admin takes, in bytes; the command line has no limit.
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=1024**3)

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
# Eight tries of one person from one address, then a quarter of an hour, begun again by each try.
AXES_FAILURE_LIMIT, AXES_COOLOFF_TIME = 8, timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS, AXES_RESET_ON_SUCCESS = [["username", "ip_address"]], True
AXES_LOCKOUT_CALLABLE = "tenants.access.sign_in.locked_out"
AXES_USERNAME_CALLABLE = "tenants.access.sign_in.typed_name"
AXES_CLIENT_IP_CALLABLE = "tenants.access.client_ip.client_ip"
AXES_VERBOSE = False

SESSION_COOKIE_HTTPONLY, SESSION_COOKIE_SAMESITE = True, "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day, whatever happens
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_MINUTES", default=30) * 60
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
X_FRAME_OPTIONS, SECURE_REFERRER_POLICY = "DENY", "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],  # the admin theme's Alpine evaluates x-data expressions
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD = (
        31_536_000,
        True,
        True,
    )
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = configuration(production=PRODUCTION, level=env.str("LOG_LEVEL", "INFO"))

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "tenants.web.openapi.StrataSchema",
}

# How old the number of customers may be that a preview's share is a share of.
BASE_FIGURES_SECONDS = env.int("BASE_FIGURES_SECONDS", default=60)
# A worker that stops breathing is replaced within lease + one tick of the dispatcher (30 s).
RUN_LEASE_SECONDS = env.int("RUN_LEASE_SECONDS", default=60)
RUN_HEARTBEAT_SECONDS = env.float("RUN_HEARTBEAT_SECONDS", default=1.0)

# Served until 2027-10. Raising it: validate the stored documents against the new schema first.
SHOPIFY_API_VERSION = "2026-10"
# Replaces scheme and host of every request to a shop: a sandbox. The shop's name goes as the host.
SHOPIFY_BASE_URL = env.str("SHOPIFY_BASE_URL", "")
# Replaces scheme and host of every request to Klaviyo: a sandbox.
KLAVIYO_BASE_URL = env.str("KLAVIYO_BASE_URL", "")

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in QUEUES]
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_RESULT_EXPIRES = None  # there are no results to clean up
CELERY_BEAT_SCHEDULE = {
    "dispatcher": {
        "task": "tenants.tasks.tick",
        "schedule": 30.0,
        "options": {"queue": "dispatch", "expire_seconds": 25},
    }
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP, CELERY_BROKER_CONNECTION_MAX_RETRIES = True, None
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_max": 0.5}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,  # longer than the longest run; recovery comes from the run's lease
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "health_check_interval": 10,
}

UNFOLD, UNFOLD_PLATFORM = MERCHANT_ADMIN, PLATFORM_ADMIN
