import { failure } from '../../../src/core/failure.ts'
import { arrayAt, isObject, parseJson, stringAt } from '../../../src/core/json.ts'
import { done, finish, json, role, sse, usage, word } from './attempts.ts'
import type { Asked } from './rig.ts'

/** Ten words. Told them again as the beginning of an answer, a provider goes on from there. */
const words = [
  'one ',
  'two ',
  'three ',
  'four ',
  'five ',
  'six ',
  'seven ',
  'eight ',
  'nine ',
  'ten',
]
export const wholeWords = words.join('')

/** How an attempt is answered. Times are milliseconds after it was sent. */
export interface Conduct {
  /** Until the headers; `null`: while it is being sent, as a simulated provider may. */
  readonly headMs: number | null
  /** Between one word and the next. */
  readonly wordMs: number
  /** Words until `ends` happens. */
  readonly words: number
  readonly ends: Ending
}

export const endings = [
  'answers',
  'answers without a formal end',
  'closes early',
  'breaks the connection',
  'reports an error',
  'falls silent',
  'answers 400',
  'answers 429',
  'answers 429 for a second',
  'answers 500',
  'answers 503',
  'is filtered',
  'redirects',
  'sends rubbish',
] as const
export type Ending = (typeof endings)[number]

/** The status it answers with in place of a reply; null where it begins one. */
const refusals: Readonly<Partial<Record<Ending, [number, string, Record<string, string>]>>> = {
  'answers 400': [400, '{"error":{"message":"no such field"}}', {}],
  'answers 429': [429, '{}', {}],
  'answers 429 for a second': [429, '{}', { 'retry-after': '1' }],
  'answers 500': [500, '{}', {}],
  'answers 503': [503, '{}', {}],
  'is filtered': [400, '{"error":{"code":"content_filter","message":"filtered"}}', {}],
  redirects: [302, '', { location: 'http://elsewhere.test' }],
}

/** One thing that is to happen, in milliseconds after the attempt was sent; null: at once. */
export interface Happening {
  readonly afterMs: number | null
  readonly act: () => void
}

/** What a conduct comes to. Nothing happens any more once the attempt was aborted. */
export function happenings(asked: Asked, conduct: Conduct): Happening[] {
  const { observer } = asked
  const list: Happening[] = []
  const at = (afterMs: number | null, act: () => void) => {
    list.push({ afterMs, act: () => (asked.aborted ? undefined : act()) })
  }
  const { headMs, wordMs, ends } = conduct
  const refusal = refusals[ends]
  if (refusal !== undefined) {
    at(headMs, () => asked.answer(...refusal))
    return list
  }
  if (isStreaming(asked)) {
    const left = words.slice(begun(asked))
    const said = ends.startsWith('answers') ? left : left.slice(0, conduct.words)
    const say = (text: string) => observer.data(Buffer.from(text))
    const lastMs = (headMs ?? 0) + said.length * wordMs
    at(headMs, () => {
      observer.head(200, sse)
      say(role)
    })
    for (const [index, text] of said.entries()) {
      at(headMs === null && wordMs === 0 ? null : (headMs ?? 0) + (index + 1) * wordMs, () =>
        say(word(text)),
      )
    }
    at(headMs === null && wordMs === 0 ? null : lastMs, () => streamEnd(observer, ends, say))
    return list
  }
  at(headMs, () => observer.head(200, json))
  at(headMs, () => wholeEnd(observer, ends))
  return list
}

function streamEnd(observer: Asked['observer'], ends: Ending, say: (text: string) => void): void {
  switch (ends) {
    case 'answers':
      say(finish + usage + done)
      observer.ended()
      break
    case 'answers without a formal end':
      say(finish)
      break
    case 'reports an error':
      say('data: {"error":{"message":"The server is overloaded","code":503}}\n\n')
      observer.ended()
      break
    case 'sends rubbish':
      say('data: {"choices":[{"delta":{"cont\n\n')
      observer.ended()
      break
    case 'closes early':
      observer.ended()
      break
    case 'breaks the connection':
      observer.failed(failure('truncated', 'The connection broke.'))
      break
    default:
  }
}

function wholeEnd(observer: Asked['observer'], ends: Ending): void {
  const message = { role: 'assistant', content: wholeWords }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  const body = JSON.stringify({
    id: 'c',
    choices,
    usage: { prompt_tokens: 7, completion_tokens: 10 },
  })
  switch (ends) {
    case 'answers':
    case 'answers without a formal end':
      observer.data(Buffer.from(body))
      observer.ended()
      break
    case 'reports an error':
      observer.data(Buffer.from('{"error":{"message":"The server is overloaded","code":503}}'))
      observer.ended()
      break
    case 'breaks the connection':
      observer.data(Buffer.from(body.slice(0, 40)))
      observer.failed(failure('truncated', 'The connection broke.'))
      break
    case 'falls silent':
      observer.data(Buffer.from(body.slice(0, 40)))
      break
    default:
      observer.data(Buffer.from(body.slice(0, 40)))
      observer.ended()
  }
}

function bodyOf(asked: Asked) {
  const body = parseJson(Buffer.concat(asked.call.body).toString())
  return isObject(body) ? body : {}
}

export function isStreaming(asked: Asked): boolean {
  return bodyOf(asked)['stream'] === true
}

/** How many of the words it was given as the beginning of the answer. */
export function begun(asked: Asked): number {
  const last = arrayAt(bodyOf(asked), 'messages').at(-1)
  if (stringAt(last, 'role') !== 'assistant') return 0
  const text = stringAt(last, 'content') ?? ''
  if (!wholeWords.startsWith(text)) throw new Error(`no beginning of the answer: ${text}`)
  return text.split(' ').length
}
