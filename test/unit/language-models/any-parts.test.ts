import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPartReader } from '../../../src/adapters/language-models/read-parts.ts'
import type { ReplyEvent } from '../../../src/core/reply.ts'
import { finish, sdk } from './fake-model.ts'

/** Packages differ in how tidy their streams are; whatever they send, the events must be tidy. */

const id = fc.constantFrom('0', '1', 'c1')
const metadata = fc.constantFrom({}, { providerMetadata: { lamp: { signature: 's' } } })
const piece = fc.constantFrom('', 'a', '{"a":', '1}')

const part = fc.oneof(
  fc
    .record({
      type: fc.constantFrom('text-start', 'text-end', 'reasoning-start', 'reasoning-end'),
      id,
      extra: metadata,
    })
    .map(({ extra, ...plain }) => ({ ...plain, ...extra })),
  fc.record({ type: fc.constantFrom('text-delta', 'reasoning-delta'), id, delta: piece }),
  fc.record({
    type: fc.constant('tool-input-start'),
    id,
    toolName: fc.constant('rub'),
    providerExecuted: fc.boolean(),
  }),
  fc.record({ type: fc.constant('tool-input-delta'), id, delta: piece }),
  fc.record({ type: fc.constant('tool-input-end'), id }),
  fc.record({
    type: fc.constant('tool-call'),
    toolCallId: id,
    toolName: fc.constant('rub'),
    input: fc.constantFrom('', '{}', '{"a":1}'),
  }),
  fc.record({ type: fc.constant('source'), url: fc.webUrl() }),
  fc.record({ type: fc.constant('file'), mediaType: fc.constant('image/png'), data: piece }),
  fc.constant({ type: 'response-metadata', id: 'r', modelId: 'lamp-1' }),
  fc.anything(),
)

function readAll(parts: readonly unknown[]): ReplyEvent[] {
  const reader = createPartReader(sdk, true)
  return [...parts, finish('stop')].flatMap((one) => reader.read(one).events)
}

describe('any stream of parts', () => {
  it('becomes blocks that begin, go on and end, in the order of their numbers', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const events = readAll(parts)
        const open = new Set<number>()
        let next = 0
        for (const event of events) {
          if (!('block' in event)) continue
          if (event.type.endsWith('-start') || event.type === 'file') {
            expect(event.block).toBe(next++)
            if (event.type !== 'file') open.add(event.block)
          } else {
            expect(open.has(event.block)).toBe(true)
          }
          if (event.type.endsWith('-end')) open.delete(event.block)
        }
        expect(open.size).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  it('begins once and ends once', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const types = readAll(parts).map((event) => event.type)
        expect(types.indexOf('reply-start')).toBe(0)
        expect(types.lastIndexOf('reply-start')).toBe(0)
        expect(types.indexOf('reply-end')).toBe(types.length - 1)
      }),
      { numRuns: 500 },
    )
  })
})
