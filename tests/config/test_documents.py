"""What the documents and deployment files say is what the code has."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

from config.launcher.fleet import COMMANDS
from tenants.queues import QUEUES

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()


def queues_in(text: str) -> list[str]:
    found = re.findall(r'-Q"?,? "?([a-z,]+)', text)
    return sorted(queue for names in dict.fromkeys(found) for queue in names.split(","))


@pytest.mark.parametrize(
    "text", [" ".join(COMMANDS.values()), COMPOSE], ids=["launcher", "compose"]
)
def test_every_queue_has_exactly_one_worker(text):
    assert queues_in(text) == sorted(QUEUES)


def test_the_unit_files_name_every_queue():
    assert set(QUEUES) <= set(queues_in(OPERATIONS))


@pytest.mark.parametrize("name", ["README.md", "docs/operations.md", "docs/architecture.md"])
def test_every_command_in_the_documents_exists(name):
    text = (ROOT / name).read_text()
    named = set(re.findall(r"(?:manage\.py|\./strata manage) ([a-z_]+)", text))

    assert named - set(get_commands()) == set()


def test_every_direct_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    named = {re.split(r"[\[=<>]", line)[0].removesuffix("-binary") for line in wanted}
    text = (ROOT / "docs" / "dependencies.md").read_text().lower()

    assert {name for name in named if name not in text} == set()


def test_every_direct_dependency_is_pinned_in_what_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    direct = {re.split(r"[\[=<>]", line)[0] for line in project["dependencies"]}
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.txt").read_text(), re.M))

    assert direct - pinned == set()


@pytest.mark.parametrize("module", ["config.wsgi", "config.celery"])
def test_a_server_needs_no_settings_module_in_its_environment(module):
    env = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}

    loaded = subprocess.run(
        [sys.executable, "-c", f"import {module}"], cwd=ROOT, env=env, capture_output=True
    )

    assert loaded.returncode == 0, loaded.stderr
