"""Speaks to one shop: stored documents, one pinned version, the shared budget, the retry rules.

It knows no model. Its log lines hold the document's name, Shopify's request id and what it cost;
never a token, a variable or an answer.
"""

import json
import logging
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.conf import settings

from integrations.errors import PlatformError, TryLater
from integrations.shopify import address
from integrations.shopify.answers import Reply, Throttled, TokenRefused, judge, request_id
from integrations.shopify.bucket import Bucket
from integrations.shopify.documents import document
from tenants.http import PLATFORM, AddressRefused, Answer, Client, Unreachable

logger = logging.getLogger(__name__)

# Seconds a worker waits itself for points; more is a wait in the database.
SHORT_WAIT, MOST_WAITED = 2.0, 6.0
FIRST_COST = 50.0  # of a question that was never asked


class Token(Protocol):
    """Where the client gets its token from."""

    def current(self) -> str:
        """Return the token, renewed when it is about to run out."""
        ...

    def renewed(self, refused: str) -> str | None:
        """Return another token than the refused one; None when there is none to be had."""
        ...


class ShopifyClient:
    """Asks one shop. A context manager: connections stay open between questions."""

    def __init__(self, *, domain: str, token: Token, bucket: Bucket) -> None:
        self.domain, self.token, self.bucket = domain, token, bucket
        path = f"/admin/api/{settings.SHOPIFY_API_VERSION}/graphql.json"
        self.target = address.at(domain, path)
        self.version = ""  # with which the shop answered last
        self._http = Client(self.target.url, patience=PLATFORM, is_ours=self.target.is_ours)

    def __enter__(self) -> "ShopifyClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, name: str, **variables: Any) -> Reply:
        """Ask the stored document `name`; raise TryLater, ReconnectNeeded or Refused."""
        token, waited, has_renewed = self.token.current(), 0.0, False
        while True:
            waited += self._wait_for_points(name, waited=waited)
            try:
                return self._ask_once(name, variables, token=token)
            except Throttled as error:
                pause = error.seconds or 1.0
                if pause > SHORT_WAIT or waited + pause > MOST_WAITED:
                    raise
                time.sleep(pause)
                waited += pause
            except TokenRefused:
                other = None if has_renewed else self.token.renewed(token)
                if other is None:
                    raise
                token, has_renewed = other, True

    def _wait_for_points(self, name: str, *, waited: float) -> float:
        """Take the question's points, waiting a little; raise Throttled when it takes longer."""
        cost, slept = self.bucket.expected(name, first=FIRST_COST), 0.0
        while True:
            wait, self._taken = self.bucket.take(cost)
            if not wait:
                return slept
            if wait > SHORT_WAIT or waited + slept + wait > MOST_WAITED:
                raise Throttled("The store's budget of requests is spent.", seconds=wait)
            time.sleep(wait)
            slept += wait

    def _ask_once(self, name: str, variables: dict[str, Any], *, token: str) -> Reply:
        body = json.dumps({"query": document(name), "variables": variables}).encode()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Host": self.target.host,
            "X-Shopify-Access-Token": token,
        }
        try:
            answer = self._http.post(body, headers=headers)
        except (Unreachable, AddressRefused) as error:
            self.bucket.failed()
            logger.warning("shopify %s %s: no answer", self.domain, name)
            raise TryLater(f"Shopify did not answer: {error}") from None
        return self._judged(name, answer)

    def _judged(self, name: str, answer: Answer) -> Reply:
        number = request_id(answer.headers)
        try:
            reply = judge(answer)
        except PlatformError as error:
            logger.warning(
                "shopify %s %s: HTTP %s, request %s: %s",
                self.domain, name, answer.status, number, error,
            )  # fmt: skip
            self._note_failure(answer, error)
            raise
        if reply.cost is not None:
            self.bucket.learn(name, reply.cost)
        self.bucket.settle(self._taken, reply.told)
        self._note_version(reply.version)
        logger.info(
            "shopify %s %s: request %s, cost %s, %.2f s",
            self.domain, name, number, reply.cost, answer.seconds,
        )  # fmt: skip
        return reply

    def _note_failure(self, answer: Answer, error: PlatformError) -> None:
        if isinstance(error, Throttled):
            self.bucket.settle(self._taken, None)
            self.bucket.hold(error.seconds or 1.0)
        elif answer.status >= 500:
            self.bucket.failed()

    def _note_version(self, version: str) -> None:
        if version and version not in (self.version, settings.SHOPIFY_API_VERSION):
            logger.warning(
                "shopify %s answers as %s, asked was %s: the pinned version is no longer served",
                self.domain, version, settings.SHOPIFY_API_VERSION,
            )  # fmt: skip
        self.version = version or self.version


@contextmanager
def fetch(url: str, *, start: int = 0) -> Iterator[Iterator[bytes]]:
    """Yield the pieces of a file that a shop has written, from byte `start` on; raise TryLater."""
    target = address.of_file(url)
    headers = {"Range": f"bytes={start}-"} if start else {}
    try:
        with (
            Client(target.url, patience=PLATFORM, is_ours=target.is_ours) as http,
            http.stream(headers=headers) as (head, pieces),
        ):
            yield _from(start, head, pieces)
    except (Unreachable, AddressRefused) as error:
        raise TryLater(f"The file broke off: {error}") from None


class FileGone(TryLater):
    """The file's address is not valid any more; another one has to be asked for."""


def _from(start: int, head: Answer, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if head.status in (403, 404, 410):
        raise FileGone("Shopify does not keep the file any longer.")
    if head.status == 416 and start:
        return iter(())
    if head.status not in (200, 206):
        raise TryLater(f"The file could not be fetched (HTTP {head.status}).")
    if head.headers.get("Content-Encoding") == "gzip":  # asked for plain, but who knows
        pieces = _unpacked(pieces)
    return pieces if head.status == 206 or not start else _without(start, pieces)


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpack = zlib.decompressobj(wbits=31)
    for piece in pieces:
        yield unpack.decompress(piece)
    yield unpack.flush()


def _without(skip: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out what was read already, where a server knows no ranges."""
    for piece in pieces:
        if skip >= len(piece):
            skip -= len(piece)
            continue
        yield piece[skip:]
        skip = 0
