import { z } from 'zod'
import { parseListen } from '../listen.ts'
import { durationPattern, formatDuration, parseDuration, parseSize, sizePattern } from '../units.ts'

/**
 * Field types that several sections share. Each carries the sentence a user reads when it is
 * wrong.
 */

const durationForm = 'must be a duration with its unit, such as 100ms, 3s, 5m or 1h'

/** `100ms`, `3s`, `5m`, `1h` → milliseconds, at least `leastMs`, at most a day. */
export function duration(leastMs: number) {
  return z
    .string({ error: durationForm })
    .regex(durationPattern, { error: durationForm })
    .transform((text, context) => {
      const milliseconds = parseDuration(text) ?? Number.NaN
      if (milliseconds >= leastMs && milliseconds <= 86_400_000) return milliseconds
      const message = `must lie between ${formatDuration(leastMs)} and 24h`
      context.addIssue({ code: 'custom', message, input: text })
      return z.NEVER
    })
}

const sizeForm = 'must be a size with its unit, such as 512kb or 32mb'

/** `512kb`, `32mb` → bytes, from 1 kb to 1 gb. */
export function size() {
  return z
    .string({ error: sizeForm })
    .regex(sizePattern, { error: sizeForm })
    .transform((text, context) => {
      const bytes = parseSize(text) ?? Number.NaN
      if (bytes >= 1_024 && bytes <= 1_073_741_824) return bytes
      context.addIssue({ code: 'custom', message: 'must lie between 1kb and 1gb', input: text })
      return z.NEVER
    })
}

/** `127.0.0.1:4100`, `[::1]:4100`, `:4100` → host and port. `example` is for whoever gets it wrong. */
export function listenAddress(example: string) {
  const port = /\d+$/.exec(example)?.[0]
  const form = `must be host:port, such as ${example}, [::1]:${port} or 0.0.0.0:${port}`
  return z
    .string({ error: form })
    .regex(/:\d{1,5}$/, { error: form })
    .transform((text, context) => {
      const address = parseListen(text)
      if (address !== null) return address
      context.addIssue({ code: 'custom', message: form, input: text })
      return z.NEVER
    })
}

/**
 * Names end up in headers, metric labels and paths, so they are plain ASCII without `/` and `*`.
 */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$/

export function name(what: string) {
  const error = `${what} begins with a letter or digit, and holds only those and . _ - : @ +`
  const missing = ({ input }: { input?: unknown }) => (input === undefined ? 'is missing' : error)
  return z.string({ error: missing }).regex(namePattern, { error })
}

/** The id of a model at its provider may hold anything but blanks and `*`. */
export const modelId = z
  .string()
  .regex(/^[^\s*]{1,256}$/, { error: 'is no model id: it may not be empty or hold blanks or *' })
