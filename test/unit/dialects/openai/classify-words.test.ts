import { describe, expect, it } from 'vitest'
import {
  retryAfterInText,
  retryAfterMs,
  saysContentFilter,
  saysContextLength,
  saysModelNotFound,
  saysOverloaded,
  saysQuotaExhausted,
  saysWrongKey,
  withoutSecrets,
} from '../../../../src/dialects/classify.ts'

const now = Date.parse('2026-11-20T10:00:00Z')
const hour = 3_600_000

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after-ms': '350' }, 350],
    [{ 'retry-after-ms': '350', 'retry-after': '9' }, 350],
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '30s' }, 30_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 10:00:07 GMT' }, 7000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': '2026-11-20T10:01:00Z' }, 60_000],
  ])('reads %j', (headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected)
  })

  it.each([
    [{ 'retry-after': '86400' }],
    [{ 'retry-after': '315360000' }],
    [{ 'retry-after': 'Wed, 20 Nov 2036 10:00:00 GMT' }],
  ])('waits an hour at most: %j', (headers) => {
    expect(retryAfterMs(headers, now)).toBe(hour)
  })

  it.each([
    [{}],
    [{ 'retry-after': 'soon' }],
    [{ 'retry-after': '-5' }],
    [{ 'retry-after': 'NaN' }],
    [{ 'retry-after': '' }],
    [{ 'retry-after': 'in 3 days or so' }],
    [{ 'retry-after-ms': 'Infinity' }],
  ])('makes nothing of %j', (headers) => {
    expect(retryAfterMs(headers, now)).toBeNull()
  })

  it('takes the reset of the limit that is used up', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m12s',
      'x-ratelimit-remaining-tokens': '1999',
      'x-ratelimit-reset-tokens': '6h0m0s',
    }
    expect(retryAfterMs(headers, now)).toBe(72_000)
  })

  it('reads resets as durations, seconds and instants', () => {
    expect(retryAfterMs({ 'x-ratelimit-reset-tokens': '6ms' }, now)).toBe(6)
    expect(retryAfterMs({ 'x-ratelimit-reset-tokens': '40' }, now)).toBe(40_000)
    expect(retryAfterMs({ 'x-ratelimit-reset': String(now + 2500) }, now)).toBe(2500)
    expect(
      retryAfterMs(
        {
          'anthropic-ratelimit-tokens-remaining': '0',
          'anthropic-ratelimit-tokens-reset': '2026-11-20T10:00:03Z',
        },
        now,
      ),
    ).toBe(3000)
  })
})

describe('retryAfterInText', () => {
  it.each([
    ['Please try again in 50.597142857s. Visit the docs.', 50_598],
    ['Please try again in 1m12.5s.', 72_500],
    ['Please try again in 320ms.', 320],
    ['Please retry after 20 seconds.', 20_000],
    ['Please retry after 86400 seconds.', hour],
    ['Retry in 3 years', null],
    ['Try again later.', null],
  ])('%s', (text, expected) => {
    expect(retryAfterInText(text)).toBe(expected)
  })
})

const samples = {
  context: [
    'context_length_exceeded',
    "This model's maximum context length is 8192 tokens. However, you requested 9001 tokens.",
    'prompt is too long: 210000 tokens > 200000 maximum',
    'Your input exceeds the context window of this model.',
    'The input token count (1250060) exceeds the maximum number of tokens allowed (1048575).',
    'too many tokens: size limit exceeded by 12 tokens.',
    'User input tokens exceeds 200000 tokens.',
    'Request too large for gpt-x in organization o on tokens per min (TPM): Limit 10, Requested 20.',
    'the request exceeds the available context size: context size exceeded',
    'Please reduce the length of the messages or completion.',
    'Input is too long for requested model.',
    'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
  ],
  quota: [
    'insufficient_quota',
    'You exceeded your current quota, please check your plan and billing details.',
    'Insufficient Balance',
    'Your credit balance is too low to access the API.',
    'This request requires more credits, or fewer max_tokens.',
    'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
    'billing_hard_limit_reached: Billing hard limit has been reached',
    'Your account is not in good standing (Arrearage)',
  ],
  filter: [
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    'content_policy_violation',
    'Your request was rejected as a result of our safety system.',
    'Content Exists Risk',
    'Output blocked by content filtering policy',
    'Your prompt was flagged as potentially violating our usage policy.',
  ],
  model: [
    'model_not_found',
    'The model `gpt-9` does not exist or you do not have access to it.',
    'model "llama9" not found, try pulling it first',
    'models/gemini-9 is not found for API version v1beta',
    'Model Not Exist',
    'gpt-9 is not a valid model ID',
    'No endpoints found for vendor/model.',
    'DeploymentNotFound: The API deployment for this resource does not exist.',
    'Invalid model: mistral-gigantic',
    'The provided model identifier is invalid.',
    'The model `x-8b` has been decommissioned and is no longer supported.',
    'Model nonexistent is not supported.',
  ],
  key: [
    'Incorrect API key provided: abc.',
    'invalid x-api-key',
    'API key not valid. Please pass a valid API key.',
    'Wrong API Key',
    'Missing Authentication header',
    'Unauthorized',
  ],
  overloaded: [
    'Overloaded',
    'The model is at capacity and currently cannot serve this request.',
    'Service unavailable.',
    'The engine is currently overloaded, please try again later',
  ],
  none: [
    "Unsupported parameter: 'temperature' is not supported with this model.",
    'Rate limit exceeded',
    'Too many tokens, please wait before trying again.',
    "Invalid 'max_tokens': integer below minimum value.",
    "Unexpected role 'system' after role 'assistant'",
    'You exceeded your current quota. Please retry in 22.3s.',
    'Tool choice is required, but model did not call a tool',
    'Rate limit reached on tokens per minute. Upgrade at https://example.com/settings/billing',
    "This model doesn't support the video content block that you provided.",
  ],
} as const

const says: Readonly<Record<string, (text: string) => boolean>> = {
  context: saysContextLength,
  quota: saysQuotaExhausted,
  filter: saysContentFilter,
  model: saysModelNotFound,
  key: saysWrongKey,
  overloaded: saysOverloaded,
}

describe('the words of errors', () => {
  const table = Object.entries(samples).flatMap(([kind, texts]) =>
    texts.map((text) => [kind, text] as const),
  )
  it.each(table)('%s: %s', (kind, text) => {
    const found = Object.keys(says).filter((name) => says[name]?.(text))
    expect(found).toEqual(kind === 'none' ? [] : [kind])
  })
})

describe('withoutSecrets', () => {
  it('takes out what looks like a key', () => {
    const said = 'Incorrect API key provided: sk-proj-abcdef****wxyz. Bearer abcdefghijk refused.'
    expect(withoutSecrets(said)).toBe('Incorrect API key provided: [secret] [secret] refused.')
    expect(withoutSecrets('max_tokens is too large')).toBe('max_tokens is too large')
  })
})
