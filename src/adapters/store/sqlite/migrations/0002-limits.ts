import type { Migration } from '../migrate.ts'

/**
 * What limits are, how their books stand, whom they turned away (docs/reference/limit-tables.md).
 * Amounts are in units of their metric; money is in nano-dollars, times are in milliseconds since the
 * epoch. Triggers keep the tables bounded, whoever writes into them.
 */
export const limits: Migration = {
  version: 2,
  sql: `
    CREATE TABLE rate_limit_configs (
      limit_id TEXT NOT NULL,
      source TEXT NOT NULL CHECK (source IN ('configuration', 'set')),
      scope TEXT NOT NULL,
      subject TEXT,
      name TEXT,
      metric TEXT NOT NULL,
      period TEXT,
      amount NUMERIC NOT NULL,
      burst NUMERIC NOT NULL,
      window_kind TEXT,
      time_zone TEXT,
      strict INTEGER NOT NULL DEFAULT 0,
      expires_at_ms INTEGER,
      set_at_ms INTEGER,
      set_by TEXT,
      PRIMARY KEY (limit_id, source)
    );

    CREATE TABLE user_quotas (
      limit_id TEXT PRIMARY KEY NOT NULL,
      scope TEXT NOT NULL CHECK (scope IN ('user', 'client')),
      name TEXT NOT NULL,
      metric TEXT NOT NULL,
      period TEXT,
      amount NUMERIC NOT NULL,
      burst NUMERIC NOT NULL,
      expires_at_ms INTEGER,
      set_at_ms INTEGER NOT NULL,
      set_by TEXT NOT NULL
    );
    CREATE INDEX user_quotas_by_expiry ON user_quotas (expires_at_ms)
      WHERE expires_at_ms IS NOT NULL;

    CREATE TABLE rate_limit_buckets (
      limit_id TEXT NOT NULL,
      subject TEXT NOT NULL,
      capacity NUMERIC NOT NULL,
      remaining NUMERIC NOT NULL,
      reset_at_ms INTEGER NOT NULL,
      touched_at_ms INTEGER NOT NULL,
      state TEXT NOT NULL,
      PRIMARY KEY (limit_id, subject)
    );
    CREATE INDEX rate_limit_buckets_by_reset ON rate_limit_buckets (reset_at_ms);

    CREATE TABLE rate_limit_journal (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      covered_sequence INTEGER NOT NULL,
      saved_at_ms INTEGER NOT NULL
    );
    INSERT INTO rate_limit_journal VALUES (1, 0, 0);

    CREATE TABLE rate_limit_violations (
      id INTEGER PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      request_id TEXT NOT NULL,
      limit_id TEXT NOT NULL,
      subject TEXT NOT NULL,
      metric TEXT NOT NULL,
      client TEXT NOT NULL,
      user TEXT,
      ip TEXT,
      model TEXT NOT NULL,
      needed NUMERIC NOT NULL,
      remaining NUMERIC NOT NULL,
      retry_after_ms INTEGER
    );
    CREATE INDEX rate_limit_violations_by_time ON rate_limit_violations (at_ms);

    CREATE TABLE rate_limit_stats (
      date TEXT NOT NULL,
      limit_id TEXT NOT NULL,
      allowed INTEGER NOT NULL DEFAULT 0,
      denied INTEGER NOT NULL DEFAULT 0,
      amount NUMERIC NOT NULL DEFAULT 0,
      PRIMARY KEY (date, limit_id)
    ) WITHOUT ROWID;

    CREATE TRIGGER rate_limit_violations_counted AFTER INSERT ON rate_limit_violations BEGIN
      INSERT INTO rate_limit_stats (date, limit_id, denied)
        VALUES (date(NEW.at_ms / 1000, 'unixepoch'), NEW.limit_id, 1)
        ON CONFLICT (date, limit_id) DO UPDATE SET denied = denied + 1;
    END;
    CREATE TRIGGER rate_limit_violations_bounded AFTER INSERT ON rate_limit_violations BEGIN
      DELETE FROM rate_limit_violations WHERE id <= NEW.id - 100000;
      DELETE FROM rate_limit_violations WHERE at_ms < NEW.at_ms - 30 * 86400000;
    END;
    CREATE TRIGGER rate_limit_stats_bounded AFTER INSERT ON rate_limit_stats BEGIN
      DELETE FROM rate_limit_stats WHERE date < date(NEW.date, '-400 days');
    END;
    CREATE TRIGGER rate_limit_unused_removed AFTER UPDATE ON rate_limit_journal BEGIN
      DELETE FROM rate_limit_buckets
        WHERE reset_at_ms < NEW.saved_at_ms - 86400000
          AND touched_at_ms < NEW.saved_at_ms - 86400000;
      DELETE FROM user_quotas WHERE expires_at_ms <= NEW.saved_at_ms;
      DELETE FROM rate_limit_configs WHERE source = 'set' AND expires_at_ms <= NEW.saved_at_ms;
      DELETE FROM rate_limit_violations WHERE at_ms < NEW.saved_at_ms - 30 * 86400000;
    END;
    CREATE TRIGGER user_quotas_expired AFTER INSERT ON user_quotas BEGIN
      DELETE FROM user_quotas WHERE expires_at_ms <= NEW.set_at_ms;
    END;

    CREATE VIEW active_buckets AS
      SELECT limit_id, subject, capacity, remaining, capacity - remaining AS used,
        round(100.0 * (capacity - remaining) / capacity, 1) AS used_percent,
        strftime('%Y-%m-%dT%H:%M:%fZ', reset_at_ms / 1000.0, 'unixepoch') AS reset_at,
        strftime('%Y-%m-%dT%H:%M:%fZ', touched_at_ms / 1000.0, 'unixepoch') AS touched_at
      FROM rate_limit_buckets
      WHERE reset_at_ms > unixepoch('subsec') * 1000;

    CREATE VIEW recent_violations AS
      SELECT strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at,
        limit_id, subject, metric, needed, remaining, retry_after_ms, client, user, ip, model,
        request_id
      FROM rate_limit_violations
      WHERE at_ms > (unixepoch('subsec') - 86400) * 1000
      ORDER BY at_ms DESC, id DESC;

    CREATE VIEW rate_limit_summary AS
      WITH in_force AS (
        SELECT limit_id, source, scope, subject, metric, period, amount, burst, expires_at_ms
        FROM rate_limit_configs
        UNION ALL
        SELECT limit_id, 'quota', scope,
          scope || ':' || replace(replace(name, '%', '%25'), '|', '%7C'), metric, period, amount,
          burst, expires_at_ms
        FROM user_quotas
      ), in_use AS (
        SELECT limit_id, count(*) AS buckets, min(remaining) AS lowest_remaining
        FROM active_buckets GROUP BY limit_id
      )
      SELECT in_force.limit_id, source, scope, subject, metric, period, in_force.amount, burst,
        coalesce(buckets, 0) AS active_buckets,
        coalesce(lowest_remaining, in_force.amount + burst) AS lowest_remaining,
        coalesce(allowed, 0) AS allowed_today,
        coalesce(denied, 0) AS denied_today,
        coalesce(stats.amount, 0) AS amount_today
      FROM in_force
        LEFT JOIN in_use ON in_use.limit_id = in_force.limit_id
        LEFT JOIN rate_limit_stats AS stats
          ON stats.date = date('now') AND stats.limit_id = in_force.limit_id
      WHERE expires_at_ms IS NULL OR expires_at_ms > unixepoch('subsec') * 1000;
  `,
}
