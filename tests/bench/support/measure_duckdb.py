"""The figures of `measure.rs` by DuckDB on one thread; prints them with the time they took as one JSON line.

Each person is counted within a source. Copies of a post are not looked for, as the file has none: that
is work which the service does and DuckDB is spared here.
"""
import json
import sys
import time

import duckdb

QUERY = """
WITH posts AS (
    SELECT source, author.handle AS handle, published_at::DATE AS day
    FROM read_json(?, format = 'newline_delimited', columns = {
        source: 'VARCHAR', author: 'STRUCT(handle VARCHAR)', text: 'VARCHAR', published_at: 'TIMESTAMP'})
    WHERE text ILIKE '%' || ? || '%'
), people AS MATERIALIZED (
    SELECT source, handle, day, count(*) AS posts FROM posts GROUP BY ALL
), daily AS (
    SELECT source, day, sum(posts) AS posts, count(*) AS users FROM people GROUP BY ALL
)
SELECT source, NULL, sum(posts), count(DISTINCT handle) FROM people GROUP BY source
UNION ALL SELECT NULL, day, sum(posts), sum(users) FROM daily GROUP BY day
UNION ALL SELECT source, day, posts, users FROM daily
"""

path, term = sys.argv[1:]
connection = duckdb.connect()
connection.execute("SET threads = 1")
connection.execute("SET enable_progress_bar = false")
began, worked = time.perf_counter(), time.process_time()
rows = connection.execute(QUERY, [path, term]).fetchall()
wall, cpu = time.perf_counter() - began, time.process_time() - worked
figures = {"source": {}, "day": {}, "both": {}}
for source, day, posts, users in rows:
    kind = "both" if source and day else "source" if source else "day"
    name = "/".join(str(part) for part in (source, day) if part)
    figures[kind][name] = [int(posts), int(users)]
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"cpu": cpu, "wall": wall, "peak_mib": int(peak) / 1024, "figures": figures, "version": duckdb.__version__}))
