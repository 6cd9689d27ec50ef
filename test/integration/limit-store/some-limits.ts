import type { Limit } from '../../../src/core/limits/limit.ts'
import type { SetLimit } from '../../../src/core/limits/set-limit.ts'
import type { BookChange, SavedBook, Violation } from '../../../src/gateway/book-store.ts'

export const dayMs = 86_400_000

export function savedBook(
  subject: string,
  used: number,
  changes: Partial<SavedBook> = {},
): SavedBook {
  const nowMs = Date.now()
  return {
    limitId: 'user requests/minute',
    subject,
    state: { used, takenAtMs: [nowMs] },
    remaining: 100 - used,
    capacity: 100,
    resetAtMs: nowMs + 60_000,
    touchedAtMs: nowMs,
    ...changes,
  }
}

export function change(subject: string, amount = 1): BookChange {
  return { limitId: 'user requests/minute', subject, amount, atMs: 1_790_000_000_000 }
}

export function setLimit(id: string, changes: Partial<SetLimit> = {}): SetLimit {
  return {
    id,
    scope: 'user',
    value: 'alice',
    metric: 'requests',
    per: 'minute',
    amount: 100,
    burst: 10,
    expiresAtMs: null,
    setAtMs: Date.now(),
    setBy: 'admin',
    ...changes,
  }
}

export function limit(id: string, changes: Partial<Limit> = {}): Limit {
  return {
    id,
    dimensions: ['user'],
    only: {},
    metric: 'requests',
    per: 'minute',
    window: { kind: 'sliding', lengthMs: 60_000 },
    amount: 100,
    burst: 10,
    strict: false,
    expiresAtMs: null,
    ...changes,
  }
}

export function violation(changes: Partial<Violation> = {}): Violation {
  return {
    atMs: Date.now(),
    requestId: 'wb_1',
    limitId: 'user requests/minute',
    subject: 'user:alice',
    metric: 'requests',
    client: 'web',
    user: 'alice',
    ip: '127.0.0.1',
    model: 'fast',
    needed: 1,
    remaining: 0,
    retryAfterMs: 250,
    ...changes,
  }
}
