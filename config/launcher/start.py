"""`python -P config/launcher/start.py COMMAND …`, as ./strata calls it."""

import sys
from pathlib import Path
from types import ModuleType

# The package `config` loads Celery and the settings: 1 s that a launcher does not need, and it must
# work when the settings do not. Here `config` is only the folder.
bare = ModuleType("config")
bare.__path__ = [str(Path(__file__).resolve().parents[1])]
sys.modules["config"] = bare

from config.launcher.commands import main  # noqa: E402

sys.exit(main())
