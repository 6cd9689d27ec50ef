import { type Scope, subjectOf } from '../../../core/limits/limit.ts'
import type { Violation } from '../../../gateway/book-store.ts'

/**
 * Whether a violation concerns `subject` (`user:alice`; with `|` every part of it; null: all): it was of
 * a book of his, whatever else the book was for, or he asked when a limit for others too turned him
 * away.
 */
export function isOfSubject(violation: Violation, subject: string | null): boolean {
  if (subject === null) return true
  const own = violation.subject.split('|')
  return subject.split('|').every((part) => own.includes(part) || hasAsked(violation, part))
}

function hasAsked({ user, client, ip, model }: Violation, part: string): boolean {
  return (
    isCalled('user', user, part) ||
    isCalled('client', client, part) ||
    isCalled('ip', ip, part) ||
    isCalled('model', model, part)
  )
}

function isCalled(scope: Scope, value: string | null, part: string): boolean {
  return value !== null && subjectOf(scope, value) === part
}

/** Whether a limit is for `subject`, or for every subject of its scope, alone or with others. */
export function limitIsOf(limitId: string, subject: string | null): boolean {
  if (subject === null) return true
  const parts = `|${limitId}`
  const scope = subject.split(':', 1)[0] ?? ''
  return [subject, scope].some((name) => {
    return parts.includes(`|${name} `) || parts.includes(`|${name}|`)
  })
}
