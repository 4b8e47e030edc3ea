"""Production: every process stateless, behind a proxy that ends TLS."""

from django.core.exceptions import ImproperlyConfigured

from config.env import env
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_URL, PRAXIS_DEMO

SECRET_KEY = env.require("SECRET_KEY")
if PRAXIS_DEMO:
    raise ImproperlyConfigured(
        "PRAXIS_DEMO lets anyone sign in as anyone. Unset it, or use config.settings.dev."
    )
if not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("PRAXIS_BASE_URL must start with https:// in production.")
env.require("DATABASE_URL")
env.require("REDIS_URL")
PRAXIS_ENCRYPTION_KEYS = env.require("ENCRYPTION_KEYS")
PRAXIS_BADGE_KEYS = env.require("BADGE_KEYS")
env.require("EMAIL_URL")  # people sign in by a code they are sent

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
if env.get("TRUSTED_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
