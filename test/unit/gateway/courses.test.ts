import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import { arrayAt, isObject, objectAt, parseJson, stringAt } from '../../../src/core/json.ts'
import { catalogOf } from '../config/configure.ts'
import { begun, type Conduct, endings, happenings, wholeWords } from './played-provider.ts'
import { type Asked, type Got, gatewayRig, type Rig } from './rig.ts'

const names = ['one', 'two', 'three', 'four']
const attempts = 2

/** `c3-hedged`: three targets, and so on; those of the last two providers go on from a beginning. */
function aliases(): string {
  const lines: string[] = []
  for (const count of [1, 2, 3, 4]) {
    for (const hedge of ['', 'hedge: { after: 300ms, budget: 50% }, ']) {
      const targets = names.slice(0, count).map((name) => `${name}/m`)
      const name = `c${count}${hedge === '' ? '' : '-hedged'}`
      const retry = `retry: { attempts: ${attempts}, backoff: 100ms }`
      const timeouts = 'timeouts: { connect: 1s, firstToken: 2s, idle: 1s, total: 3s }'
      lines.push(`  ${name}: { targets: [${targets}], ${hedge}${retry}, ${timeouts} }\n`)
    }
  }
  return lines.join('')
}

const catalog = catalogOf(`
providers:
  one: { dialect: openai, baseUrl: http://one.test, models: { m: { capabilities: { assistantPrefix: false } } } }
  two: { dialect: openai, baseUrl: http://two.test, models: { m: { capabilities: { assistantPrefix: true } } } }
  three: { dialect: openai, baseUrl: http://three.test, models: { m: { capabilities: { assistantPrefix: true } } } }
  four: { dialect: openai, baseUrl: http://four.test }
models:
${aliases()}limits:
  client: [{ per: hour, tokens: 1000000 }, { concurrent: 5 }]
  provider: [{ per: hour, requests: 1000 }, { per: hour, tokens: 1000000 }, { concurrent: 3 }]
`)

type Client =
  | { readonly does: 'leave'; readonly atMs: number }
  | { readonly does: 'pause'; readonly atMs: number; readonly forMs: number }
  | { readonly does: 'stop the gateway'; readonly atMs: number }
  | { readonly does: 'read' }

interface Course {
  readonly model: string
  readonly streaming: boolean
  readonly deadlineMs: number | null
  readonly conducts: readonly Conduct[]
  readonly client: Client
}

const conduct: fc.Arbitrary<Conduct> = fc.record({
  headMs: fc.constantFrom(null, 0, 50, 250, 400, 900, 2_500),
  wordMs: fc.constantFrom(0, 30, 200),
  words: fc.nat(6),
  ends: fc.oneof(
    { weight: 3, arbitrary: fc.constant('answers' as const) },
    { weight: 2, arbitrary: fc.constantFrom('breaks the connection', 'falls silent') },
    { weight: 3, arbitrary: fc.constantFrom(...endings) },
  ),
})
const atMs = fc.constantFrom(0, 20, 310, 350, 1_000, 2_100)
const course: fc.Arbitrary<Course> = fc.record({
  model: fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.boolean())
    .map(([count, hedged]) => `c${count}${hedged ? '-hedged' : ''}`),
  streaming: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  deadlineMs: fc.option(fc.constantFrom(100, 1_500, 4_000)),
  conducts: fc.array(conduct, { minLength: 1, maxLength: 5 }),
  client: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Client>({ does: 'read' }) },
    fc.record({ does: fc.constant('leave' as const), atMs }),
    fc.record({
      does: fc.constant('pause' as const),
      atMs,
      forMs: fc.constantFrom(100, 1_500, 20_000),
    }),
    fc.record({ does: fc.constant('stop the gateway' as const), atMs }),
  ),
})

interface Played {
  readonly rig: Rig
  readonly got: Got
  readonly record: WaybillRecord | undefined
  /** Whether the client had seen a part when the attempt was sent. */
  readonly late: readonly boolean[]
}

