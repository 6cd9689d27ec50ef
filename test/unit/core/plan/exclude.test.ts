import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../../../src/core/catalog.ts'
import {
  type Capabilities,
  capabilityNames,
  type Needs,
  unknownCapabilities,
} from '../../../../src/core/needs.ts'
import { unfit } from '../../../../src/core/plan/exclude.ts'
import type { Operation, Request } from '../../../../src/core/request.ts'
import { aRequest, aTarget } from '../plans.ts'

const nothing: Needs = {
  tools: false,
  parallelTools: false,
  vision: false,
  audio: false,
  pdf: false,
  jsonMode: false,
  jsonSchema: false,
  reasoning: false,
  streaming: false,
}

const target = (known: Partial<Capabilities>): Target => ({
  ...aTarget('p/m'),
  capabilities: { ...unknownCapabilities, ...known },
})

interface Asked {
  readonly needs?: Partial<Needs>
  readonly input?: number
  readonly output?: number | null
  readonly operation?: Operation
}

function request({ needs = {}, input = 10, output = null, operation = 'chat' }: Asked): Request {
  return aRequest({
    endpoint: { dialect: 'openai', operation, path: '/x', streams: null },
    inputTokensEstimate: input,
    maxOutputTokens: output,
    needs: () => ({ ...nothing, ...needs }),
  })
}

describe('abilities', () => {
  it.each([
    ['tools', 'no tools'],
    ['parallelTools', 'no parallel tool calls'],
    ['vision', 'no vision'],
    ['audio', 'no audio'],
    ['pdf', 'no PDF'],
    ['jsonMode', 'no JSON mode'],
    ['jsonSchema', 'no JSON schema'],
    ['reasoning', 'no reasoning'],
    ['streaming', 'no streaming'],
  ] as const)('%s that is needed and known to be missing: %s', (name, because) => {
    const asked = request({ needs: { [name]: true } })
    expect(unfit(target({ [name]: false }), asked)).toBe(because)
    expect(unfit(target({ [name]: true }), asked)).toBeNull()
    expect(unfit(target({ [name]: null, contextWindow: 9_000 }), asked)).toBeNull()
    expect(unfit(target({ [name]: false }), request({}))).toBeNull()
  })

  it('the request is not read for a target that lacks nothing', () => {
    const unread = aRequest({
      needs() {
        throw new Error('read')
      },
    })
    const all = Object.fromEntries(capabilityNames.map((name) => [name, true]))
    expect(unfit(target(all), unread)).toBeNull()
    expect(unfit({ ...aTarget('p/m'), capabilities: unknownCapabilities }, unread)).toBeNull()
    expect(() => unfit(target({ audio: false }), unread)).toThrow('read')
  })
})

describe('sizes', () => {
  it.each<[Partial<Capabilities>, Asked, string | null]>([
    [
      { contextWindow: 8_192 },
      { input: 11_000, output: 1_000 },
      'context window 8192 < 12000 tokens needed (about 11000 in, 1000 out)',
    ],
    [
      { contextWindow: 8_192 },
      { input: 12_000 },
      'context window 8192 < 12000 tokens needed (about 12000 in, and the reply)',
    ],
    // 9,000 is an estimate: it may be 6,300.
    [{ contextWindow: 8_192 }, { input: 9_000, output: 1_000 }, null],
    [{ contextWindow: 8_192 }, { input: 9_000, output: 1_892 }, null],
    [
      { contextWindow: 8_192 },
      { input: 9_000, output: 1_893 },
      'context window 8192 < 10893 tokens needed (about 9000 in, 1893 out)',
    ],
    [{ maxOutputTokens: 4_096 }, { output: 8_000 }, 'max output 4096 < 8000 asked for'],
    [{ maxOutputTokens: 4_096 }, { output: 4_096 }, null],
    [{ maxOutputTokens: 4_096 }, {}, null],
    [{ contextWindow: 8_192 }, { input: 1e6, operation: 'embedding' }, null],
    [{ contextWindow: 8_192 }, { input: 1e6, operation: 'count-tokens' }, null],
    [{ maxOutputTokens: 10, vision: true }, { output: 11, operation: 'completion' }, 'max output'],
  ])('%j, %j: %s', (known, asked, because) => {
    const found = unfit(target(known), request(asked))
    if (because === null) expect(found).toBeNull()
    else expect(found).toContain(because)
  })

  it('rests on what is certain, where the request knows it', () => {
    const able = target({ contextWindow: 8_192 })
    const asked = request({ input: 12_000 })
    expect(unfit(able, { ...asked, leastInputTokens: () => 8_192 })).toBeNull()
    expect(unfit(able, { ...asked, leastInputTokens: () => 8_193 })).toContain('about 12000 in')
    const uncounted = () => {
      throw new Error('counted')
    }
    expect(unfit(able, { ...request({ input: 8_192 }), leastInputTokens: uncounted })).toBeNull()
  })

  it('a prompt that fits by any count of 3 to 5.7 bytes per token is never kept away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.nat(100_000),
        fc.double({ min: 3, max: 5.7, noNaN: true }),
        (bytes, output, bytesPerToken) => {
          const truth = Math.ceil(bytes / bytesPerToken)
          const able = target({ contextWindow: truth + output })
          expect(unfit(able, request({ input: Math.ceil(bytes / 4), output }))).toBeNull()
        },
      ),
    )
  })
})
