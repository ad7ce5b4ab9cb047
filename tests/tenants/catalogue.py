"""All that PostgreSQL knows of a schema, for comparing two of them."""

from django.db import connection

# Of each: rows of text, without oids, which differ, and without the schema's own name.
QUESTIONS = {
    "relations": """
        SELECT c.relname, c.relkind, c.relpersistence, c.reloptions::text, a.amname,
               obj_description(c.oid, 'pg_class'), c.relrowsecurity, c.relreplident
        FROM pg_class c LEFT JOIN pg_am a ON a.oid = c.relam WHERE c.relnamespace = %(schema)s
    """,
    "columns": """
        SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attgenerated, a.attstorage, a.attcompression, a.attisdropped,
               l.collname, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE c.relnamespace = %(schema)s
    """,
    "constraints": """
        SELECT k.conname, k.contype, c.relname, pg_get_constraintdef(k.oid), k.condeferrable,
               k.condeferred, k.convalidated
        FROM pg_constraint k LEFT JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.connamespace = %(schema)s
    """,
    "indexes": """
        SELECT c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered,
               i.indisreplident
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = %(schema)s
    """,
    "sequences": """
        SELECT c.relname, s.seqtypid::regtype::text, s.seqstart, s.seqincrement, s.seqmax, s.seqmin,
               s.seqcache, s.seqcycle, t.relname, d.refobjsubid, d.deptype
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        LEFT JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
        LEFT JOIN pg_class t ON t.oid = d.refobjid
        WHERE c.relnamespace = %(schema)s
    """,
    "triggers": """
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %(schema)s AND NOT t.tgisinternal
    """,
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = %(schema)s",
    "types": "SELECT typname, typtype FROM pg_type WHERE typnamespace = %(schema)s",
    "rights": """
        SELECT c.relname, c.relacl::text, pg_get_userbyid(c.relowner) FROM pg_class c
        WHERE c.relnamespace = %(schema)s
    """,
}


def catalogue(slug: str) -> dict[str, list[tuple]]:
    """Return everything of the schema by kind, in an order that does not depend on its making."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_namespace WHERE nspname = %s", [slug])
        (oid,) = cursor.fetchone()
        found = {}
        for kind, question in QUESTIONS.items():
            cursor.execute(question, {"schema": oid})
            rows = [
                tuple(str(cell).replace(f"{slug}.", "") for cell in row)
                for row in cursor.fetchall()
            ]
            found[kind] = sorted(rows)
        return found
