import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { answerTo } from '../../../src/mock/answer/answer.ts'
import { instanceOf } from '../../../src/mock/answer/instance.ts'
import { textOfTokens, tokensAfter, tokensOfText } from '../../../src/mock/answer/tokens.ts'
import { plainBehaviour } from '../../../src/mock/behaviour/behaviour.ts'
import type { Ask, AskedMessage } from '../../../src/mock/request/ask.ts'

function ask(messages: readonly AskedMessage[], more: Partial<Ask> = {}): Ask {
  return {
    dialect: 'openai',
    operation: 'chat',
    model: 'mock-small',
    streaming: null,
    messages,
    maxTokens: null,
    tools: [],
    toolChoice: 'auto',
    parallelTools: true,
    json: false,
    choices: 1,
    reasoning: false,
    includeUsage: false,
    body: {},
    ...more,
  }
}

const user = (text: string): AskedMessage => ({ role: 'user', text, files: 0 })
const assistant = (text: string): AskedMessage => ({ role: 'assistant', text, files: 0 })

function said(request: Ask): string {
  const [choice] = answerTo(request, plainBehaviour, 1).choices
  return choice === undefined ? '' : textOfTokens(choice.text)
}

describe('the canonical answer', () => {
  it('is 60 tokens, says that it is simulated and repeats what was said', () => {
    const answer = answerTo(ask([user('Where is the harbour?')]), plainBehaviour, 1)
    expect(answer.usage.outputTokens).toBe(60)
    expect(said(ask([user('Where is the harbour?')]))).toMatch(
      /^This is a simulated reply.* You said: Where is the harbour\? /,
    )
  })

  it('depends on seed and conversation, not on the model', () => {
    const asked = ask([user('Hi')])
    expect(said({ ...asked, model: 'other' })).toBe(said(asked))
    expect(said(ask([user('Ho')]))).not.toBe(said(asked))
    const other = answerTo(asked, { ...plainBehaviour, seed: 2 }, 1).choices[0]
    expect(other && textOfTokens(other.text)).not.toBe(said(asked))
  })

  it('goes on where an assistant message stops, at any character', () => {
    const whole = said(ask([user('Hi')]))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (length) => {
        const beginning = whole.slice(0, length)
        expect(beginning + said(ask([user('Hi'), assistant(beginning)]))).toBe(whole)
      }),
    )
  })

  it('stops at the limit of the request', () => {
    const answer = answerTo(ask([user('Hi')], { maxTokens: 7 }), plainBehaviour, 1)
    expect(answer.usage.outputTokens).toBe(7)
    expect(answer.choices[0]?.finish).toBe('length')
  })

  it('spends the limit on reasoning first', () => {
    const asked = ask([user('Hi')], { model: 'mock-reason', maxTokens: 30 })
    const answer = answerTo(asked, plainBehaviour, 1)
    expect(answer.usage).toMatchObject({ reasoningTokens: 24, outputTokens: 30 })
  })

  it('answers the result of a tool in words', () => {
    const asked = ask([user('use the tool'), { role: 'tool', text: '21 degrees', files: 0 }], {
      tools: [{ name: 'weather', schema: null }],
    })
    expect(said(asked)).toContain('The tool answered: 21 degrees')
  })
})

describe('tokens', () => {
  it('make up their text, and the rest after any cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, cut) => {
        const tokens = tokensOfText(text)
        expect(textOfTokens(tokens)).toBe(text)
        const length = cut % (text.length + 1)
        expect(textOfTokens(tokensAfter(tokens, length))).toBe(text.slice(length))
      }),
    )
  })
})

describe('an instance of a schema', () => {
  it.each<[JsonObject, unknown]>([
    [{ type: 'string', minLength: 12 }, 'simulated...'],
    [{ type: 'string', format: 'date' }, '2026-01-01'],
    [{ enum: ['b', 'a'] }, 'b'],
    [{ const: 4 }, 4],
    [{ type: 'integer', minimum: 7, multipleOf: 5 }, 10],
    [{ type: 'number', exclusiveMinimum: 2 }, 2.5],
    [{ type: ['null', 'boolean'] }, true],
    [{ type: 'ARRAY', items: { type: 'INTEGER' }, minItems: 2 }, [1, 1]],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 1],
    [
      { allOf: [{ properties: { a: { type: 'integer' } }, required: ['a'] }], type: 'object' },
      { a: 1 },
    ],
    [{ type: 'object', properties: { a: { type: 'integer' }, b: {} }, required: ['a'] }, { a: 1 }],
    [{ $ref: '#/$defs/x', $defs: { x: { type: 'boolean' } } }, true],
  ])('of %j', (schema, value) => {
    expect(instanceOf(schema)).toEqual(value)
  })

  it('ends for a schema that contains itself', () => {
    const schema = {
      type: 'object',
      properties: { next: { $ref: '#' } },
      required: ['next'],
    }
    expect(JSON.stringify(instanceOf(schema)).length).toBeLessThan(200)
  })
})
