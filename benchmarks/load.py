"""Load on a server of this machine: keep-alive connections, prepared requests, every answer read.

`python -m benchmarks.load` reads a plan as JSON from stdin and prints what came of it. In processes
of its own, so that it does not share the server's interpreter; it costs about 0.1 ms a request.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from typing import Any


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Put a load on a server from another process: `rate` 0 is as fast as it answers.

    Returns requests a second, seconds of each answer's percentiles, answers that were no 200.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class Caller(threading.Thread):
    """One connection that asks again and again, at its own pace."""

    def __init__(self, plan: dict[str, Any], number: int, *, start: float) -> None:
        super().__init__()
        self.plan, self.number, self.begun = plan, number, start
        self.taken: list[float] = []
        self.wrong = 0

    def run(self) -> None:
        plan, requests = self.plan, [one.encode() for one in self.plan["requests"]]
        pause = plan["connections"] / plan["rate"] if plan["rate"] else 0.0
        due = self.begun + pause * self.number / plan["connections"]
        end, place = self.begun + plan["seconds"], self.number
        connection = socket.create_connection(("127.0.0.1", plan["port"]), timeout=30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (now := time.perf_counter()) < end:
            if pause and now < due:
                time.sleep(min(due - now, end - now))
                continue
            asked_at = due if pause else now  # waiting for a late answer counts, too
            connection.sendall(requests[place % len(requests)])
            self.wrong += not self._answer(connection).startswith(b"HTTP/1.1 200")
            self.taken.append(time.perf_counter() - asked_at)
            place, due = place + plan["connections"], due + pause
        connection.close()

    @staticmethod
    def _answer(connection: socket.socket) -> bytes:
        data = connection.recv(65536)
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(65536)
        return head


def main() -> None:
    """Do what the plan says."""
    plan = json.load(sys.stdin)
    start = time.perf_counter() + 0.2
    callers = [Caller(plan, number, start=start) for number in range(plan["connections"])]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    taken = sorted(one for caller in callers for one in caller.taken)
    told = {
        "per_second": len(taken) / plan["seconds"],
        "p50": taken[len(taken) // 2],
        "p99": taken[min(len(taken) - 1, int(len(taken) * 0.99))],
        "requests": len(taken),
        "wrong": sum(caller.wrong for caller in callers),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
