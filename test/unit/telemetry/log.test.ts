import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLog, type LogOptions, logStyle } from '../../../src/adapters/telemetry/log.ts'
import { createRedactor } from '../../../src/adapters/telemetry/redact.ts'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import { sampleRecord } from '../../conformance/ledger/sample-record.ts'

function capture(changes: Partial<LogOptions> = {}) {
  let text = ''
  const redactor = createRedactor()
  const log = createLog({
    write(bytes, done) {
      text += Buffer.from(bytes).toString()
      done(null, bytes.length)
    },
    redactor,
    format: 'json',
    colour: false,
    nowMs: () => Date.UTC(2026, 10, 20, 8, 30),
    ...changes,
  })
  return {
    log,
    redactor,
    async lines(): Promise<string[]> {
      await log.flush()
      return text.split('\n').slice(0, -1)
    },
  }
}

describe('the JSON log', () => {
  it('writes one object per request, its fields in a fixed order', async () => {
    const { log, lines } = capture()
    log.finished(sampleRecord('wb_1'))
    const [line = ''] = await lines()
    expect(Object.keys(JSON.parse(line)).slice(0, 12)).toEqual([
      'time',
      'level',
      'msg',
      'id',
      'client',
      'user',
      'policy',
      'model',
      'target',
      'status',
      'outcome',
      'class',
    ])
    expect(JSON.parse(line)).toMatchObject({
      time: '2026-11-20T08:30:00.000Z',
      level: 'info',
      id: 'wb_1',
      attempts: 2,
      inputTokens: 1234,
      costUsd: 0.0014178,
      firstOutputMs: 300.13,
    })
  })

  it.each([
    ['rate_limited', 'warn'],
    ['invalid_request', 'warn'],
    ['overloaded', 'error'],
    ['internal', 'error'],
  ] as const)('marks a request that failed as %s with level %s', async (failureClass, level) => {
    const { log, lines } = capture()
    log.finished(sampleRecord('wb_1', { outcome: 'failure', failureClass }))
    expect(JSON.parse((await lines())[0] ?? '')).toMatchObject({ level, class: failureClass })
  })

  it('masks fields that are named like secrets', async () => {
    const { log, lines } = capture()
    log.event('info', 'started', { apiKey: 'plain words', listen: '127.0.0.1:4100', token: null })
    expect(JSON.parse((await lines())[0] ?? '')).toMatchObject({
      msg: 'started',
      apiKey: '[redacted]',
      listen: '127.0.0.1:4100',
      token: null,
    })
  })

  it('cuts texts that are far too long', async () => {
    const { log, lines } = capture()
    log.event('error', 'x'.repeat(100_000))
    expect((await lines())[0]?.length).toBeLessThan(2200)
  })
})

describe('the log in a terminal', () => {
  it('shows a request in one line, with its cost and why it failed', async () => {
    const { log, lines } = capture({ format: 'pretty' })
    log.finished(sampleRecord('wb_1'))
    log.finished(
      sampleRecord('wb_2', {
        target: null,
        status: 429,
        outcome: 'failure',
        failureClass: 'rate_limited',
        failureMessage: 'Wait 3 s.',
        attempts: [],
        costNanoUsd: null,
        firstOutputMs: null,
      }),
    )
    log.event('warn', 'configuration refused', { line: 12 })
    const [good, bad, event] = await lines()
    expect(good).toMatch(/^\d\d:\d\d:\d\d {2}200 {2}fast → google\/gemini-2.5-flash +1202 ms/)
    expect(good).toMatch(/1234\+345 tok +\$0\.001418 {2}web +wb_1 {2}2 attempts$/)
    expect(bad).toMatch(/429 {2}fast → - .* \$\? .* wb_2 {2}rate_limited: Wait 3 s\.$/)
    expect(event).toMatch(/warn {2}configuration refused {2}line=12$/)
  })

  it('has colours only where they are wanted', async () => {
    expect(logStyle(true, {})).toEqual({ format: 'pretty', colour: true })
    expect(logStyle(true, { NO_COLOR: '1' })).toEqual({ format: 'pretty', colour: false })
    expect(logStyle(true, { TERM: 'dumb' })).toEqual({ format: 'pretty', colour: false })
    expect(logStyle(false, {})).toEqual({ format: 'json', colour: false })
    const { log, lines } = capture({ format: 'pretty', colour: true })
    log.finished(sampleRecord('wb_1'))
    expect((await lines())[0]).toContain('\u001b[32m200\u001b[0m')
  })
})

/** A record with the same text in every place where a client or provider can put one. */
function recordSaying(text: string): WaybillRecord {
  return sampleRecord(`wb_${text}`, {
    path: text,
    client: text,
    user: text,
    policy: text,
    model: text,
    strategy: text,
    target: text,
    reason: text,
    warnings: [text],
    outcome: 'failure',
    status: 502,
    failureClass: 'server_error',
    failureMessage: text,
    metadata: { [text]: text },
  })
}

describe.each(['json', 'pretty'] as const)('the %s log', (format) => {
  it('lets no known secret through, wherever it was planted', async () => {
    const secret = fc.stringMatching(/^[\w!#$%&*+./:;=?@^~-]{12,40}$/)
    const noise = fc.string({ unit: 'binary', maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(secret, noise, noise, async (canary, before, after) => {
        const { log, redactor, lines } = capture({ format })
        redactor.addSecret(canary)
        const encoded = Buffer.from(`user:${canary}`).toString('base64')
        log.finished(recordSaying(before + canary + after))
        log.finished(recordSaying(before + encoded + after))
        log.event('warn', before + canary, { note: canary + after, list: [canary], [canary]: 1 })
        const text = (await lines()).join('\n')
        expect(text).not.toContain(canary)
        expect(text).not.toContain(encoded)
        expect(text).not.toContain(Buffer.from(canary).toString('base64').slice(0, -4))
      }),
      { numRuns: 200 },
    )
  })

  it('lets nothing through that is shaped like a credential', async () => {
    const tail = fc.stringMatching(/^[A-Za-z0-9]{20,40}$/)
    const before = fc.constantFrom('', ' ', '"', '=', ':', '/', ',', '(', '\n', '\\"')
    const mark = fc.constantFrom('sk-', 'sk-ant-', 'wb-', 'AIza', 'Bearer ', 'x-api-key: ', '?key=')
    await fc.assert(
      fc.asyncProperty(before, mark, tail, async (start, prefix, canary) => {
        const { log, lines } = capture({ format })
        log.finished(recordSaying(`${start}${prefix}${canary} end`))
        log.event('error', `${start}${prefix}${canary}`)
        expect((await lines()).join('\n')).not.toContain(canary)
      }),
      { numRuns: 200 },
    )
  })

  it('keeps each record on one line of its own, free of control characters', async () => {
    const dangerous = fc.string({
      unit: fc.constantFrom('\n', '\r', '\u001b[31m', '\u0085', '\u2028', '\u202e', '\0', '"', 'a'),
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(dangerous, async (text) => {
        const { log, lines } = capture({ format })
        log.finished(recordSaying(text))
        log.event('info', text, { text, list: [text] })
        const written = await lines()
        expect(written).toHaveLength(2)
        for (const line of written) expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202e]/u)
        if (format === 'json') expect(JSON.parse(written[1] ?? '')).toMatchObject({ msg: text })
      }),
      { numRuns: 200 },
    )
  })
})
