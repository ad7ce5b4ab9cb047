"""The only module that speaks HTTP to addresses of others: bounded in time, size and place.

No redirects are followed, no proxy or password of the environment is used. What can be asked of an
address again later is told apart from what cannot.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError as TransportError

from tenants.public_address import AddressRefused, Destination, NameUnknown, destination

__all__ = ["PLATFORM", "AddressRefused", "Answer", "Client", "Patience", "Unreachable"]

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 3, 10, 15
MOST_READ = 64 * 1024  # bytes of an answer; whatever follows is left unread
PIECE = 256 * 1024  # bytes of a stream that are handed on at once
POLICY_SECONDS = 60  # how long a checked address is trusted by one client


@dataclass(frozen=True)
class Patience:
    """How long one request may take, in seconds, and how much of its answer is read, in bytes."""

    read: float = READ_SECONDS
    total: float = TOTAL_SECONDS
    most: int = MOST_READ
    agent: str = "Strata-Webhooks/1"


# A page of 250 orders with their lines is some 2 MB; a shop gives up a query after 10 seconds.
PLATFORM = Patience(read=30, total=45, most=32 * 1024**2, agent="Strata/1")


class Unreachable(Exception):  # noqa: N818 - a state
    """No answer came; the message says why, for the merchant. Trying again later may help."""


@dataclass(frozen=True)
class Answer:
    """What came back, as far as it was read."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    seconds: float

    @property
    def text(self) -> str:
        """The beginning of the body, for people."""
        return self.body[:300].decode("utf-8", "replace")


class Client:
    """Sends to one address over connections that stay open; a context manager.

    `is_ours`: the address is the operator's own setting, so it may lie in a private network.
    """

    def __init__(
        self, url: str, *, patience: Patience | None = None, is_ours: bool = False
    ) -> None:
        self.url, self.is_ours = url, is_ours
        self.patience = patience or Patience(READ_SECONDS, TOTAL_SECONDS, MOST_READ)
        self._made_at = 0.0
        self._session: requests.Session | None = None
        self._to: Destination | None = None
        self._adapter: _Pinned | None = None

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            self._session.close()
        self._session = None

    def post(self, body: bytes, *, headers: Mapping[str, str]) -> Answer:
        """Send `body`; raise AddressRefused or Unreachable."""
        return self.send("POST", body, headers=headers)

    def send(
        self, method: str, body: bytes | None, *, headers: Mapping[str, str], path: str = ""
    ) -> Answer:
        """Send a request to the address, or to another path (with its query) of its host.

        Raises AddressRefused or Unreachable.
        """
        session, to, adapter = self._open()
        began = time.monotonic()
        overdue = threading.Event()
        alarm = threading.Timer(self.patience.total, adapter.cut, [overdue])
        alarm.start()
        most = self.patience.most
        try:
            with session.request(
                method,
                _pinned_url(to, path=path),
                data=body,
                headers=_whole(headers, to),
                timeout=(CONNECT_SECONDS, self.patience.read),
                allow_redirects=False,
                stream=True,
            ) as response:
                read = response.raw.read(most + 1) or b""
                if len(read) > most:
                    adapter.cut()  # nobody reads the rest, so the connection is of no use
                seconds = time.monotonic() - began
                if overdue.is_set():  # cut in the middle of the head, which looks like its end
                    raise requests.ReadTimeout
                return Answer(response.status_code, read[:most], response.headers, seconds)
        except (requests.RequestException, OSError, TransportError) as error:
            self.close()
            raise Unreachable(_in_words(error, to, time.monotonic() - began)) from None
        finally:
            alarm.cancel()

    @contextlib.contextmanager
    def stream(self, *, headers: Mapping[str, str]) -> "Iterator[tuple[Answer, Iterator[bytes]]]":
        """Get the address; yield the answer's head and its body, piece by piece.

        Raises AddressRefused, or Unreachable, also from the pieces: a body that ends early is none.
        """
        session, to, _ = self._open()
        try:
            response = session.get(
                _pinned_url(to),
                headers=_whole(headers, to),
                timeout=(CONNECT_SECONDS, self.patience.read),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, OSError, TransportError) as error:
            self.close()
            raise Unreachable(_in_words(error, to, 0)) from None
        try:
            head = Answer(response.status_code, b"", response.headers, 0.0)
            yield head, _pieces(response, to)
        finally:
            response.close()
            self.close()

    def _open(self) -> "tuple[requests.Session, Destination, _Pinned]":
        is_fresh = time.monotonic() - self._made_at < POLICY_SECONDS
        if self._session is not None and self._to and self._adapter and is_fresh:
            return self._session, self._to, self._adapter
        self.close()
        try:
            to = destination(self.url, is_ours=self.is_ours)
        except NameUnknown as error:
            raise Unreachable(str(error)) from None
        session, adapter = requests.Session(), _Pinned(to)
        session.trust_env = False
        session.headers["User-Agent"] = self.patience.agent
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        self._session, self._to, self._adapter = session, to, adapter
        self._made_at = time.monotonic()
        return session, to, adapter


class _Pinned(HTTPAdapter):
    """Connects to a checked number while the certificate is asked for the name."""

    def __init__(self, to: Destination) -> None:
        self._to = to
        self._sockets: list[Any] = []
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._to.is_encrypted:
            kwargs |= {"server_hostname": self._to.host, "assert_hostname": self._to.host}
        super().init_poolmanager(*args, **kwargs)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if "_watched" not in vars(pool):
            pool._watched, pool.ConnectionCls = True, _watched(pool.ConnectionCls, self._sockets)
        return pool

    def cut(self, noted: threading.Event | None = None) -> None:
        """Break the connection, whatever it waits for: a peer that drips bytes holds nobody."""
        if noted is not None:
            noted.set()
        while self._sockets:
            connection = self._sockets.pop()
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)


def _watched(kind: type, connections: list[Any]) -> type:
    """Return a connection class that notes who is connected."""

    def connect(self: Any) -> None:
        kind.connect(self)  # type: ignore[attr-defined]
        connections[:] = [self]

    return type("Watched", (kind,), {"connect": connect})


def _pieces(response: requests.Response, to: Destination) -> Iterator[bytes]:
    """Yield a body as it comes; raise Unreachable when it ends before its end."""
    try:
        while piece := response.raw.read(PIECE):
            yield piece
    except (requests.RequestException, OSError, TransportError) as error:
        raise Unreachable(_in_words(error, to, 0)) from None


def _whole(headers: Mapping[str, str], to: Destination) -> dict[str, str]:
    """Return the headers of a request; a caller may name another host (behind a sandbox)."""
    return {"Host": to.parts.netloc, "Accept-Encoding": "identity", **headers}


def _pinned_url(to: Destination, *, path: str = "") -> str:
    number = f"[{to.ip}]" if to.ip.version == 6 else str(to.ip)
    parts = to.parts._replace(netloc=f"{number}:{to.port}", fragment="")
    if path:
        asked, _, query = path.partition("?")
        parts = parts._replace(path=asked, query=query)
    return urlunsplit(parts)


def _in_words(error: Exception, to: Destination, seconds: float) -> str:
    """Say in the merchant's words why no answer came."""
    if isinstance(error, requests.exceptions.SSLError):
        return f"“{to.host}” shows no valid certificate. Renew it, or correct the address."
    if isinstance(error, requests.exceptions.Timeout) or seconds >= READ_SECONDS:
        return f"“{to.host}” did not answer within {max(round(seconds), 1)} seconds."
    if "refused" in str(error):
        return f"“{to.host}” refuses connections on port {to.port}."
    return f"“{to.host}” broke the connection off."
