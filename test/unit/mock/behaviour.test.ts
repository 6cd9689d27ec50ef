import { describe, expect, it } from 'vitest'
import { plainBehaviour } from '../../../src/mock/behaviour/behaviour.ts'
import {
  behaviourInHeaders,
  createBehaviourBook,
  splitModelName,
} from '../../../src/mock/behaviour/behaviour-book.ts'
import { createGatekeeper } from '../../../src/mock/behaviour/gate.ts'
import { parseBehaviour } from '../../../src/mock/behaviour/parse-behaviour.ts'

function parsed(...texts: string[]) {
  const outcome = parseBehaviour(plainBehaviour, texts)
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

function refusal(text: string): string {
  const outcome = parseBehaviour(plainBehaviour, [text])
  return outcome.ok ? '' : outcome.failure.message
}

describe('behaviour text', () => {
  it('sets what it names and leaves the rest', () => {
    const behaviour = parsed('ttft=200; tps=50;tokens=5;fault=cut-fin@7+crlf;status=503')
    expect(behaviour).toMatchObject({ firstTokenMs: 200, tokensPerSecond: 50, tokens: 5 })
    expect([...behaviour.trouble.faults]).toEqual([
      ['cut-fin', 7],
      ['crlf', 0],
    ])
    expect(behaviour.trouble.status).toBe(503)
    expect(behaviour.jitterMs).toBe(0)
  })

  it('fills in the usual place of a fault', () => {
    expect(parsed('fault=stall').trouble.faults.get('stall')).toBe(20)
  })

  it('keeps an address with semicolons out and colons in', () => {
    expect(parsed('status=307;location=http://127.0.0.1:9/x').trouble.location).toBe(
      'http://127.0.0.1:9/x',
    )
  })

  it.each([
    ['ttft=soon', 'milliseconds'],
    ['speed=9', 'knows no "speed"'],
    ['status=200', '300 to 599'],
    ['fault=cut-fim', 'cut-fin'],
    ['fault=crlf@3', 'one or more'],
    ['tokens=1.5', 'whole number'],
    ['rate=1.5', '0 to 1'],
    ['outage=9..5', 'FROM..TO'],
    ['retry-after=later', 'date:SECONDS'],
  ])('refuses %s and says what would be right', (text, said) => {
    expect(refusal(text)).toContain(said)
  })

  it('replaces trouble of the weaker text, and only that', () => {
    const behaviour = parsed('ttft=50;fault=rst;times=3', 'status=500')
    expect(behaviour.firstTokenMs).toBe(50)
    expect(behaviour.trouble.faults.size).toBe(0)
    expect(behaviour.gate.times).toBeNull()
  })
})

describe('where behaviour comes from', () => {
  it('splits a model name at its first semicolon', () => {
    expect(splitModelName('a/b;ttft=1;tps=2')).toEqual({ model: 'a/b', behaviour: 'ttft=1;tps=2' })
    expect(splitModelName('plain')).toEqual({ model: 'plain', behaviour: '' })
  })

  it('reads headers of both kinds', () => {
    const text = behaviourInHeaders({ 'x-mock': 'tps=5', 'x-mock-ttft': '9', 'x-mocking': 'no' })
    expect(parsed(text)).toMatchObject({ tokensPerSecond: 5, firstTokenMs: 9 })
  })

  it('lets headers overrule the model name, that the model, that the defaults', () => {
    const book = createBehaviourBook(parsed('tokens=1;ttft=1;tps=1;seed=1'), {
      m: 'ttft=2;tps=2;seed=2',
    })
    const found = book.find({ model: 'm', behaviour: 'tps=3;seed=3' }, { 'x-mock': 'seed=4' })
    expect(found.ok && found.value).toMatchObject({
      tokens: 1,
      firstTokenMs: 2,
      tokensPerSecond: 3,
      seed: 4,
    })
  })
})

describe('the gate', () => {
  const troubled = (behaviour: ReturnType<typeof parsed>) => behaviour.trouble.status !== null

  it('troubles the first requests of each key only', () => {
    const gate = createGatekeeper(1)
    const behaviour = parsed('status=500;times=2')
    const struck = ['a', 'a', 'b', 'a', 'b', 'b'].map((model) =>
      troubled(gate.decide(behaviour, model, 0)),
    )
    expect(struck).toEqual([true, true, true, false, true, false])
    const shared = parsed('status=500;times=1;key=k')
    expect(troubled(gate.decide(shared, 'a', 0))).toBe(true)
    expect(troubled(gate.decide(shared, 'b', 0))).toBe(false)
  })

  it('troubles only within an outage', () => {
    const gate = createGatekeeper(1)
    const behaviour = parsed('status=503;outage=100..200')
    const struck = [0, 99, 100, 199, 200].map((at) => troubled(gate.decide(behaviour, 'm', at)))
    expect(struck).toEqual([false, false, true, true, false])
  })

  it('draws a share by seed, the same every time', () => {
    const draw = () => {
      const gate = createGatekeeper(7)
      const behaviour = parsed('status=500;rate=0.25')
      return Array.from({ length: 2000 }, () => troubled(gate.decide(behaviour, 'm', 0)))
    }
    const share = draw().filter(Boolean).length / 2000
    expect(share).toBeGreaterThan(0.22)
    expect(share).toBeLessThan(0.28)
    expect(draw()).toEqual(draw())
  })
})
