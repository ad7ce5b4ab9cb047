"""What scoring models have in common that are made of the merchant's rules."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg import sql

from segments.scores import Asked
from segments.scoring.beside.rule_days import moved_by_time
from segments.scoring.beside.rules import facts_of, trees


class OfRules:
    """A model whose answer changes when one of its rules does."""

    def rules(self, parameters: Mapping[str, Any]) -> list[dict[str, Any] | None]:
        """Return the rules of a set of parameters, None where one has none."""
        raise NotImplementedError

    def reads(self, parameters: Mapping[str, Any]) -> frozenset[str]:
        """Return the facts that the rules stand on."""
        return facts_of(self.rules(parameters))

    def prepare(
        self, parameters: Mapping[str, Any], asked: Asked, since: date | None
    ) -> list[sql.Composable] | None:
        """Keep nothing beside the answer."""
        return []

    def moved(
        self, parameters: Mapping[str, Any], *, since: date, asked: Asked
    ) -> list[sql.Composable] | None:
        """Return whom time alone can have moved."""
        return moved_by_time(trees(self.rules(parameters)), since=since, day=asked.day)
