"""The registry of the scores beside RFM: what a scoring model is, and in which order they run.

A model declares its parameters, its table and one query; the run, the preview, the history, the
page and the rule fields come from here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from psycopg import sql

from tenants.registry import Registry

RFM = "rfm"


def fact_of(key: str) -> str:
    """Return the fact that rules reading a score stand on."""
    return f"score:{key}"


@dataclass(frozen=True)
class Asked:
    """A pass: the local day that all metrics stand at, and the moment of the run."""

    day: date
    at: datetime


class ScoreModel(Protocol):
    """One scoring model. `columns` of `table` are what a pass compares; `key_column` among them
    names the band or stage whose changes are the customer's movement.
    """

    key: str
    label: str
    order: int  # RFM is 0: a model's rules may read only those before it
    summary: str
    unit: str  # what its keys are: band, stage
    fields: frozenset[str]  # rule fields that read it
    table: str
    columns: Sequence[str]
    key_column: str

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return bands or stages as they are set up now, the best first, by key and label."""
        ...

    def effective(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return all parameters that a pass works with, in this store, as JSON.

        Raises ValidationError by box. `is_on` says whether there is a pass at all.
        """
        ...

    def fresh(
        self, parameters: Mapping[str, Any], asked: Asked, only: sql.Identifier | None
    ) -> sql.Composable:
        """Return the query of (customer_id, *columns), of the ids in `only` or of everybody."""
        ...

    def moved(
        self, parameters: Mapping[str, Any], *, since: date, asked: Asked
    ) -> list[sql.Composable] | None:
        """Return queries of the customers whom time alone can have moved; None: anybody."""
        ...

    def prepare(
        self, parameters: Mapping[str, Any], asked: Asked, since: date | None
    ) -> list[sql.Composable] | None:
        """Bring up to date what the model keeps beside the scores, in the pass's transaction.

        Returns queries of the customers whom a change of it can have moved; None: anybody.
        """
        ...

    def reads(self, parameters: Mapping[str, Any]) -> frozenset[str]:
        """Return the facts that its rules stand on."""
        ...


SCORES: Registry[ScoreModel] = Registry("score")


def in_order() -> list[ScoreModel]:
    """Return the models in the order they run."""
    return sorted(SCORES, key=lambda model: model.order)


def labels_of(key: str) -> Sequence[tuple[str, str]]:
    """Return a model's keys for a field of the catalogue, which stands below the models."""
    model = SCORES.get(key)
    return model.choices() if model is not None else ()
