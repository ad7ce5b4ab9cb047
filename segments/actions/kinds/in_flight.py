"""Several requests on their way at once: receivers are slow, and their order is not promised."""

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from tenants.access.models import Effect
from tenants.effects import Outcome, Result
from tenants.http import Client


class Clients:
    """A client of one address for each thread; a context manager that waits for all of them."""

    def __init__(self, url: str, *, most: int) -> None:
        self.url, self._own, self._all = url, threading.local(), list[Client]()
        self.pool = ThreadPoolExecutor(most, thread_name_prefix="webhook")

    def __enter__(self) -> "Clients":
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)
        for client in self._all:
            client.close()

    def begin(self, call: Callable[[Client], Outcome]) -> "Future[Outcome]":
        """Let a thread do a call with its client. The call touches no database."""
        return self.pool.submit(lambda: call(self._mine()))

    def _mine(self) -> Client:
        if not hasattr(self._own, "client"):
            self._own.client = Client(self.url)
            self._all.append(self._own.client)
        client: Client = self._own.client
        return client


def in_flight(
    effects: Sequence[Effect], *, begin: Callable[[Effect], "Future[Outcome]"], most: int
) -> Generator[Result, bool | None, None]:
    """Yield how each effect ended, as it is known, with at most `most` on their way.

    Sent False, it begins nothing more and yields how those on their way end.
    """
    going: dict[Future[Outcome], Effect] = {}
    left, goes_on = iter(effects), True
    while True:
        while goes_on and len(going) < most and (effect := next(left, None)) is not None:
            going[begin(effect)] = effect
        if not going:
            return
        for future in wait(going, return_when=FIRST_COMPLETED).done:
            told = yield [going.pop(future)], future.result()
            goes_on = goes_on and told is not False
