import type { z } from 'zod'
import { didYouMean, nearNames } from '../core/near-names.ts'
import { knownKeysAt, placeOfKey } from './known-keys.ts'
import { isNotYetAvailable } from './not-yet.ts'
import { limitsInstead } from './other-words.ts'
import type { Findings, Path } from './problem.ts'
import { looksLikeSecret, showKey, showValue } from './show-value.ts'

/** Words for what zod finds wrong, wherever the schema has no sentence of its own. */
export const wording: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kindOf(issue.expected)}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return issue.origin === 'string'
        ? `may have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`
    default:
      return 'is not valid'
  }
}

function tooSmall(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): string {
  if (issue.origin === 'array') return 'needs at least one entry'
  if (issue.origin === 'string') return 'must not be empty'
  return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
}

function kindOf(expected: string): string {
  if (expected === 'string') return 'a text'
  if (expected === 'boolean') return 'true or false'
  if (expected === 'int') return 'a whole number'
  if (expected === 'array') return 'a list'
  if (expected === 'object' || expected === 'record') return 'a mapping'
  return `a ${expected}`
}

/** Turns what zod found into problems with place, offending value and what would be right. */
export function reportIssues(
  issues: readonly z.core.$ZodIssue[],
  tree: unknown,
  findings: Findings,
  parent: Path = [],
): void {
  for (const issue of issues) {
    const path = [...parent, ...issue.path.map(stepOf)]
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) unknownKey(path, key, findings)
    } else if (issue.code === 'invalid_union') {
      const deeper = closestBranch(issue)
      if (deeper === null) wrongValue(path, issue.message, tree, findings, namesAmong(issue))
      else reportIssues(deeper, tree, findings, path)
    } else if (issue.code === 'invalid_key') {
      const [inner] = issue.issues
      const key = showKey(String(path.at(-1)))
      findings.problem(path, `${key} cannot stand here: ${inner?.message ?? issue.message}`, 'key')
    } else {
      const more = issue.message === 'must be a mapping' ? keysOf(issue, path) : ''
      wrongValue(path, issue.message + more, tree, findings, valuesOf(issue))
    }
  }
}

function stepOf(step: PropertyKey): string | number {
  return typeof step === 'symbol' ? String(step) : step
}

function unknownKey(parent: Path, key: string, findings: Findings): void {
  const path = [...parent, key]
  if (isNotYetAvailable(parent, key)) {
    findings.problem(path, 'is not available in this version; take it out', 'key')
    return
  }
  findings.problem(path, `unknown key ${showKey(key)}${insteadOf(key, parent)}`, 'key')
}

/** More names than this help nobody. */
const mostShown = 16

/** What would be right: a name spelled alike, the place of the key, or the keys there are. */
function insteadOf(key: string, parent: Path): string {
  const instead = limitsInstead(parent, key)
  if (instead !== null) return `; ${instead}`
  const keys = knownKeysAt(parent)
  const near = didYouMean(nearNames(key, keys))
  if (near !== '') return `.${near}`
  const place = looksLikeSecret(key) ? null : placeOfKey(parent, key)
  if (place !== null) return `; it belongs ${place === '' ? 'at the top' : `into ${place}`}`
  return keys.length === 0 || keys.length > mostShown ? '' : `; keys here: ${keys.join(', ')}`
}

/** `must be a mapping` alone leaves open of what. */
function keysOf(issue: z.core.$ZodIssue, path: Path): string {
  if (issue.code !== 'invalid_type' || issue.expected !== 'object') return ''
  const keys = knownKeysAt(path)
  return keys.length === 0 || keys.length > mostShown ? '' : ` of ${keys.join(', ')}`
}

function wrongValue(
  path: Path,
  message: string,
  tree: unknown,
  findings: Findings,
  choices: readonly string[] = [],
): void {
  const value = valueAt(tree, path)
  const shown = showValue(value, path)
  const offending = shown !== null && message.startsWith('must ') ? `, not ${shown}` : ''
  const near =
    typeof value === 'string' && shown !== null ? didYouMean(nearNames(value, choices)) : ''
  findings.problem(path, `${message}${offending}${near && `.${near}`}`)
}

function valuesOf(issue: z.core.$ZodIssue): readonly string[] {
  return issue.code === 'invalid_value' ? issue.values.map(String) : []
}

/** The texts that one of the alternatives would have taken. */
function namesAmong({ errors }: z.core.$ZodIssueInvalidUnion): readonly string[] {
  return errors
    .flatMap((branch) => branch.filter(({ path }) => path.length === 0))
    .flatMap(valuesOf)
}

function valueAt(tree: unknown, path: Path): unknown {
  let value = tree
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = Reflect.get(value, step)
  }
  return value
}

/** The alternative the user meant: the one whose faults lie inside the value, not in its kind. */
function closestBranch(issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | null {
  const inside = issue.errors.filter((branch) =>
    branch.every((fault) => fault.path.length > 0 || fault.code === 'unrecognized_keys'),
  )
  return inside[0] ?? null
}
