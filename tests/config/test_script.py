"""The script itself, before any package is there: it must help, and say what is missing."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def script(*arguments, folder=ROOT, code="", env=None):
    """Run ./strata of `folder`; `code` runs first in the same interpreter."""
    start = f"import sys; sys.argv[0] = {str(folder / 'strata')!r}\n{code}\n"
    start += "import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", start, *arguments],
        capture_output=True, text=True, timeout=60, cwd=folder, env=os.environ | (env or {}),
    )  # fmt: skip


@pytest.fixture
def copy(tmp_path):
    """A folder with the script and its requirements, and nothing installed."""
    for name in ("strata", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_help_names_every_command():
    told = script("--help")

    assert told.returncode == 0
    named = re.findall(r"^  ([a-z]+) ", told.stdout, re.MULTILINE)
    assert named == ["up", "down", "test", "check", "bench", "manage"]


def test_an_unknown_command_is_wrong_use(copy):
    told = script("serve", folder=copy)

    assert told.returncode == 2
    assert told.stderr == "strata: there is no command “serve”; see ./strata --help\n"
    assert not (copy / "var").exists()


@pytest.mark.parametrize(("version", "age"), [((3, 9, 2), "old"), ((3, 14, 0), "new")])
def test_another_python_is_refused_with_the_one_that_is_wanted(copy, version, age):
    told = script(
        "up", folder=copy, code=f"sys.version_info = {version}", env={"STRATA_PYTHON_TRIED": "1"}
    )

    name = f"{version[0]}.{version[1]}"
    assert told.stderr == (
        f"strata: Python {name} is too {age}. Install python3.11 and run ./strata again.\n"
    )
    assert told.returncode == 1


def test_a_python_without_its_venv_module_is_told_debians_package(copy):
    hide = "import importlib.util as u; find = u.find_spec\n"
    hide += "u.find_spec = lambda name: None if name == 'ensurepip' else find(name)"

    told = script("up", folder=copy, code=hide)

    assert told.stderr == (
        "strata: this Python lacks its module ensurepip. On Debian: apt install python3.11-venv\n"
    )


def test_a_folder_that_cannot_be_written_is_named(copy):
    (copy / "var").write_text("not a folder")

    told = script("up", folder=copy)

    assert told.returncode == 1
    assert told.stderr.startswith(f"strata: cannot write to {copy / 'var'}: ")
    assert told.stderr.count("\n") == 1


# As on Debian, where Python comes without pip: then nothing is asked of an index but by the venv's.
NO_PIP = "import importlib.util as u; find = u.find_spec\n"
NO_PIP += "u.find_spec = lambda name: None if name == 'pip' else find(name)"


def venv_with_python(copy, body):
    """Put a program in the place of the environment's Python; return the stamp beside it."""
    programs = copy / "var" / "venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(f"#!/bin/sh\n{body}\n")
    (programs / "python").chmod(0o755)
    stamp = programs.parent / "installed.json"
    stamp.write_text(json.dumps({"python": sys.version}))
    return stamp


def test_a_pip_that_fails_is_one_line_and_nothing_is_stamped(copy):
    stamp = venv_with_python(copy, 'echo "ERROR: Could not find it."; exit 1')

    told = script("up", folder=copy, code=NO_PIP)

    assert told.returncode == 1
    assert told.stderr == (
        "strata: pip could not install the packages: ERROR: Could not find it. "
        "(the rest is in var/pip.log)\n"
    )
    assert json.loads(stamp.read_text()) == {"python": sys.version}


def test_pip_installs_everything_where_uv_cannot_be_had(copy):
    body = f'case "$*" in *"uv=="*) exit 1;; esac; echo "$@" >> {copy}/calls'
    stamp = venv_with_python(copy, body)

    script("up", folder=copy, code=NO_PIP)

    called = (copy / "calls").read_text().splitlines()
    assert called[0].startswith("-m ensurepip")  # the environment is made without it
    called = next(call for call in called if call.startswith("-m pip"))
    assert called.startswith("-m pip install --no-deps")
    assert called.endswith(f"-r {copy}/requirements.txt")
    assert "requirements.txt" in json.loads(stamp.read_text())
