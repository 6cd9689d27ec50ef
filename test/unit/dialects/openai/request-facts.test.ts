import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/core/json.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'

const facts = (body: JsonObject) =>
  openai.requestFacts({ has: (name) => name in body, get: (name) => body[name] })

describe('requestFacts', () => {
  it('reads what is there', () => {
    expect(
      facts({
        model: 'gpt',
        stream: true,
        user: 'u',
        max_tokens: 5,
        max_completion_tokens: 7,
        stream_options: { include_usage: true },
      }),
    ).toEqual({ model: 'gpt', stream: true, user: 'u', maxOutputTokens: 7, includeUsage: true })
  })

  it('reads wrong types as absent', () => {
    expect(
      facts({ model: 7, stream: 'yes', user: {}, max_tokens: '5', stream_options: [] }),
    ).toEqual({
      model: null,
      stream: false,
      user: null,
      maxOutputTokens: null,
      includeUsage: false,
    })
  })

  it('knows the other name of the user', () => {
    expect(facts({ safety_identifier: 's' }).user).toBe('s')
  })
})

describe('endpoints', () => {
  it('are those of the client API', () => {
    expect(openai.endpoints.map(({ path, operation }) => `${operation} ${path}`)).toEqual([
      'chat /chat/completions',
      'completion /completions',
      'embedding /embeddings',
      'image /images/generations',
      'image /images/edits',
      'image /images/variations',
      'audio /audio/speech',
      'audio /audio/transcriptions',
      'audio /audio/translations',
      'moderation /moderations',
      'rerank /rerank',
    ])
    expect(openai.endpoints.every((endpoint) => endpoint.streams === null)).toBe(true)
  })
})
