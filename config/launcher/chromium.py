"""A Chromium for the browser tests: the machine's own, or Debian's when we may install it."""

import os
import shutil
import subprocess


def ensure_chromium() -> None:
    """Install Debian's Chromium where none is found and apt may be used, or say what is skipped."""
    if os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests …", flush=True)
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["update", "-q"],
            ["install", "-q", "-y", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(["apt-get", *command], env=env, stdout=subprocess.DEVNULL)
    if not shutil.which("chromium"):
        print("No Chromium on this machine (apt install chromium): browser tests are skipped.")
