import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { Outcome } from '../../core/failure.ts'
import { isObject, parseJson } from '../../core/json.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { BodyReader } from '../read-body.ts'
import { asksInQuery, type Operation } from './contract/operation.ts'
import type { AdminProblem, ProblemCode } from './contract/problem.ts'

export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: AdminProblem }

const mostBytes = 64 * 1024

/** What an operation is asked: read from where it travels, and checked. */
export async function readInput<Input extends z.ZodObject>(
  message: IncomingMessage,
  operation: Operation<Input>,
  readBody: BodyReader,
): Promise<Read<z.output<Input>>> {
  const asked = asksInQuery(operation) ? inQuery(message) : await inBody(message, readBody)
  if (!asked.ok) return asked
  const checked = operation.input.safeParse(asked.value, { error: wording })
  if (checked.success) return { ok: true, value: checked.data }
  const [issue] = checked.error.issues
  return issue === undefined
    ? wrong('invalid_request', 'This cannot be read.')
    : { ok: false, problem: problemOf(issue, Object.keys(operation.input.shape)) }
}

function inQuery({ url = '' }: IncomingMessage): Read<Record<string, string>> {
  const at = url.indexOf('?')
  const asked: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(at < 0 ? '' : url.slice(at + 1))) {
    if (name in asked) return wrong('invalid_request', `${name} is there twice.`, name)
    asked[name] = value
  }
  return { ok: true, value: { ...asked } }
}

async function inBody(message: IncomingMessage, readBody: BodyReader): Promise<Read<object>> {
  const type = message.headers['content-type'] ?? ''
  if (!/^application\/json *(?:; *charset="?utf-8"? *)?$/i.test(type)) {
    return wrong('not_json', 'Send the body as JSON: content-type: application/json.')
  }
  const body = await new Promise<Outcome<Uint8Array>>((resolve) => {
    readBody(message, mostBytes, resolve)
  })
  if (!body.ok) {
    return body.failure.class === 'request_too_large'
      ? wrong('too_large', `The body has more than ${mostBytes / 1024} KiB.`)
      : wrong('invalid_request', body.failure.message)
  }
  const read = parseJson(textOf(body.value) ?? '')
  return isObject(read)
    ? { ok: true, value: read }
    : wrong('invalid_request', 'The body is no JSON object in UTF-8.')
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** For what the fields of the contract have no words of their own. */
const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'too_big') return `may have at most ${issue.maximum} characters`
  if (issue.code !== 'invalid_type') return 'is not valid'
  return issue.input === undefined ? 'is missing' : `must be a ${issue.expected}`
}

function problemOf(issue: z.core.$ZodIssue, known: readonly string[]): AdminProblem {
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    const meant = didYouMean(nearNames(key, known)) || ` There are ${known.join(', ')}.`
    return {
      code: 'invalid_request',
      message: `Nothing here is called ${quoted(key)}.${meant}`,
      field: key,
    }
  }
  const field = issue.path.map(String).join('.')
  return { code: 'invalid_request', message: `${field} ${issue.message}.`, field }
}

function quoted(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 79)}…`)
}

function wrong(code: ProblemCode, message: string, field: string | null = null) {
  return { ok: false, problem: { code, message, field } } as const
}
