"""Reading a Shopify segment query into its tree; pure, for whatever somebody pastes.

Written from the public description of the language: clauses joined by AND and OR with
parentheses, texts in single quotes, `IS NULL`, `BETWEEN … AND …`, `CONTAINS`, and behaviour as
`filter MATCHES (parameter = value, …)` or, in older segments, `filter(parameter: value) = true`.
"""

from datetime import date
from decimal import Decimal

from integrations.shopify.parity.query import Condition, Group, Node, Offset, Value, Word
from integrations.shopify.parity.tokens import QueryError, Token, cut, fault, unexpected

DEEPEST = 20  # parentheses within parentheses
MOST_CLAUSES = 200
SIGNS = {"=": "eq", "!=": "ne", "<>": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def read_query(query: str) -> Node | None:
    """Return the tree of `query`, None when it is blank; raise QueryError where it cannot be."""
    reader = _Reader(query)
    if reader.next.kind == "end":
        return None
    tree = reader.read_any(depth=1)
    reader.take(kind="end")
    return tree


class _Reader:
    def __init__(self, query: str) -> None:
        self.query = query
        self.tokens = list(cut(query))
        self.place = 0
        self.clauses = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def refuse(self) -> QueryError:
        return unexpected(self.query, at=self.next.at, text=self.next.text)

    def take(self, text: str = "", *, kind: str = "") -> Token:
        """Take the next piece; raise QueryError unless it is this one, or of this kind."""
        token = self.next
        if (kind and token.kind != kind) or (text and token.text.upper() != text):
            raise self.refuse()
        self.place += token.kind != "end"
        return token

    def takes(self, *texts: str) -> bool:
        """Take these words if they are next; return whether they were."""
        ahead = self.tokens[self.place : self.place + len(texts)]
        found = [token.text.upper() for token in ahead if token.kind in ("word", "sign")]
        if found != list(texts):
            return False
        self.place += len(texts)
        return True

    def read_any(self, *, depth: int) -> Node:
        if depth > DEEPEST:
            raise fault(self.query, "too many parentheses.", at=self.next.at)
        parts = [self.read_all(depth=depth)]
        while self.takes("OR"):
            parts.append(self.read_all(depth=depth))
        return parts[0] if len(parts) == 1 else Group("any", tuple(parts))

    def read_all(self, *, depth: int) -> Node:
        parts = [self.read_part(depth=depth)]
        while self.takes("AND"):
            parts.append(self.read_part(depth=depth))
        return parts[0] if len(parts) == 1 else Group("all", tuple(parts))

    def read_part(self, *, depth: int) -> Node:
        if self.takes("("):
            inside = self.read_any(depth=depth + 1)
            self.take(")")
            return inside
        return self.read_condition()

    def read_condition(self) -> Condition:
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            raise fault(self.query, "too many conditions.", at=self.next.at)
        start = self.next.at
        name = self.take(kind="word").text
        parameters: tuple[Condition, ...] = ()
        if is_call := self.takes("("):
            parameters = self.read_parameters()
        read = self.read_comparison(name)
        last = self.tokens[self.place - 1]
        text = self.query[start : last.at + len(last.text)]
        if is_call:
            return self.as_matches(read, parameters, text=text)
        return Condition(
            name, read.operator, read.values, read.parameters, read.is_negated, text=text
        )

    def as_matches(
        self, read: Condition, parameters: tuple[Condition, ...], *, text: str
    ) -> Condition:
        """Turn the older form `filter(…) = true` into the newer `filter MATCHES (…)`."""
        if read.operator == "matches":
            raise self.refuse()
        values = tuple(v.text.lower() if isinstance(v, Word) else v for v in read.values)
        if (read.operator, values) in ((("eq"), ("true",)), (("ne"), ("false",))):
            return Condition(read.filter, "matches", (), parameters, False, text=text)
        if (read.operator, values) in ((("eq"), ("false",)), (("ne"), ("true",))):
            return Condition(read.filter, "matches", (), parameters, True, text=text)
        return Condition(
            read.filter, read.operator, read.values, parameters, read.is_negated, text=text
        )

    def read_parameters(self) -> tuple[Condition, ...]:
        """Read `name = value, …` up to the closing parenthesis."""
        found: list[Condition] = []
        while not self.takes(")"):
            if found:
                self.take(",")
            name = self.take(kind="word").text
            if self.takes(":"):
                found.append(Condition(name, "eq", self.read_values()))
            else:
                found.append(self.read_comparison(name))
            if len(found) > MOST_CLAUSES:
                raise fault(self.query, "too many parameters.", at=self.next.at)
        return tuple(found)

    def read_comparison(self, name: str) -> Condition:
        if self.takes("IS", "NOT", "NULL"):
            return Condition(name, "null", is_negated=True)
        if self.takes("IS", "NULL"):
            return Condition(name, "null")
        is_negated = self.takes("NOT")
        if self.takes("CONTAINS"):
            return Condition(name, "contains", (self.read_value(),), is_negated=is_negated)
        if self.takes("MATCHES"):
            self.take("(")
            return Condition(name, "matches", (), self.read_parameters(), is_negated)
        if self.takes("BETWEEN"):
            low = self.read_value()
            self.take("AND")
            return Condition(name, "between", (low, self.read_value()), is_negated=is_negated)
        if self.takes("IN"):
            return Condition(name, "in", self.read_values(), is_negated=is_negated)
        if is_negated or self.next.text not in SIGNS:
            raise self.refuse()
        operator = SIGNS[self.take().text]
        return Condition(name, operator, (self.read_value(),))

    def read_values(self) -> tuple[Value, ...]:
        """Read one value, or several in parentheses."""
        if not self.takes("("):
            return (self.read_value(),)
        values = [self.read_value()]
        while self.takes(","):
            values.append(self.read_value())
        self.take(")")
        return tuple(values)

    def read_value(self) -> Value:
        token = self.next
        if token.kind not in ("text", "number", "date", "offset", "word"):
            raise self.refuse()
        self.place += 1
        if token.kind == "text":
            return token.text[1:-1].replace("''", "'").replace("\\'", "'").replace("\\\\", "\\")
        if token.kind == "number":
            return Decimal(token.text)
        if token.kind == "offset":
            return Offset(int(token.text[:-1]), token.text[-1])
        if token.kind == "word":
            return Word(token.text)
        try:
            return date.fromisoformat(token.text[:10])
        except ValueError:
            raise fault(self.query, f"'{token.text}' is no day.", at=token.at) from None
