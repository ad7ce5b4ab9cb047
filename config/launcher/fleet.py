"""The processes of the application and the sandboxes: started, watched, stopped in order."""

import http.client
import subprocess
import sys
import time
from collections import defaultdict

from config.launcher.places import LOGS, ROOT, VAR
from config.launcher.processes import last_lines, spawn, stop
from config.launcher.sandboxes import SANDBOXES, plan_sandboxes
from config.launcher.services import Services
from config.launcher.trouble import Trouble

# Loaded once and forked: two workers that load Django side by side answer 1 s later.
WEB = "gunicorn config.wsgi --preload --workers 2 --worker-class gthread --threads 4"
WORKER = "celery -A config -q worker --loglevel INFO --without-gossip --without-mingle"
COMMANDS = {
    "web": f"{WEB} --graceful-timeout 10 --no-control-socket",
    # Short work and long work have a worker each: a long run never keeps a page waiting.
    "quick": f"{WORKER} -n quick@%h -Q dispatch,interactive -c 2",
    "heavy": f"{WORKER} -n heavy@%h -Q sync,compute,actions -c 2",
    "beat": "celery -A config -q beat --loglevel INFO --pidfile=",
}
# seconds until it is killed; the platforms go last, as they would
STOP_ORDER = (
    ("beat", 10), ("web", 15), ("quick", 15), ("heavy", 25), *((name, 2) for name in SANDBOXES),
)  # fmt: skip
RESTARTS = 5  # within a minute: then it is broken, not unlucky


class Fleet:
    """What serves and works, by name; the launcher starts again what ends by itself."""

    def __init__(self, *, port: int) -> None:
        self.port = port
        self.commands = {
            name: [sys.executable, "-m", *command.split()] for name, command in COMMANDS.items()
        }
        self.commands["web"] += ["--bind", f"127.0.0.1:{port}"]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.env: dict[str, str] = {}
        self.restarts: dict[str, list[float]] = defaultdict(list)

    def start_sandboxes(self, env: dict[str, str]) -> dict[str, str]:
        """Start the platforms of the demo and return the environment that leads to them."""
        commands, settings = plan_sandboxes(env)
        self.commands |= commands
        self.env = env
        for name in commands:
            self._start(name)
        return env | settings

    def start(self, env: dict[str, str]) -> None:
        """Start the web server and, when its page answers, the rest: two cores are soon busy."""
        # SIGTERM gives a worker ten seconds to finish (worker_soft_shutdown_timeout), then its
        # task goes back to the queue.
        self.env = env | {"REMAP_SIGTERM": "SIGQUIT"}
        (VAR / "static").mkdir(exist_ok=True)  # whitenoise warns where it is missing
        for name in COMMANDS:
            self._start(name)
            if name == "web":
                self._wait_for_page()

    def _start(self, name: str) -> None:
        log = LOGS / f"{name}.log"
        self.processes[name] = spawn(self.commands[name], env=self.env, log=log, cwd=ROOT)

    def _wait_for_page(self, *, seconds: float = 60) -> None:
        """Wait until the log-in page answers, by address: not every system knows *.localhost."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.processes["web"].poll() is not None:
                raise Trouble(f"The web server ended: {last_lines(LOGS / 'web.log')}")
            if self._answers():
                return
            time.sleep(0.05)
        raise Trouble(
            f"The log-in page did not answer within {seconds:.0f} s; see var/log/web.log."
        )

    def _answers(self) -> bool:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            client.request("GET", "/admin/login/", headers={"Host": "localhost"})
            status = client.getresponse().status
        except OSError:
            return False
        finally:
            client.close()
        if status >= 500:
            raise Trouble(f"The log-in page answers with an error ({status}); see var/log/web.log.")
        return status == 200

    def watch(self, services: Services) -> None:
        """Start again what ends, until it ends too often; raise Trouble when a server is gone."""
        while True:
            if name := services.died():
                raise Trouble(f"{name} ended by itself; see var/log/{name.lower()}.log.")
            for name, process in list(self.processes.items()):
                if process.poll() is not None:
                    self._start_again(name)
            time.sleep(0.2)

    def _start_again(self, name: str) -> None:
        now = time.monotonic()
        self.restarts[name] = [at for at in self.restarts[name] if now - at < 60] + [now]
        if len(self.restarts[name]) > RESTARTS:
            raise Trouble(f"{name} ends again and again: {last_lines(LOGS / f'{name}.log')}")
        print(f"{name} ended; starting it again.", flush=True)
        self._start(name)

    def stop(self) -> None:
        """Stop in order: no new schedule, no new request, then work is finished or given back."""
        for name, grace in STOP_ORDER:
            if process := self.processes.get(name):
                stop(process, grace=grace)
