"""This Klaviyo as a whole: accounts behind keys, what was asked of it, and its clock."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from integrations.sandbox.klaviyo import (  # noqa: F401 - fill the table of operations
    campaigns,
    consent,
    events,
    flows,
    imports,
    lists,
    members,
    profiles,
    reports,
)
from integrations.sandbox.klaviyo.account import ALL_SCOPES, Account, Group
from integrations.sandbox.klaviyo.calls import OPERATIONS, Call, Operation, Reply
from integrations.sandbox.klaviyo.clock import Clock
from integrations.sandbox.klaviyo.faults import Fault, Faults
from integrations.sandbox.klaviyo.jobs import settle
from integrations.sandbox.klaviyo.limits import COUNTING, Meter
from integrations.sandbox.klaviyo.problems import Problem, error, invalid

REVISION = "2026-07-15"
MOST_BYTES = 5 * 1024 * 1024
SCHEME = "Klaviyo-API-Key "


@dataclass
class Outcome:
    """What is sent back: an answer, and the fault that befalls it on its way."""

    status: int
    body: Any
    headers: dict[str, str]
    fault: Fault | None = None


class World:
    """Accounts, keys, limits, faults. One lock: requests are answered one after the other."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.accounts: dict[str, Account] = {}
        self.keys: dict[str, tuple[Account, frozenset[str]]] = {}
        self.meter, self.faults = Meter(), Faults()
        self.calls: Counter[str] = Counter()  # by operation, refused ones left out
        self.origin = ""
        self.watch: Callable[[str, str, dict[str, str], Any, Outcome], None] | None = None
        self._lock = threading.Lock()

    def open_account(self, id: str, *, name: str, key: str) -> Account:
        """Make an account with a key that may do everything."""
        self.accounts[id] = account = Account(id, name=name, clock=self.clock)
        self.keys[key] = (account, ALL_SCOPES)
        metric = account.metric_id("Placed Order")
        account.metrics[metric]["from"] = "Shopify"
        return account

    def give_key(self, account: Account, key: str, *, without: tuple[str, ...] = ()) -> None:
        """Make another key of an account, which lacks some scopes."""
        self.keys[key] = (account, ALL_SCOPES - set(without))

    def make_list(self, account: Account, name: str) -> Group:
        """Make a list as somebody at Klaviyo does."""
        id = account.next_id("L", length=6)
        group = account.lists[id] = Group(id, name, self.clock.now(), self.clock.now())
        return group

    def make_flow(self, account: Account, name: str, *, group: Group, status: str = "live") -> str:
        """Make a flow that begins when somebody joins a list."""
        id = account.next_id("F", length=6)
        account.flows[id] = {"id": id, "name": name, "status": status, "list": group.id,
                             "created": self.clock.now()}  # fmt: skip
        return id

    def writes(self) -> int:
        """Return how many calls changed something."""
        verbs = {row.id: row.method for row in OPERATIONS}
        looks = {"query_campaign_values"}
        return sum(
            count for id, count in self.calls.items() if verbs[id] != "GET" and id not in looks
        )

    def ask(
        self, method: str, target: str, *, headers: dict[str, str], body: Any, size: int
    ) -> Outcome:
        """Answer one request."""
        with self._lock:
            outcome = self._answer(method, target, headers=headers, body=body, size=size)
            if self.watch is not None:
                self.watch(method, target, headers, body, outcome)
            return outcome

    def _answer(
        self, method: str, target: str, *, headers: dict[str, str], body: Any, size: int
    ) -> Outcome:
        parts = urlsplit(target)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        fault = None
        try:
            row, ids = _find(method, parts.path)
            account = self._let_in(row, headers)
            fault = self.faults.take(row.id)
            if fault is not None and fault.kind == "status":
                raise fault.problem()
            if fault is not None and fault.kind in ("drop", "html"):
                return Outcome(502, None, {}, fault)
            told = self._spend(row, account, params)
            _check(row, params, size)
            settle(account)
            call = Call(account, parts.path, params, body, ids, self.clock.now())
            call.origin = self.origin or call.origin
            reply: Reply = row.handler(call)
            self.calls[row.id] += 1
        except Problem as problem:
            return Outcome(problem.status, {"errors": problem.errors}, problem.headers, None)
        return Outcome(reply.status, reply.body, told, fault)

    def _let_in(self, row: Operation, headers: dict[str, str]) -> Account:
        key = headers.get("authorization", "")
        known = self.keys.get(key.removeprefix(SCHEME)) if key.startswith(SCHEME) else None
        if known is None:
            words = "Missing or invalid private key."
            raise Problem(401, [error(401, "not_authenticated", words, title="Authentication")])
        if headers.get("revision") != REVISION:
            raise invalid("A revision header is required.", parameter="revision")
        account, scopes = known
        lacking = sorted(row.scopes - scopes)
        if lacking:
            words = f"The API key is missing required scopes: {', '.join(lacking)}."
            raise Problem(403, [error(403, "permission_denied", words, title="Permission")])
        return account

    def _spend(self, row: Operation, account: Account, params: dict[str, str]) -> dict[str, str]:
        now = self.clock.now()
        if any("profile_count" in value for value in params.values()):
            self.meter.spend(account.id, f"{row.id}:profile_count", COUNTING, now=now)
        return self.meter.spend(account.id, row.id, row.tier, now=now)


def _find(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    others = False
    for row in OPERATIONS:
        match = row.pattern.fullmatch(path)
        if match and row.method == method:
            return row, match.groupdict()
        others = others or match is not None
    status = 405 if others else 404
    raise Problem(status, [error(status, "not_found", f"No {method} {path}.", title="Not found.")])


def _check(row: Operation, params: dict[str, str], size: int) -> None:
    for name in params:
        if name not in row.params:
            raise invalid(f"'{name}' is not an allowed parameter.", parameter=name)
    if size > MOST_BYTES:
        raise Problem(413, [error(413, "too_large", "The payload is too large.", title="Size")])
