import type { Migration } from '../migrate.ts'

/**
 * A limit that was set for one value goes on with the bucket of the limit in whose place it holds. So how
 * much there is of what in a bucket is told by the limit that holds for its subject now, and not by what
 * the bucket is kept under, nor by what it was when it was saved.
 */
export const bucketsOfSetLimits: Migration = {
  version: 3,
  sql: `
    DROP VIEW rate_limit_summary;
    DROP VIEW active_buckets;

    CREATE VIEW limits_in_force AS
      WITH set_limits AS (
        SELECT limit_id, 'quota' AS source, scope,
          scope || ':' || replace(replace(name, '%', '%25'), '|', '%7C') AS subject, metric,
          period, amount, burst, expires_at_ms
        FROM user_quotas
        UNION ALL
        SELECT limit_id, source, scope, subject, metric, period, amount, burst, expires_at_ms
        FROM rate_limit_configs WHERE source = 'set'
      ), holding AS (
        SELECT * FROM set_limits
        WHERE expires_at_ms IS NULL OR expires_at_ms > unixepoch('subsec') * 1000
      )
      SELECT * FROM holding
      UNION ALL
      SELECT limit_id, source, scope, subject, metric, period, amount, burst, expires_at_ms
      FROM rate_limit_configs
      WHERE source = 'configuration' AND (subject IS NULL
        OR (subject, scope, metric, coalesce(period, '')) NOT IN (
          SELECT subject, scope, metric, coalesce(period, '') FROM holding
          WHERE subject IS NOT NULL
        ));

    CREATE VIEW active_buckets AS
      WITH set_limits AS MATERIALIZED (
        SELECT limit_id, subject, amount + burst AS capacity,
          scope || ' ' || metric || coalesce('/' || period, '') AS for_all,
          subject || ' ' || metric || coalesce('/' || period, '') AS for_one
        FROM limits_in_force WHERE source <> 'configuration'
      ), buckets AS (
        -- Joins look up what has the type of a column, and go through all of what has none.
        SELECT CAST(coalesce(set_limits.limit_id, bucket.limit_id) AS TEXT) AS limit_id,
          bucket.subject,
          coalesce(set_limits.capacity, configured.amount + configured.burst, bucket.capacity)
            AS capacity,
          bucket.capacity - bucket.remaining AS used, reset_at_ms, touched_at_ms
        FROM rate_limit_buckets AS bucket
          LEFT JOIN set_limits ON set_limits.subject = bucket.subject
            AND bucket.limit_id IN (for_all, for_all || ' calendar', for_all || ' sliding',
              for_one, for_one || ' calendar', for_one || ' sliding')
          LEFT JOIN rate_limit_configs AS configured
            ON configured.limit_id = bucket.limit_id AND configured.source = 'configuration'
        WHERE reset_at_ms > unixepoch('subsec') * 1000
      )
      SELECT limit_id, subject, capacity, capacity - used AS remaining, used,
        round(100.0 * used / capacity, 1) AS used_percent,
        strftime('%Y-%m-%dT%H:%M:%fZ', reset_at_ms / 1000.0, 'unixepoch') AS reset_at,
        strftime('%Y-%m-%dT%H:%M:%fZ', touched_at_ms / 1000.0, 'unixepoch') AS touched_at
      FROM buckets;

    CREATE VIEW rate_limit_summary AS
      WITH in_use AS (
        SELECT limit_id, count(*) AS buckets, min(remaining) AS lowest_remaining
        FROM active_buckets GROUP BY limit_id
      )
      SELECT in_force.limit_id, source, scope, subject, metric, period, in_force.amount, burst,
        coalesce(buckets, 0) AS active_buckets,
        coalesce(lowest_remaining, in_force.amount + burst) AS lowest_remaining,
        coalesce(allowed, 0) AS allowed_today,
        coalesce(denied, 0) AS denied_today,
        coalesce(stats.amount, 0) AS amount_today
      FROM limits_in_force AS in_force
        LEFT JOIN in_use ON in_use.limit_id = in_force.limit_id
        LEFT JOIN rate_limit_stats AS stats
          ON stats.date = date('now') AND stats.limit_id = in_force.limit_id;
  `,
}
