import type { Database } from 'better-sqlite3'
import type { WaybillRecord } from '../../../core/account/record.ts'
import { attemptRow, waybillRow } from './waybill-row.ts'

/**
 * Inserts one record with its attempts, once however often it comes; the caller has the
 * transaction.
 */
export function prepareInsert(database: Database): (record: WaybillRecord) => void {
  const insertWaybill = database.prepare(`
    INSERT OR IGNORE INTO waybills (
      id, arrived_at_ms, client, user, policy, dialect, operation, model, resolved_as, strategy,
      target, streaming, status, outcome, failure_class, attempts, input_tokens,
      cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nano_usd,
      first_output_ms, total_ms, overhead_ms, story
    ) VALUES (
      @id, @arrived_at_ms, @client, @user, @policy, @dialect, @operation, @model, @resolved_as,
      @strategy, @target, @streaming, @status, @outcome, @failure_class, @attempts, @input_tokens,
      @cached_input_tokens, @cache_write_tokens, @output_tokens, @reasoning_tokens, @cost_nano_usd,
      @first_output_ms, @total_ms, @overhead_ms, @story
    )`)
  const insertAttempt = database.prepare(`
    INSERT INTO attempts (
      waybill_id, position, target, started_ms, head_ms, first_output_ms, ended_ms, result,
      failure_class, upstream_status, input_tokens, cached_input_tokens, cache_write_tokens,
      output_tokens, reasoning_tokens, usage_estimated, cost_nano_usd
    ) VALUES (
      @waybill_id, @position, @target, @started_ms, @head_ms, @first_output_ms, @ended_ms, @result,
      @failure_class, @upstream_status, @input_tokens, @cached_input_tokens, @cache_write_tokens,
      @output_tokens, @reasoning_tokens, @usage_estimated, @cost_nano_usd
    )`)

  return (record) => {
    const inserted = insertWaybill.run(waybillRow(record)).changes === 1
    if (!inserted) return
    for (const [position, attempt] of record.attempts.entries()) {
      insertAttempt.run(attemptRow(record.id, position, attempt))
    }
  }
}