/** Plays a course to its end and a little further; nobody but the gateway has timers on its clock. */
async function play({ model, streaming, deadlineMs, conducts, client }: Course): Promise<Played> {
  const due: { atMs: number; act: () => void }[] = []
  const late: boolean[] = []
  let seen: Got | null = null
  let draws = 0
  const rig: Rig = gatewayRig(catalog, {
    random: () => (draws++ % 10) / 10,
    onAsked(asked) {
      late.push(seen?.status === 200)
      const conduct = conducts[(rig.asked.length - 1) % conducts.length]
      if (conduct === undefined) return
      for (const { afterMs, act } of happenings(asked, conduct)) {
        if (afterMs === null) act()
        else due.push({ atMs: rig.clock.monotonicMs() + afterMs, act })
      }
    },
  })
  const headers: Record<string, string> =
    deadlineMs === null ? {} : { 'x-waybill-timeout-ms': String(deadlineMs) }
  const messages = [{ role: 'user', content: 'hi' }]
  const { got, over } = rig.send({ model, stream: streaming, messages }, { headers })
  seen = got
  addClient(client, rig, got, due)
  // It is admitted before it runs.
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  while (rig.running.members().length > 0) {
    due.sort((one, other) => one.atMs - other.atMs)
    const nowMs = rig.clock.monotonicMs()
    if (nowMs > 120_000) throw new Error('it does not end')
    const next = due[0]
    if (next !== undefined && next.atMs <= nowMs) {
      due.shift()
      next.act()
    } else {
      const leftMs = next === undefined ? 1_000 : next.atMs - nowMs
      rig.clock.advance(Math.min(leftMs, 1_000))
    }
  }
  await over
  for (const { act } of due) act()
  got.flowing = true
  got.drained()
  // The end of a reply that was taken late is looked after for a moment.
  if (client.does === 'pause') rig.clock.advance(5_000)
  return { rig, got, late, record: rig.records[0] }
}

function addClient(
  client: Client,
  rig: Rig,
  got: Got,
  due: { atMs: number; act: () => void }[],
): void {
  if (client.does === 'read') return
  const { atMs } = client
  if (client.does === 'leave') due.push({ atMs, act: () => (got.ended ? undefined : got.leave()) })
  if (client.does === 'stop the gateway') {
    due.push({ atMs, act: () => rig.running.members().forEach((one) => void one.stopServing()) })
  }
  if (client.does !== 'pause') return
  due.push({ atMs, act: () => void Object.assign(got, { flowing: false }) })
  const resume = () => {
    got.flowing = true
    got.drained()
  }
  due.push({ atMs: atMs + client.forMs, act: resume })
}

function textOf(asked: Asked): string {
  return asked.call.origin
}

/** What a client makes of a stream: throws where an event cannot be parsed. */
function read(body: string) {
  const read = {
    text: '',
    ids: new Set<string | null>(),
    errors: 0,
    finishes: 0,
    dones: 0,
    after: 0,
  }
  for (const block of body.split('\n\n').filter((one) => one !== '')) {
    const data = block.replace(/^data: /, '')
    if (read.dones + read.errors > 0) read.after += 1
    if (data === '[DONE]') {
      read.dones += 1
      continue
    }
    const chunk = parseJson(data)
    if (!isObject(chunk)) throw new Error(`no event: ${block}`)
    if (objectAt(chunk, 'error') !== null) read.errors += 1
    const [choice] = arrayAt(chunk, 'choices')
    read.text += stringAt(objectAt(choice, 'delta') ?? undefined, 'content') ?? ''
    if (stringAt(choice, 'finish_reason') !== null) read.finishes += 1
  }
  return read
}

