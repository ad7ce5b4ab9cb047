"""What an order `o` looks like, as SQL over the store's own spellings."""

from psycopg import sql

from samples.words import Words


def tiktok(words: Words) -> sql.Composed:
    """Return the condition that an order `o` looks like a TikTok sample."""
    places = [is_one_of(place, found) for place, found in words.places.items() if found]
    looks = sql.SQL("({})").format(sql.SQL(" OR ").join([_has(words.tiktok), *places]))
    if not words.zero_price_only:
        return looks
    return sql.SQL("({} AND o.total - o.shipping_total - o.tax_total <= 0)").format(looks)


def ugc(words: Words) -> sql.Composed:
    """Return the condition that an order `o` looks like a UGC sample."""
    return _has(words.ugc)


def found_by(words: Words) -> sql.Composed:
    """Return by what an order that matches was found; `d` is the decision on it."""
    return sql.SQL(
        "CASE WHEN d.order_id IS NOT NULL THEN 'hand' WHEN {ugc} OR {tags} THEN 'tag'"
        " WHEN {channel} THEN 'channel' WHEN {source} THEN 'source' ELSE 'app' END"
    ).format(
        ugc=_has(words.ugc),
        tags=_has(words.tiktok),
        channel=is_one_of("channel", words.places["channel"]),
        source=is_one_of("source_name", words.places["source_name"]),
    )


def found_word(words: Words) -> sql.Composed:
    """Return the word it was found by, as it stands on the order."""
    return sql.SQL(
        "CASE WHEN d.order_id IS NOT NULL THEN '' WHEN {ugc} THEN {ugc_tag}"
        " WHEN {tags} THEN {tag} WHEN {channel} THEN o.channel"
        " WHEN {source} THEN o.source_name ELSE o.app END"
    ).format(
        ugc=_has(words.ugc),
        ugc_tag=_first(words.ugc),
        tags=_has(words.tiktok),
        tag=_first(words.tiktok),
        channel=is_one_of("channel", words.places["channel"]),
        source=is_one_of("source_name", words.places["source_name"]),
    )


def _first(words: list[str]) -> sql.Composed:
    return sql.SQL(
        "(SELECT tag FROM unnest(o.tags) WITH ORDINALITY AS named (tag, place)"
        " WHERE tag = ANY({}) ORDER BY place LIMIT 1)"
    ).format(array(words))


def _has(words: list[str]) -> sql.Composed:
    return sql.SQL("(o.tags && {})").format(array(words)) if words else sql.SQL("false").format()


def is_one_of(column: str, words: list[str]) -> sql.Composed:
    """Return the condition that a column of the order is one of the words."""
    if not words:
        return sql.SQL("false").format()
    return sql.SQL("(o.{} = ANY({}))").format(sql.Identifier(column), array(words))


def array(words: list[str]) -> sql.Composed:
    """Return words as an array to compare with."""
    return sql.SQL("{}::varchar[]").format(sql.Literal(words))
