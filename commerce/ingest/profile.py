"""Writing profiles: new customers, and what a newer record changes on known ones."""

from typing import Any

from psycopg import sql

from commerce.ingest.columns import DEFAULTS, KEYS, PROFILE

_COLUMNS = [*PROFILE, *KEYS]

_INSERT = """
    INSERT INTO commerce_customer (id, {names}, name_key, last_name_key, attributes, left_out_as,
                                   source_at, staff_set_at, created_at)
    SELECT customer_id, {values}, left(btrim(concat_ws(' ', first_key, last_key)), 401),
           coalesce(last_key, ''), coalesce(attributes, '{{}}'), '', source_at, '{{}}', now()
    FROM pg_temp.stage_person WHERE is_new AND {who}
"""
_TOUCHED_NEW = """
    INSERT INTO pg_temp.batch_touched (customer_id, facts)
    SELECT customer_id, 'profile' FROM pg_temp.stage_person WHERE is_new AND {who}
"""

# A record that is not older overwrites what it tells, unless staff set the field later; a partial
# one that is older still fills blanks. Of one person staged twice (id, e-mail) the newest wins.
_UPDATE = """
    WITH changed AS (
    UPDATE commerce_customer c
    SET {assignments}, name_key = m.name_key, last_name_key = m.last_key,
        attributes = m.attributes, source_at = m.source_at
    FROM (
        SELECT k.id, {merged}, k.attributes || k.told_attributes AS attributes,
               greatest(k.source_at, CASE WHEN k.is_newer THEN k.told_at END) AS source_at,
               left(btrim(concat_ws(' ', {first_key}, {last_key})), 401) AS name_key,
               {last_key} AS last_key
        FROM (
            SELECT DISTINCT ON (c.id) c.*, {told}, s.first_key, s.last_key, s.source_at AS told_at,
                   c.source_at IS NULL OR s.source_at >= c.source_at AS is_newer,
                   coalesce(s.attributes, '{{}}') - ARRAY(
                       SELECT substr(set_at.key, 12) FROM jsonb_each_text(c.staff_set_at) AS set_at
                       WHERE set_at.key LIKE 'attributes.%%'
                         AND set_at.value::timestamptz >= s.source_at
                   ) AS told_attributes
            FROM pg_temp.stage_person s JOIN commerce_customer c ON c.id = s.customer_id
            WHERE NOT s.is_new
              AND (s.is_partial OR c.source_at IS NULL OR s.source_at >= c.source_at)
            ORDER BY c.id, s.source_at DESC
        ) k
    ) m
    WHERE c.id = m.id
      AND ROW({old}, c.attributes) IS DISTINCT FROM ROW({new}, m.attributes)
    RETURNING c.id
    )
    INSERT INTO pg_temp.batch_touched (customer_id, facts) SELECT id, 'profile' FROM changed
"""
_FIRST_KEY = """coalesce(k.told_first_key, left(
    k.name_key, greatest(length(k.name_key) - length(k.last_name_key), 0)))"""


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
    columns = [name for name in _COLUMNS if KEYS.get(name, name) in told]
    cursor.execute(_update(columns, names_told=bool({"first_name", "last_name"} & told)))
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


def _update(columns: list[str], *, names_told: bool) -> sql.Composed:
    first = sql.SQL(_FIRST_KEY.replace("told_first_key", "first_key"))  # type: ignore[arg-type]
    keys = {
        "first_key": sql.SQL("btrim({})").format(first),
        "last_key": sql.SQL("coalesce(k.last_key, k.last_name_key)"),
    }
    shown = columns or ["first_name"]
    return sql.SQL(_UPDATE).format(
        assignments=sql.SQL(", ").join(
            sql.SQL("{0} = m.{0}").format(sql.Identifier(name)) for name in shown
        ),
        merged=sql.SQL(", ").join(_merged(name) for name in shown),
        told=sql.SQL(", ").join(
            sql.SQL("s.{} AS {}").format(sql.Identifier(name), sql.Identifier(f"told_{name}"))
            for name in shown
        ),
        old=_list(shown, "c"),
        new=_list(shown, "m"),
        **keys,
    )


def _merged(name: str) -> sql.Composed:
    """Return what column `name` gets: told, or kept because staff set it later or it is older."""
    blank = "''" if DEFAULTS.get(name) is None else DEFAULTS[name]
    is_blank = "k.{n} IS NULL" if blank == "NULL" else f"k.{{n}} = {blank}"
    return sql.SQL(
        "CASE WHEN (k.staff_set_at->>{staff})::timestamptz >= k.told_at THEN k.{n}"
        " WHEN k.is_newer OR " + is_blank + " THEN coalesce(k.{told}, k.{n})"  # type: ignore[arg-type]
        " ELSE k.{n} END AS {n}"
    ).format(
        n=sql.Identifier(name),
        told=sql.Identifier(f"told_{name}"),
        staff=sql.Literal(KEYS.get(name, name)),
    )


def _list(names: list[str], alias: str = "") -> sql.Composed:
    parts = [sql.Identifier(alias, name) if alias else sql.Identifier(name) for name in names]
    return sql.SQL(", ").join(parts)
