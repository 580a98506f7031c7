"""The SQL of the PostgreSQL engine, beside the functions in ``migrations``."""

from collections.abc import Mapping
from typing import LiteralString

from storage.exports import DUE, KEY, OUTBOX
from storage.exports import RECORD as RECORD_TABLE
from storage.port import Order

RECORD: LiteralString = (
    "SELECT version, body::text FROM signpost.record WHERE kind = %s AND id = %s"
)

# Each entry's record by its whole key: a plain join may read all records of the kind for each,
# where the planner knows too little of a table that just grew.
FIND: Mapping[Order, LiteralString] = {
    Order.OLDEST_FIRST: """
        SELECT r.version, r.body::text FROM signpost.record_index i
        CROSS JOIN LATERAL (
            SELECT version, body FROM signpost.record WHERE kind = i.kind AND id = i.id LIMIT 1) r
        WHERE i.kind = %s AND i.name = %s AND i.value = %s AND (%s::text IS NULL OR i.id > %s)
        ORDER BY i.id LIMIT %s""",
    Order.NEWEST_FIRST: """
        SELECT r.version, r.body::text FROM signpost.record_index i
        CROSS JOIN LATERAL (
            SELECT version, body FROM signpost.record WHERE kind = i.kind AND id = i.id LIMIT 1) r
        WHERE i.kind = %s AND i.name = %s AND i.value = %s AND (%s::text IS NULL OR i.id < %s)
        ORDER BY i.id DESC LIMIT %s""",
}

COUNT: LiteralString = """
    SELECT count(*) FROM signpost.record_index WHERE kind = %s AND name = %s AND value = %s
"""

LEASE_OUTBOX: LiteralString = """
    UPDATE signpost.outbox o SET owner = %(owner)s, attempts = attempts + 1,
        available_at = %(until)s, doubtful = doubtful OR o.owner IS NOT NULL
    FROM (
        SELECT number, available_at FROM signpost.outbox c
        WHERE lane = %(lane)s AND state = 'waiting' AND available_at <= %(now)s
        AND NOT EXISTS (
            SELECT FROM signpost.outbox e WHERE e.lane = c.lane AND e.order_group = c.order_group
            AND e.state = 'waiting' AND e.number < c.number)
        ORDER BY available_at, number LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ) taken WHERE o.number = taken.number
    RETURNING taken.available_at, taken.number, to_jsonb(o)::text
"""

LEASE_DUE: LiteralString = """
    UPDATE signpost.due o SET owner = %(owner)s, attempts = attempts + 1, available_at = %(until)s
    FROM (
        SELECT key, available_at FROM signpost.due WHERE available_at <= %(now)s
        ORDER BY available_at, key LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ) taken WHERE o.key = taken.key
    RETURNING taken.available_at, o.key, to_jsonb(o)::text
"""

FINISH_OUTBOX: LiteralString = """
    UPDATE signpost.outbox SET state = 'done', owner = NULL, settled_at = %(until)s,
        posted_channel = %(channel)s, posted_ts = %(ts)s
    WHERE key = %(key)s AND state = 'waiting' AND owner = %(owner)s AND attempts = %(attempt)s
    RETURNING key
"""

RETRY_OUTBOX: LiteralString = """
    UPDATE signpost.outbox SET available_at = %(due_at)s, owner = NULL,
        reason = %(reason)s, doubtful = %(doubtful)s
    WHERE key = %(key)s AND state = 'waiting' AND owner = %(owner)s AND attempts = %(attempt)s
    RETURNING key
"""

BURY_OUTBOX: LiteralString = """
    UPDATE signpost.outbox SET state = 'dead', owner = NULL, settled_at = %(until)s,
        reason = %(reason)s
    WHERE key = %(key)s AND state = 'waiting' AND owner = %(owner)s AND attempts = %(attempt)s
    RETURNING key
"""

RETRY_DUE: LiteralString = """
    UPDATE signpost.due SET due_at = %(due_at)s, available_at = %(due_at)s, owner = NULL,
        reason = %(reason)s
    WHERE key = %(key)s AND owner = %(owner)s AND attempts = %(attempt)s
    RETURNING key
"""

REWORD: LiteralString = """
    UPDATE signpost.outbox o SET call = new.call
    FROM jsonb_to_recordset(%s::jsonb) AS new(key text, call jsonb) WHERE o.key = new.key
"""

