/**
 * Every way in which the mock can misbehave. `at` is the number a fault takes after `@` when none is
 * written (a token, unless `about` says otherwise); null where it takes none.
 */
export const faultNames = {
  rst: { at: null, about: 'reset the connection before the headers' },
  fin: { at: null, about: 'close the connection before the headers' },
  'no-read': { at: null, about: 'accept the connection and never read from it' },
  silent: { at: null, about: 'read the request and never answer' },
  'silent-body': { at: null, about: 'send the headers and nothing more' },
  close: { at: null, about: 'announce and close the connection after the reply' },
  stall: { at: 20, about: 'fall silent after a token, connection open' },
  'cut-fin': { at: 20, about: 'close in the middle of the event after a token' },
  'cut-rst': { at: 20, about: 'reset the connection after a token' },
  'cut-chunk': { at: 20, about: 'close after a token without the last chunk' },
  'cut-clean': {
    at: 20,
    about: 'end after a token as if that were all: no finish, no terminal event',
  },
  'cut-length': { at: 20, about: 'announce a longer content-length than what is sent, then close' },
  'no-done': { at: null, about: 'leave out the terminal event ([DONE], message_stop, …)' },
  'no-finish': { at: null, about: 'leave out finish reason, usage and terminal event' },
  'after-done': { at: null, about: 'send more events after the terminal one' },
  'two-finish': { at: null, about: 'send the finish reason twice' },
  'bad-json': { at: 20, about: 'cut the JSON of the event after a token' },
  nul: { at: 20, about: 'put a NUL byte into the event after a token' },
  'bad-utf8': { at: 20, about: 'put bytes that are no UTF-8 into the event after a token' },
  'error-event': { at: 20, about: 'send an error event after a token (0: first of all) and end' },
  comments: { at: null, about: 'put comments and pings between the events' },
  crlf: { at: null, about: 'end the lines of the stream with CRLF' },
  'tools-shuffled': {
    at: null,
    about: 'interleave the deltas of several tool calls, last call first',
  },
  endless: { at: null, about: 'never stop talking' },
  'long-event': { at: 256, about: 'one event (or whole body) of N MiB without a line end' },
  'ok-error': { at: null, about: 'status 200 with an error as JSON body' },
  'ok-html': { at: null, about: 'status 200 with an HTML page' },
  'ok-empty': { at: null, about: 'status 200 with an empty body' },
  'wrong-type': { at: null, about: 'the right body under content-type text/html' },
  gzip: { at: null, about: 'compress with gzip, unasked' },
  br: { at: null, about: 'compress with brotli, unasked' },
  nested: { at: null, about: 'compress with gzip twice' },
  bomb: { at: 100, about: 'gzip that unpacks to N MiB' },
  'bomb-br': { at: 64, about: 'brotli that unpacks to N MiB' },
  '1xx': { at: 100, about: 'send N informational heads before the answer' },
  'big-header': { at: 64, about: 'one header of N KiB' },
  'many-headers': { at: 500, about: 'N more headers' },
  'dup-headers': { at: null, about: 'repeat content-type and the request id' },
  'dup-length': { at: null, about: 'two content-length headers that disagree' },
  'lf-header': { at: null, about: 'a line feed inside a header value' },
  http10: {
    at: null,
    about: 'answer in HTTP/1.0, the end of the body is the end of the connection',
  },
  'one-byte': { at: null, about: 'write every byte by itself' },
  split: { at: null, about: 'write pieces of 1 to 64 bytes, cut at seeded places' },
  'no-prefill': { at: null, about: 'refuse conversations that end with an assistant message' },
} as const satisfies Record<string, { at: number | null; about: string }>

export type FaultName = keyof typeof faultNames

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultNames, name)
}

/** The faults of one request: name → the number after `@`, or what stands for it. */
export type Faults = ReadonlyMap<FaultName, number>
