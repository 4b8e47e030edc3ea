"""Settings that hold everywhere. `dev`, `test` and `prod` add little; the environment is read in `config.env`."""

import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from config.csp import STRICT_POLICY
from config.env import env
from config.mail import mail_settings
from config.sign_in import openid_connect_apps, saml_apps

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR: Path = BASE_DIR / env.get("DATA_DIR")

BASE_URL: str = env.get("BASE_URL")
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname, *env.get("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DEBUG = False

PRAXIS_DEMO: bool = env.get("DEMO")
PRAXIS_PORT: int = env.get("PORT")

PRAXIS_ENCRYPTION_KEYS: list[str] = env.get("ENCRYPTION_KEYS")
PRAXIS_BADGE_KEYS: list[str] = env.get("BADGE_KEYS")
PRAXIS_INTERNAL_HOSTS: list[str] = env.get("INTERNAL_HOSTS")
PRAXIS_MODEL_DIR: Path = BASE_DIR / (env.get("MODEL_DIR") or DATA_DIR / "models")
PRAXIS_MODEL_MIRROR: str = env.get("MODEL_MIRROR")
PRAXIS_MODEL_URL: str = env.get("MODEL_URL")
PRAXIS_PRACTICE_MODEL: bool = env.get("PRACTICE_MODEL")
PRAXIS_METRICS_TOKEN: str = env.get("METRICS_TOKEN")
PRAXIS_PHONE_REGION: str = env.get("PHONE_REGION")

# Below lms.* stands what it builds on; templates are looked up in this order, so ours win.
INSTALLED_APPS = [
    "lms.web",
    "lms.tips",
    "badges",
    "lms.paths",
    "courses",
    "sandbox",
    "lms.records",
    "lms.notifications",
    "lms.jobs",
    "lms.people",
    "lms.design",
    "lms.core",
    "django_htmx",
    "heroicons",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.snippets",
    "wagtail.search",
    "wagtail.sites",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",  # Wagtail's search index uses its fields there
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "lms.core.content_security_policy.ContentSecurityPolicyMiddleware",
    "lms.web.health.ProbeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lms.people.middleware.PersonalTimeZoneMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lms.design.templatetags.design",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.web.context_processors.shell",
            ],
        },
    },
]
FORM_RENDERER = "lms.design.forms.PraxisFormRenderer"

# --- data ---------------------------------------------------------------------------------------------

DATABASE_URL: str = env.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'praxis.sqlite3'}"
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # One writer at a time, taken at BEGIN: a transaction that reads first and writes later never deadlocks.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A fresh connection for every request costs three times the whole page (docs/performance.md).
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL compiled some questions about an audience for seven times as long as it took to answer them.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.get("REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- people and sign-in -------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "lms.people.backends.PersonBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "lms.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses come from the HR system; a sign-in code proves them each time
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = True
# Beside those of allauth: mails to addresses that are no user's, for whoever asks, to one address, by one person.
ACCOUNT_RATE_LIMITS = {"credentials_return": "10/h/ip,3/h/key", "credentials_claim": "5/h/user,3/h/key"}
SOCIALACCOUNT_ADAPTER = "lms.people.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link, since our policy lets no form lead to another host
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": openid_connect_apps(env)},
    "saml": {"APPS": saml_apps(env)},
}
# Behind one trusted proxy, rate limits and the session list go by the address it reports, not by its own.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.get("TRUSTED_PROXY") else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Praxis"

# Programs that people let in, such as a wallet that reads their credentials (docs/credentials.md).
IDP_OIDC_ADAPTER = "lms.web.consent.ConsentAdapter"
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 60 * 60 * 24 * 90

# --- Wagtail ------------------------------------------------------------------------------------------

WAGTAIL_PAGE_MODEL = "courses.ContentPage"
WAGTAIL_SITE_NAME = "Praxis"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "/cms/login/"
WAGTAIL_ENABLE_UPDATE_CHECK = False  # Praxis never calls other hosts by itself
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# Names of this machine's own, which no browser knows, would break the page on which a zone is chosen.
WAGTAIL_USER_TIME_ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"})
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif"]
TAGGIT_CASE_INSENSITIVE = True

# --- language, time, mail, tasks ----------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
PRAXIS_TIME_ZONE: str = env.get("TIME_ZONE")

DEFAULT_FROM_EMAIL: str = env.get("MAIL_FROM")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
vars().update(mail_settings(env.get("EMAIL_URL")))

