"""Writing profiles: new customers, and what a newer record changes on known ones."""

from typing import Any

from psycopg import sql

from commerce.ingest.columns import DEFAULTS, KEYS, PROFILE

_COLUMNS = [*PROFILE, *KEYS]

_INSERT = """
    INSERT INTO commerce_customer (id, {names}, name_key, last_name_key, attributes, left_out_as,
                                   source_at, staff_set_at, created_at)
    SELECT customer_id, {values}, left(btrim(concat_ws(' ', first_key, last_key)), 401),
           coalesce(last_key, ''), coalesce(attributes, '{{}}'), '',
           CASE WHEN NOT is_partial THEN source_at END, '{{}}', now()
    FROM pg_temp.stage_person WHERE is_new AND {who}
"""
_TOUCHED_NEW = """
    INSERT INTO pg_temp.batch_touched (customer_id, facts)
    SELECT customer_id, 'profile' FROM pg_temp.stage_person WHERE is_new AND {who}
"""

# A record that is not older overwrites what it tells, unless staff set the field later. Of one
# person staged twice (by id, by e-mail) the newest record wins.
_UPDATE = """
    WITH changed AS (
        UPDATE commerce_customer c
        SET {assignments}, attributes = m.attributes, source_at = m.source_at
        FROM (
            SELECT g.*, {keys} FROM (
                SELECT k.id, {merged}, k.attributes || k.told_attributes AS attributes,
                       greatest(k.source_at, CASE WHEN NOT k.is_partial THEN k.told_at END)
                           AS source_at,
                       k.name_key AS old_key, k.last_name_key AS old_last_key, k.first_key,
                       k.last_key, k.told_first_name, k.told_last_name
                FROM ({told}) k
            ) g
        ) m
        WHERE c.id = m.id
          AND ROW({old}, c.attributes) IS DISTINCT FROM ROW({new}, m.attributes)
        RETURNING c.id
    )
    INSERT INTO pg_temp.batch_touched (customer_id, facts) SELECT id, 'profile' FROM changed
"""
_TOLD = """
    SELECT DISTINCT ON (c.id) c.*, {told}, s.first_key, s.last_key, s.is_partial,
           s.first_name AS told_first_name, s.last_name AS told_last_name, s.source_at AS told_at,
           c.source_at IS NULL OR s.source_at >= c.source_at AS is_newer,
           coalesce(s.attributes, '{{}}') - ARRAY(
               SELECT substr(set_at.key, 12) FROM jsonb_each_text(c.staff_set_at) AS set_at
               WHERE set_at.key LIKE 'attributes.%%' AND set_at.value::timestamptz >= s.source_at
           ) AS told_attributes
    FROM pg_temp.stage_person s JOIN commerce_customer c ON c.id = s.customer_id
    WHERE NOT s.is_new AND (s.is_partial OR c.source_at IS NULL OR s.source_at >= c.source_at)
    ORDER BY c.id, s.source_at DESC
"""
# The keys of the name that was kept, were it told or not; a first name's own key is not stored.
_NAME_KEYS = """
    CASE WHEN g.last_name = g.told_last_name THEN g.last_key ELSE g.old_last_key END
    AS last_name_key,
    left(btrim(concat_ws(' ',
        CASE WHEN g.first_name = g.told_first_name THEN g.first_key ELSE btrim(left(
            g.old_key, greatest(length(g.old_key) - length(g.old_last_key), 0))) END,
        CASE WHEN g.last_name = g.told_last_name THEN g.last_key ELSE g.old_last_key END
    )), 401) AS name_key
"""
_NAMES = ["first_name", "last_name"]
# Where somebody lives follows their orders; who they are and how to reach them does not.
_PLACE = {"country", "region", "city", "postal_code", "region_key", "city_key"}


def insert_new(cursor: Any, who: sql.Composable) -> None:
    """Write the staged persons that were numbered as new and that `who` selects."""
    values = [
        sql.SQL("coalesce({}, {})").format(
            sql.Identifier(name),
            sql.SQL(DEFAULTS.get(name, "''")),  # type: ignore[arg-type]
        )
        for name in _COLUMNS
    ]
    cursor.execute(
        sql.SQL(_INSERT).format(names=_list(_COLUMNS), values=sql.SQL(", ").join(values), who=who)
    )
    cursor.execute(sql.SQL(_TOUCHED_NEW).format(who=who))


def update_known(cursor: Any) -> int:
    """Take over what the staged persons tell about known customers; return how many changed."""
    told = _told(cursor)
    if not told:
        return 0
    columns = [name for name in _COLUMNS if KEYS.get(name, name) in told or name in _NAMES]
    cursor.execute(_update(columns))
    changed: int = cursor.rowcount
    return changed


def _told(cursor: Any) -> set[str]:
    """Return the profile columns that at least one staged person fills: only those are compared."""
    names = [*PROFILE, "attributes"]
    cursor.execute(
        sql.SQL("SELECT {} FROM pg_temp.stage_person WHERE NOT is_new AND customer_id > 0").format(
            sql.SQL(", ").join(sql.SQL("count({}) > 0").format(sql.Identifier(n)) for n in names)
        )
    )
    return {name for name, is_told in zip(names, cursor.fetchone(), strict=True) if is_told}


def _update(columns: list[str]) -> sql.Composed:
    told = [
        sql.SQL("s.{} AS {}").format(sql.Identifier(name), sql.Identifier(f"told_{name}"))
        for name in columns
        if name not in _NAMES
    ]
    return sql.SQL(_UPDATE).format(
        assignments=sql.SQL(", ").join(
            sql.SQL("{0} = m.{0}").format(sql.Identifier(name))
            for name in [*columns, "name_key", "last_name_key"]
        ),
        merged=sql.SQL(", ").join(_merged(name) for name in columns),
        keys=sql.SQL(_NAME_KEYS),
        told=sql.SQL(_TOLD).format(
            told=sql.SQL(", ").join(told or [sql.SQL("1 AS told_nothing").format()])
        ),
        old=_list(columns, "c"),
        new=_list(columns, "m"),
    )


def _merged(name: str) -> sql.Composed:
    """Return what column `name` gets: told, or kept: staff set it later, or the record is older.

    A partial record fills blanks, and moves the place when no full record is newer.
    """
    blank = DEFAULTS.get(name, "''").replace("{}", "{{}}")
    is_blank = "k.{n} IS NULL" if blank == "NULL" else "k.{n} = " + blank
    overwrites = "k.is_newer" if name in _PLACE else "k.is_newer AND NOT k.is_partial"
    return sql.SQL(
        "CASE WHEN (k.staff_set_at->>{staff})::timestamptz >= k.told_at THEN k.{n} WHEN "
        + overwrites + " OR " + is_blank  # type: ignore[arg-type]
        + " THEN coalesce(k.{told}, k.{n}) ELSE k.{n} END AS {n}"
    ).format(
        n=sql.Identifier(name),
        told=sql.Identifier(f"told_{name}"),
        staff=sql.Literal(KEYS.get(name, name)),
    )  # fmt: skip


def _list(names: list[str], alias: str = "") -> sql.Composed:
    parts = [sql.Identifier(alias, name) if alias else sql.Identifier(name) for name in names]
    return sql.SQL(", ").join(parts)
