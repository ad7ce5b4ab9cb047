"""Production: what keeps it from starting, and what `check --deploy` says."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tenants.checks import DEVELOPMENT_ENCRYPTION_KEY, DEVELOPMENT_KEY, faults, in_words

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
GOOD = {
    "STRATA_ENV": "production",
    "SECRET_KEY": "k7$Qz9!mW2x@Lp5vR8nT1cY4bH6jF3dG0sA-eU_iO+aXyZwVuT",
    "FIELD_ENCRYPTION_KEYS": KEY,
    "BASE_DOMAIN": "strata.example.com",
    "EMAIL_URL": "smtp://mail.example.com:25",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    names = ("PATH", "DATABASE_URL", "TEST_DATABASE", "REDIS_URL")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | {name: value for name, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_is_clean():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **GOOD)

    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout + result.stderr


def test_cookies_are_bound_to_the_host():
    code = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
        "s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_HTTPONLY)"
    )

    result = manage("shell", "--no-imports", "-c", code, **GOOD)

    assert result.stdout.strip() == "__Host-sessionid __Host-csrftoken True None True"


def test_production_does_not_start_with_the_development_settings():
    result = manage("check", STRATA_ENV="production")

    lines = result.stderr.splitlines()
    assert result.returncode == 1
    assert lines[0] == "Strata does not start in production like this:"
    found = [line[1:12] for line in lines[1:]]
    assert found == ["strata.E001", "strata.E002", "strata.E003", "strata.E006"]


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({}, None),
        ({"SECRET_KEY": DEVELOPMENT_KEY}, "strata.E001"),
        ({"SECRET_KEY": "short"}, "strata.E001"),
        ({"SECRET_KEY_FALLBACKS": [DEVELOPMENT_KEY]}, "strata.E001"),
        ({"FIELD_ENCRYPTION_KEYS": []}, "strata.E002"),
        ({"FIELD_ENCRYPTION_KEYS": ["not-a-key"]}, "strata.E002"),
        ({"FIELD_ENCRYPTION_KEYS": [KEY, DEVELOPMENT_ENCRYPTION_KEY]}, "strata.E002"),
        ({"BASE_DOMAIN": "localhost"}, "strata.E003"),
        ({"DEBUG": True}, "strata.E004"),
        ({"ALLOWED_HOSTS": ["*"]}, "strata.E005"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "strata.E006"),
        ({"WEBHOOKS_ALLOW_LOOPBACK": True}, "strata.E007"),
    ],
)
def test_a_fault_is_named(change, id):
    good = {
        "SECRET_KEY": GOOD["SECRET_KEY"],
        "SECRET_KEY_FALLBACKS": [],
        "FIELD_ENCRYPTION_KEYS": [KEY],
        "BASE_DOMAIN": GOOD["BASE_DOMAIN"],
        "DEBUG": False,
        "ALLOWED_HOSTS": [".strata.example.com"],
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    }

    found = faults(good | change)

    assert [fault.id for fault in found] == ([id] if id else [])
    assert good["SECRET_KEY"] not in in_words(found)
