"""Who looks at a score as soon as it is written, in the pass's transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from tenants.registry import Registry


@dataclass(frozen=True)
class Follower:
    """`follow(cursor, parameters, stamp, is_whole)`; `key` is the model's.

    The moved stand in `score_moved`; with `is_whole` everybody was compared.
    """

    key: str
    label: str
    follow: Callable[..., None]


FOLLOWERS: Registry[Follower] = Registry("follower of a score")
