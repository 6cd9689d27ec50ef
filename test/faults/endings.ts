import type { JsonObject } from '../../src/core/json.ts'
import type { Call } from '../support/caller.ts'

/** One way for a request to end: the name it asks for, where that leads, and what the client does. */
export interface EndingOf {
  /** Behaviour of the mock, by provider; none is healthy. */
  readonly a: string
  /** Left out: there is no second target. */
  readonly b?: string
  /** Of the public name. */
  readonly alias?: JsonObject
  readonly call?: Partial<Call> & { readonly more?: object }
  /** Who asks; `web` when left out. */
  readonly client?: 'web' | 'tight' | 'patient'
}

const stream = { more: { stream: true } }
const hedge = { after: '25ms', budget: '50%' }
const short = { firstToken: '120ms', idle: '120ms', total: '150ms' }
const once = { retry: { attempts: 1 } }

/** Everything that can become of a request. */
export const endings: Readonly<Record<string, EndingOf>> = {
  whole: { a: '' },
  stream: { a: '', call: stream },
  'slow stream': { a: 'tps=1500', call: stream },
  'no usage': { a: 'usage=missing' },
  'negative usage': { a: 'usage=negative' },
  'huge usage': { a: 'usage=huge', call: stream },
  'usage in words': { a: 'usage=string', call: stream },
  'null usage': { a: 'usage=null' },
  error: { a: 'status=500', alias: once },
  'error, asked again': { a: 'status=500;rate=0.5' },
  'bad request': { a: 'status=400' },
  'limit of the provider': { a: 'status=429;retry-after=none', b: '' },
  'wrong key': { a: 'status=401', b: '' },
  fallback: { a: 'status=500', b: '', alias: once },
  'fallback of a stream': { a: 'fault=rst', b: '', alias: once, call: stream },
  'fallback that fails': { a: 'status=500', b: 'fault=rst', alias: once },
  'error event first': { a: 'fault=error-event@0', b: '', call: stream },
  'broken stream': { a: 'fault=cut-fin@20', call: stream },
  'continued stream': { a: 'fault=cut-rst@20', b: '', call: stream },
  'continuation that fails': { a: 'fault=cut-fin@20', b: 'fault=cut-fin@40', call: stream },
  'no end': { a: 'fault=no-finish', call: stream },
  'bad JSON': { a: 'fault=bad-json@9', call: stream },
  'first token late': { a: 'fault=silent', alias: { ...once, timeouts: short }, call: stream },
  'first token late, fallback': {
    a: 'fault=silent',
    b: '',
    alias: { ...once, timeouts: short },
  },
  stalled: { a: 'fault=stall', alias: { ...once, timeouts: short }, call: stream },
  deadline: {
    a: 'ttft=2000',
    b: 'ttft=2000',
    call: { headers: { 'x-waybill-timeout-ms': '60' } },
  },
  'hedge wins': { a: 'ttft=300', b: '', alias: { hedge }, call: stream },
  'hedge loses': { a: 'ttft=60', b: 'ttft=300', alias: { hedge }, call: stream },
  'hedge fails': { a: 'ttft=60', b: 'fault=rst', alias: { hedge }, call: stream },
  'both of a race fail': {
    a: 'ttft=60;fault=rst',
    b: 'ttft=30;fault=rst',
    alias: { hedge, ...once },
    call: stream,
  },
  'left before the head': { a: 'ttft=900', call: { leave: { afterMs: 15 } } },
  'left before the first token': {
    a: 'ttft=150',
    b: '',
    call: { ...stream, leave: { afterMs: 15 } },
  },
  'left in a race': {
    a: 'ttft=300',
    b: 'ttft=300',
    alias: { hedge },
    call: { ...stream, leave: { afterMs: 60 } },
  },
  'left in the middle': { a: 'tps=300', call: { ...stream, leave: { afterBytes: 900 } } },
  'left at once': { a: '', call: { leave: { afterMs: 0 } } },
  'left while waiting to ask again': {
    a: 'status=500',
    alias: { retry: { attempts: 3, backoff: '300ms' } },
    call: { leave: { afterMs: 40 } },
  },
  'refused by a limit': { a: '', client: 'tight' },
  'waiting for a place': { a: 'ttft=20', client: 'patient' },
  'waiting for a place, then left': {
    a: 'ttft=400',
    client: 'patient',
    call: { leave: { afterMs: 25 } },
  },
  'an Anthropic client': { a: '', call: { path: '/v1/messages', more: { max_tokens: 90 } } },
  'an Anthropic client, cut off': {
    a: 'fault=cut-fin@20',
    call: { path: '/v1/messages', more: { max_tokens: 90, stream: true } },
  },
  'a Responses client, another target': {
    a: 'status=500',
    b: '',
    alias: once,
    call: { path: '/v1/responses', more: { input: 'Where?', messages: undefined } },
  },
  embedding: {
    a: '',
    call: { path: '/v1/embeddings', more: { input: 'Where?', messages: undefined } },
  },
  'counted tokens': { a: '', call: { path: '/v1/messages/count_tokens' } },
  'an unknown name': { a: '', call: { more: { model: 'nobody' } } },
  nonsense: { a: '', call: { more: { messages: undefined, stream: 'perhaps' } } },
}

/** A reset before the head looks like a connection that went stale: such a request is sent once more. */
export function maySendTwice(ending: string): boolean {
  const { a, b = '' } = endings[ending] ?? { a: '' }
  return `${a} ${b}`.includes('fault=rst')
}

/** The public name that ends so; behind it stand `a/a-name` and `b/b-name`. */
export function nameOf(ending: string): string {
  return ending.replaceAll(/\W+/g, '-')
}
