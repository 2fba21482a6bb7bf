"""reladiff over all tables with a key of one column, in one process; runs in an environment of its own.

python reladiff_process.py SOURCE_URL TARGET_URL THREADS
"""

import sys

import psycopg2
from reladiff import connect_to_table, diff_tables

KEYS = """
    SELECT n.nspname, c.relname, k.attname, array_agg(a.attname ORDER BY a.attnum)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnum <> k.attnum
    WHERE i.indisprimary AND i.indnkeyatts = 1 AND n.nspname = 'public'
    GROUP BY 1, 2, 3 ORDER BY 2
"""


def main() -> None:
    source, target, threads = sys.argv[1:]
    connection = psycopg2.connect(source)
    cursor = connection.cursor()
    cursor.execute(KEYS)
    for schema, name, key, columns in cursor.fetchall():
        old, new = (
            connect_to_table(place, (schema, name), key, extra_columns=tuple(columns), thread_count=int(threads))
            for place in (source, target)
        )
        for difference in diff_tables(old, new, max_threadpool_size=int(threads)):
            sys.exit(f"{name} differs: {difference[0]}")


if __name__ == "__main__":
    main()
