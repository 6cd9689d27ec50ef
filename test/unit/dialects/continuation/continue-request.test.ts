import { describe, expect, it } from 'vitest'
import { noUsage } from '../../../../src/core/reply.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'
import {
  continuationBody,
  markPrefix,
} from '../../../../src/dialects/continuation/continue-request.ts'
import type { SoFar } from '../../../../src/dialects/continuation/so-far.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'
import { openaiResponses } from '../../../../src/dialects/openai-responses/index.ts'
import { translateRequest } from '../../../../src/dialects/translate.ts'

const soFar: SoFar = { events: [], text: 'Once upon \n', outputTokensEstimate: 3, usage: noUsage }
const user = { role: 'user', content: 'Tell a story.' }

describe('continuationBody', () => {
  it('ends with the reply so far as the turn of the model, without its last white space', () => {
    const body = { model: 'm', messages: [user], max_tokens: 100, temperature: 0 }
    const turn = { role: 'assistant', content: 'Once upon' }
    const expected = { ...body, messages: [user, turn], max_tokens: 97 }
    expect(continuationBody('openai', body, soFar)).toEqual(expected)
    expect(continuationBody('anthropic', body, soFar)).toEqual(expected)
    expect(
      continuationBody('gemini', { contents: [], generationConfig: { maxOutputTokens: 2 } }, soFar),
    ).toEqual({
      contents: [{ role: 'model', parts: [{ text: 'Once upon' }] }],
      generationConfig: { maxOutputTokens: 1 },
    })
    expect(continuationBody('openai-responses', { input: 'Tell a story.' }, soFar)).toMatchObject({
      input: [user, { role: 'assistant', content: [{ text: 'Once upon' }] }],
    })
  })

  it('goes on with a turn that the client began', () => {
    const body = { messages: [user, { role: 'assistant', content: 'Story: ' }] }
    expect(continuationBody('anthropic', body, soFar)?.['messages']).toEqual([
      user,
      { role: 'assistant', content: 'Story: Once upon' },
    ])
    const blocks = {
      messages: [user, { role: 'assistant', content: [{ type: 'text', text: 'S' }] }],
    }
    expect(continuationBody('anthropic', blocks, soFar)).toBeNull()
  })

  it('is not possible with several replies at once, or with thinking', () => {
    expect(continuationBody('openai', { messages: [user], n: 2 }, soFar)).toBeNull()
    const several = { contents: [], generationConfig: { candidateCount: 2 } }
    expect(continuationBody('gemini', several, soFar)).toBeNull()
    const thinking = { messages: [user], thinking: { type: 'enabled', budget_tokens: 1024 } }
    expect(continuationBody('anthropic', thinking, soFar)).toBeNull()
    const off = { messages: [user], thinking: { type: 'disabled' } }
    expect(continuationBody('anthropic', off, soFar)).not.toBeNull()
  })

  it('can be translated, and the turn of the model stays the last', () => {
    const codecs = [openai, anthropic, gemini]
    const bodies = {
      openai: { model: 'm', messages: [user] },
      anthropic: { model: 'm', max_tokens: 100, messages: [user] },
      gemini: { contents: [{ role: 'user', parts: [{ text: 'Tell a story.' }] }] },
      'openai-responses': { model: 'm', input: 'Tell a story.' },
    }
    for (const from of [...codecs, openaiResponses]) {
      for (const to of codecs) {
        const body = continuationBody(from.name, bodies[from.name], soFar)
        const context = { model: 'm', streaming: true, quirks: {} }
        const built = translateRequest(from, to, body ?? {}, context)
        if (!built.ok) throw new Error(built.failure.message)
        const turns = built.value.value.body[to === gemini ? 'contents' : 'messages']
        const last = Array.isArray(turns) ? turns.at(-1) : null
        expect(last).toMatchObject({ role: to === gemini ? 'model' : 'assistant' })
        expect(JSON.stringify(last)).toContain('"Once upon"')
      }
    }
  })
})

describe('markPrefix', () => {
  const body = { messages: [user, { role: 'assistant', content: 'Once' }] }

  it('says in the way of the provider that the message is to be continued', () => {
    expect(markPrefix(body, {})).toBe(body)
    expect(markPrefix(body, { prefixMark: 'prefix' })).toEqual({
      messages: [user, { role: 'assistant', content: 'Once', prefix: true }],
    })
    expect(markPrefix(body, { prefixMark: 'partial' })).toEqual({
      messages: [user, { role: 'assistant', content: 'Once', partial: true }],
    })
    expect(markPrefix(body, { prefixMark: 'continue_final_message' })).toEqual({
      ...body,
      continue_final_message: true,
      add_generation_prompt: false,
    })
  })
})
