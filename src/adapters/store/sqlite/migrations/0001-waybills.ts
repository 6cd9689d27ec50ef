import type { Migration } from '../migrate.ts'

/**
 * One row per request with what is filtered, grouped and added up; `story` holds the rest of its
 * record as JSON. Attempts stand apart because each of them is billed, at its own target.
 */
export const waybills: Migration = {
  version: 1,
  sql: `
    CREATE TABLE waybills (
      id TEXT PRIMARY KEY NOT NULL,
      arrived_at_ms INTEGER NOT NULL,
      client TEXT,
      user TEXT,
      policy TEXT,
      dialect TEXT,
      operation TEXT,
      model TEXT,
      resolved_as TEXT,
      strategy TEXT,
      target TEXT,
      streaming INTEGER NOT NULL,
      status INTEGER,
      outcome TEXT,
      failure_class TEXT,
      attempts INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      cached_input_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL,
      cost_nano_usd INTEGER,
      first_output_ms REAL,
      total_ms REAL NOT NULL,
      overhead_ms REAL NOT NULL,
      story TEXT NOT NULL
    );
    CREATE INDEX waybills_by_arrival ON waybills (arrived_at_ms);

    CREATE TABLE attempts (
      waybill_id TEXT NOT NULL REFERENCES waybills (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      target TEXT,
      started_ms REAL,
      head_ms REAL,
      first_output_ms REAL,
      ended_ms REAL,
      result TEXT,
      failure_class TEXT,
      upstream_status INTEGER,
      input_tokens INTEGER NOT NULL,
      cached_input_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL,
      usage_estimated INTEGER NOT NULL,
      cost_nano_usd INTEGER,
      PRIMARY KEY (waybill_id, position)
    ) WITHOUT ROWID;
  `,
}