describe('any course of a request', () => {
  const check = async (played: Played, { model, streaming }: Course) => {
    const { rig, got, record, late } = played
    // One ending, one record, and nothing left behind.
    expect(rig.records.length).toBe(1)
    expect(rig.internalErrors).toEqual([])
    expect(rig.running.members()).toEqual([])
    expect(rig.clock.waiting()).toBe(0)
    for (const target of catalog.aliases.get(model)?.targets ?? []) {
      const { inFlight, outstandingTokens } = rig.knowledge.fleet.vitals(target.target)
      expect({ inFlight, outstandingTokens }).toEqual({ inFlight: 0, outstandingTokens: 0 })
    }

    // Nothing stays borrowed; each attempt counts at its provider, with what it used.
    expect(rig.limiting.tickets.open).toBe(0)
    const books = await rig.limiting.state.books({ subject: null, limit: 99 })
    for (const book of books) expect(book.reserved).toBe(0)
    const taken = (scope: string, metric: string) =>
      books
        .filter(({ limit, subject }) => limit.metric === metric && subject.startsWith(scope))
        .reduce((sum, { used }) => sum + used, 0)
    expect(taken('provider:', 'requests')).toBe(rig.asked.length)
    expect(taken('provider:', 'concurrent') + taken('client:', 'concurrent')).toBe(0)
    const tokens = (record?.attempts ?? []).reduce(
      (sum, { usage }) => sum + usage.inputTokens + usage.outputTokens,
      0,
    )
    expect(taken('provider:', 'tokens')).toBe(tokens)
    expect(taken('client:', 'tokens')).toBe(tokens)

    // Every attempt has its line, none is one too many, and none was begun after output in vain.
    expect(record?.attempts.length).toBe(rig.asked.length)
    for (const name of names) {
      const at = record?.attempts.filter(({ target }) => target === `${name}/m`) ?? []
      // One that was given up, because another won, may be asked again.
      const made = at.filter(({ result }) => result !== 'cancelled')
      expect(made.length).toBeLessThanOrEqual(attempts)
    }
    for (const [index, asked] of rig.asked.entries()) {
      if (late[index]) expect([textOf(asked), begun(asked) > 0]).toEqual([textOf(asked), true])
    }
    const answered = record?.attempts.filter(({ result }) => result === 'success') ?? []
    expect(answered.length).toBe(record?.outcome === 'success' ? 1 : 0)

    // What the client saw is one reply, or the beginning of one and an error.
    if (record?.outcome === 'cancelled') {
      expect(got.ended).toBe(false)
    } else {
      expect(got.ended !== got.broken).toBe(true)
      expect(got.status).toBe(record?.status)
    }
    if (got.status !== 200) return
    if (!streaming) {
      if (record?.outcome === 'success') expect(got.body).toContain(wholeWords)
      return
    }
    const heard = read(got.body)
    expect(wholeWords.startsWith(heard.text)).toBe(true)
    expect(heard.after).toBe(0)
    if (record?.outcome === 'success') {
      expect(heard).toMatchObject({ text: wholeWords, finishes: 1, errors: 0 })
    } else {
      expect(heard.dones).toBe(0)
      // Whoever leaves, or stops the gateway, may do so after a finish whose usage is still waited for.
      const ended = record?.failureClass === 'cancelled' || record?.failureClass === 'shutting_down'
      if (!ended) expect(heard.finishes).toBe(0)
      expect(heard.errors).toBe(record?.outcome === 'failure' ? 1 : 0)
    }
  }

  it('ends once, settles everything, and shows one reply', async () => {
    const seen = { continued: 0, hedged: 0, cancelled: 0, succeeded: 0 }
    await fc.assert(
      fc.asyncProperty(course, async (course) => {
        const played = await play(course)
        await check(played, course)
        const { record, late } = played
        if (late.some(Boolean)) seen.continued += 1
        if (record?.attempts.some(({ result }) => result === 'cancelled')) seen.hedged += 1
        if (record?.outcome === 'cancelled') seen.cancelled += 1
        if (record?.outcome === 'success') seen.succeeded += 1
      }),
      { numRuns: 2_000 },
    )
    // The courses are not all the same.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20)
  })
})