ENTRY: LiteralString = "SELECT to_jsonb(o)::text FROM signpost.outbox o WHERE key = %s"

ENTRY_AT: LiteralString = """
    SELECT to_jsonb(o)::text FROM signpost.outbox o
    WHERE team = %s AND posted_channel = %s AND posted_ts = %s AND posted_ts <> ''
    AND call->>'call' = 'post' ORDER BY number LIMIT 1
"""

ENTRIES_ABOUT: LiteralString = """
    SELECT to_jsonb(o)::text FROM signpost.outbox o WHERE about = %s AND about <> ''
    ORDER BY number LIMIT %s
"""

OUTCOMES_ABOUT: LiteralString = """
    SELECT key, order_group, state, reason FROM signpost.outbox
    WHERE about = %s AND about <> '' ORDER BY number LIMIT %s
"""

DUE_COMMAND: LiteralString = "SELECT to_jsonb(o)::text FROM signpost.due o WHERE key = %s"

NEXT_DUE: LiteralString = """
    SELECT least((SELECT min(available_at) FROM signpost.due), (SELECT min(available_at) FROM (
        SELECT DISTINCT ON (lane, order_group) available_at FROM signpost.outbox
        WHERE state = 'waiting' ORDER BY lane, order_group, number) firsts))
"""

WAITING: LiteralString = """
    SELECT lane, count(*), min(due_at) FILTER (WHERE due_at <= %s) FROM signpost.outbox
    WHERE state = 'waiting' GROUP BY lane
"""

COUNTS: LiteralString = """
    SELECT (SELECT count(*) FROM signpost.due),
        (SELECT count(*) FROM signpost.outbox WHERE state = 'dead')
"""

PURGE_KEYS: LiteralString = """
    WITH gone AS (DELETE FROM signpost.dedupe WHERE key IN (
        SELECT key FROM signpost.dedupe WHERE at < %s LIMIT %s) RETURNING 1)
    SELECT count(*) FROM gone
"""

TAKE_SLOT: LiteralString = "SELECT signpost.take_slot(%s, %s)"

HOLD_SLOTS: LiteralString = "SELECT signpost.hold_slots(%s, %s)"

PURGE_PACE: LiteralString = """
    DELETE FROM signpost.pace WHERE next_at < clock_timestamp() - interval '1 hour'
"""

PURGE_OUTBOX: LiteralString = """
    WITH gone AS (DELETE FROM signpost.outbox WHERE key IN (
        SELECT key FROM signpost.outbox WHERE state <> 'waiting' AND settled_at < %s LIMIT %s)
        RETURNING 1)
    SELECT count(*) FROM gone
"""

EXPORTS: Mapping[str, LiteralString] = {
    RECORD_TABLE: "SELECT to_jsonb(o)::text FROM signpost.record o ORDER BY kind, id",
    OUTBOX: "SELECT (to_jsonb(o) - 'number')::text FROM signpost.outbox o ORDER BY number",
    DUE: "SELECT to_jsonb(o)::text FROM signpost.due o ORDER BY key",
    KEY: "SELECT to_jsonb(o)::text FROM signpost.dedupe o ORDER BY key",
}

IMPORTS: Mapping[str, LiteralString] = {
    RECORD_TABLE: "SELECT signpost.import_record(%s::jsonb)",
    OUTBOX: "SELECT signpost.add_to_outbox(%s::jsonb)",
    DUE: """INSERT INTO signpost.due
        SELECT * FROM jsonb_populate_record(NULL::signpost.due, %s::jsonb)""",
    KEY: """INSERT INTO signpost.dedupe
        SELECT * FROM jsonb_populate_record(NULL::signpost.dedupe, %s::jsonb)""",
}

KNOW_KIND: LiteralString = """
    INSERT INTO signpost.kind (name, indexes) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET indexes = excluded.indexes"""

ALL_OF_KIND: LiteralString = """
    SELECT id, indexes::text, body::text FROM signpost.record WHERE kind = %s FOR UPDATE"""

INDEX_ANEW: LiteralString = "SELECT signpost.index_anew(%s, %s)"

ANYTHING: LiteralString = """
    SELECT EXISTS (SELECT FROM signpost.record) OR EXISTS (SELECT FROM signpost.outbox)
        OR EXISTS (SELECT FROM signpost.due) OR EXISTS (SELECT FROM signpost.dedupe)"""
