"""Where things stand under the project's folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
LOGS = VAR / "log"
START = ROOT / "config" / "launcher" / "start.py"
RUN = VAR / "run"
DEMO = VAR / "demo.json"
