import type { Behaviour, Trouble } from './behaviour/behaviour.ts'
import { errorBody } from './errors/error-body.ts'
import type { WantedError } from './errors/error-reply.ts'
import { errorContext, errorReply, wantedError } from './errors/error-reply.ts'
import { streamError } from './errors/stream-error.ts'
import { withError } from './faults/frames.ts'
import type { Ask } from './request/ask.ts'
import type { Header, MockReply, ReplyBody } from './wire/reply.ts'
import { jsonBody } from './wire/reply.ts'
import { replyHeaders } from './wire/reply-headers.ts'
import type { Circumstances } from './wire/write-reply.ts'
import { writeReply } from './wire/write-reply.ts'

/** What a provider answers to a request, with the errors its behaviour asks for. */
export function respond(
  ask: Ask,
  behaviour: Behaviour,
  around: Circumstances,
  id: string,
): MockReply {
  const { trouble } = behaviour
  const base = replyHeaders(ask.dialect, id, around.nowMs)
  const wanted = errorFor(ask, trouble)
  const replaced = replacedBody(ask, trouble, wanted, id)
  if (replaced !== null) return { status: 200, headers: merged(base, behaviour), body: replaced }
  const inStream = trouble.faults.get('error-event')
  if (wanted !== null && inStream === undefined) {
    const context = errorContext(wanted, ask.model, id, trouble)
    const reply = errorReply(ask.dialect, wanted, context, trouble, around.nowMs)
    return { ...reply, headers: merged([...base, ...reply.headers], behaviour) }
  }
  const body = writeReply(ask, behaviour, around)
  return {
    status: 200,
    headers: merged(base, behaviour),
    body: inStream === undefined ? body : broken(body, ask, trouble, wanted, inStream, id),
  }
}

const serverError: WantedError = { kind: 'server', status: 500 }

function errorFor(ask: Ask, trouble: Trouble): WantedError | null {
  const prefilled = ask.messages.at(-1)?.role === 'assistant'
  if (trouble.faults.has('no-prefill') && prefilled) return { kind: 'prefill', status: 400 }
  return wantedError(ask.dialect, trouble)
}

/** Bodies under status 200 that are no reply at all. */
function replacedBody(
  ask: Ask,
  trouble: Trouble,
  wanted: WantedError | null,
  id: string,
): ReplyBody | null {
  const { faults } = trouble
  if (faults.has('ok-error')) return errorAsBody(ask, trouble, wanted, id)
  if (faults.has('ok-html')) {
    return { kind: 'whole', contentType: 'text/html', bytes: htmlPage, tokens: 0 }
  }
  if (faults.has('ok-empty')) {
    return { kind: 'whole', contentType: 'application/json', bytes: '', tokens: 0 }
  }
  return null
}

const htmlPage =
  '<!doctype html>\n<html><head><title>Welcome</title></head>' +
  '<body><h1>Sign in to continue</h1></body></html>\n'

function errorAsBody(
  ask: Ask,
  trouble: Trouble,
  wanted: WantedError | null,
  id: string,
): ReplyBody {
  const error = wanted ?? serverError
  return jsonBody(errorBody(ask.dialect, error.kind, errorContext(error, ask.model, id, trouble)))
}

/** The body with an error in place of everything after token `at`; a whole body is nothing else. */
function broken(
  body: ReplyBody,
  ask: Ask,
  trouble: Trouble,
  wanted: WantedError | null,
  at: number,
  id: string,
): ReplyBody {
  if (body.kind === 'whole') return errorAsBody(ask, trouble, wanted, id)
  const error = wanted ?? serverError
  const context = errorContext(error, ask.model, id, trouble)
  const event = (tokens: number) => streamError(ask.dialect, error, context, tokens)
  return { ...body, frames: withError(body.frames, at, event) }
}

/** Headers the behaviour adds, in place of those of the same name. */
function merged(headers: readonly Header[], { headers: added }: Behaviour): readonly Header[] {
  if (added.length === 0) return headers
  const names = new Set(added.map(([name]) => name))
  return [...headers.filter(([name]) => !names.has(name)), ...added]
}