# Whoever can send and not be answered has half a channel: these are set together or not at all.
env.require_together("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
PRAXIS_SLACK_BOT_TOKEN: str = env.get("SLACK_BOT_TOKEN")
PRAXIS_SLACK_SIGNING_SECRET: str = env.get("SLACK_SIGNING_SECRET")
PRAXIS_SLACK_API_URL: str = env.get("SLACK_API_URL")
env.require_together("TEAMS_APP_ID", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID")
PRAXIS_TEAMS_APP_ID: str = env.get("TEAMS_APP_ID")
PRAXIS_TEAMS_APP_PASSWORD: str = env.get("TEAMS_APP_PASSWORD")
PRAXIS_TEAMS_TENANT_ID: str = env.get("TEAMS_TENANT_ID")
PRAXIS_TEAMS_LOGIN_URL: str = env.get("TEAMS_LOGIN_URL")
PRAXIS_TEAMS_OPENID_URL: str = env.get("TEAMS_OPENID_URL")

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # a nudge that cannot be sent is dropped; the sweep does the work
# By urgency: what somebody waits for, everything else, and messages, which take a worker for a minute at a time.
# A worker takes what stands first in its list of queues first; without a list it takes from all of them.
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"urgent": {}, "work": {}, "messages": {}}
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_TASK_ROUTES = {
    "badges.tasks.send_letters": "urgent",
    "badges.tasks.sign_awards": "urgent",
    "lms.notifications.tasks.send": "messages",
    "lms.notifications.tasks.wake_senders": "urgent",
    "lms.records.tasks.deliver_records": "urgent",
}
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # More than twice the hard limit, and restored promptly: a killed worker costs minutes, not an hour.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 900,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "queue_order_strategy": "priority",
    }
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "tasks" / "queue"),
        "data_folder_out": str(DATA_DIR / "tasks" / "queue"),
        "control_folder": str(DATA_DIR / "tasks" / "control"),
        "polling_interval": 0.2,  # seconds a task waits at most before the worker sees it
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "tasks" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "deliver-records": {"task": "lms.records.tasks.deliver_records", "schedule": 15.0},
    # What waited for longer than the next sweep is worth nothing; it would only keep a worker from other tasks.
    "run-jobs": {"task": "lms.jobs.tasks.run_jobs", "schedule": 15.0, "options": {"expires": 15}},
    "delete-old-job-results": {
        "task": "lms.jobs.tasks.delete_old_results",
        "schedule": crontab(hour=3, minute=20),
    },
    "publish-scheduled-pages": {"task": "courses.tasks.publish_scheduled_pages", "schedule": 60.0},
    "follow-people": {"task": "lms.paths.tasks.follow_people", "schedule": 15.0},
    "remove-old-practice": {
        "task": "sandbox.tasks.remove_old_practice",
        "schedule": crontab(hour=3, minute=50),
    },
    "count-practice": {"task": "sandbox.tasks.count_last_month", "schedule": crontab(hour=4, minute=10)},
    "end-runs-left-behind": {"task": "sandbox.tasks.end_runs_left_behind", "schedule": 60.0},
    "give-second-opinions": {
        "task": "sandbox.tasks.give_second_opinions",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "continue-calibrations": {
        "task": "courses.tasks.continue_calibrations",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "tell-of-days": {"task": "lms.paths.tasks.tell_of_days", "schedule": crontab(hour="*/4", minute=25)},
    "start-daily-round": {"task": "lms.paths.tasks.start_daily_round", "schedule": 3600.0},
    "settle-everyone": {"task": "lms.paths.tasks.settle_everyone", "schedule": 600.0},
    "sign-awards": {"task": "badges.tasks.sign_awards", "schedule": 15.0, "options": {"expires": 15}},
    "send-holder-letters": {
        "task": "badges.tasks.send_letters",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "keep-badge-rules": {"task": "badges.tasks.keep_rules", "schedule": crontab(minute=35)},
    "follow-work-addresses": {"task": "badges.tasks.follow_addresses", "schedule": crontab(minute=45)},
    "remind-of-expiry": {"task": "badges.tasks.remind_of_expiry", "schedule": crontab(minute=5)},
    "wake-senders": {
        "task": "lms.notifications.tasks.wake_senders",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "plan-digests": {
        "task": "lms.notifications.tasks.plan_digests",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "tell-of-finished-jobs": {
        "task": "lms.web.tasks.tell_of_finished_jobs",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "plan-tips": {
        "task": "lms.tips.tasks.plan_tips",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "watch-tip-pools": {"task": "lms.tips.tasks.watch_pools", "schedule": crontab(hour=4, minute=40)},
    "seal-audit-trail": {"task": "lms.core.tasks.seal_audit_trail", "schedule": 60.0},
}

# --- security headers ---------------------------------------------------------------------------------

SECURE_CSP = STRICT_POLICY
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the CMS shows its previews in a frame
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # asks for X_FRAME_OPTIONS = "DENY"; see there why not

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.get("LOG_LEVEL")},
    # Wagtail keeps a log of every page in the database, and its index tasks run in the same process.
    # What clients of model providers log is theirs to choose, and what people practise is private.
    "loggers": {
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "openai": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
    },
}
