"""./strata check: everything that reads the code without running the tests."""

import secrets
import subprocess
import sys
from base64 import urlsafe_b64encode

from config.launcher.places import ROOT, VAR
from config.launcher.services import Services
from config.launcher.suite import SETTINGS

FOLDER = VAR / "check"
PYTHON = sys.executable


def packages_fit() -> list[str]:
    """Return what says whether the packages fit together: the installer that put them there."""
    uv = next(VAR.glob("uv-*/bin/uv"), None)
    if uv:
        return [str(uv), "pip", "check", "--python", PYTHON]
    return [PYTHON, "-m", "pip", "check", "--disable-pip-version-check"]


CHECKS = (
    ("style", [PYTHON, "-m", "ruff", "check", "--quiet", "."]),
    ("format", [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."]),
    ("types", [PYTHON, "-m", "mypy", "--no-error-summary", "--show-traceback", "."]),
    ("floors", [PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()"]),
    ("packages", packages_fit()),
    ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("production", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
)


def run(arguments: list[str]) -> int:
    """Run every check, or the named ones; print what a failing one says; 0 when all are clean."""
    chosen = [(name, command) for name, command in CHECKS if not arguments or name in arguments]
    services = Services(FOLDER, logs=FOLDER / "log", settings=SETTINGS)
    services.discard()  # of a run that was killed
    try:
        env = services.start()
        return max([_check(name, command, env=env) for name, command in chosen], default=2)
    finally:
        services.discard()


def _check(name: str, command: list[str], *, env: dict[str, str]) -> int:
    if name == "production":
        env = env | production_settings()
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    print(f"{name:<12} {'failed' if ended.returncode else 'ok'}", flush=True)
    if ended.returncode:
        print(ended.stdout + ended.stderr, flush=True)
    return int(bool(ended.returncode))


def production_settings() -> dict[str, str]:
    """Return what an installation would set, with secrets made for this one check."""
    return {
        "STRATA_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "BASE_DOMAIN": "strata.example",
        "EMAIL_URL": "smtp://localhost:25",
        "ALERT_EMAIL": "operator@strata.example",
    }
