import { describe, expect, it } from 'vitest'
import { configure } from './configure.ts'

const top = `providers: { openai: { apiKey: abcdefgh }, anthropic: { apiKey: abcdefgh } }
models:
  fast:
    targets: [openai/gpt-4o-mini, anthropic/claude-haiku-4-5]
`

/** What is said of a document that has `line` as its fifth, at `indent`. */
function findingsOf(line: string, indent: number): readonly string[] {
  const { problems, warnings } = configure(`${top}${' '.repeat(indent)}${line}\n`)
  return [...problems, ...warnings]
}

describe('wrong settings of a public name', () => {
  it.each([
    ['strategy: latncy', '5:15: error: models.fast.strategy: ', 'not "latncy". Did you mean "lat'],
    ['strategy: LATENCY', 'strategy: ', 'Did you mean "latency"?'],
    [
      'strategy: { latency: 6, cost: 4 }',
      '5:17: ',
      'it belongs into models.fast.strategy.weighted',
    ],
    ['strategy: { weighted: 60 }', 'mapping of latency, cost, success, throughput, not 60'],
    ['strategy: { weighted: { price: 4 } }', '"price"; keys here: latency, cost, success'],
    ['strategy: { weighted: { latency: 0 } }', 'at least one weight above 0'],
    ['strategy: { weighted: { latency: .inf } }', 'must be a number, not Infinity'],
    ['strategy: { adaptive: { exploration: 5% } }', 'a share between 0 and 1, such as 0.05, not'],
    [
      'strategy: { adaptive: { budget: "$5" } }',
      'a number of dollars above 0, such as 0.002, not "$5"',
    ],
    ['successThreshold: 80%', 'a share between 0 and 1, such as 0.8, not "80%"'],
    ['successThreshold: 2', 'a share between 0 and 1, such as 0.8, not 2'],
    ['split: { a: 90, b: 10 }', '5:14: error: models.fast.split.a', 'keys here: by, arms'],
    ['split: { arms: { a: 90, b: 10 } }', 'a mapping of weight, targets, strategy, rollback'],
    ['split: { arms: { 9: { weight: 1 } } }', '"9" cannot stand here', 'add a letter'],
    ['split: { by: users, arms: {} }', 'user, client, request, not "users". Did you mean "user"?'],
    [
      'hedge: auto',
      '5:12: error: models.fast.hedge: must be a mapping of after, budget, not "auto"',
    ],
    ['hedge: { after: 5 }', 'must be auto, or a duration of at least 1ms with its unit', 'not 5'],
    ['hedge: { after: 0ms }', 'must be auto, or a duration of at least 1ms', 'not "0ms"'],
    ['hedge: { delay: 1s }', '5:14: ', 'unknown key "delay"; keys here: after, budget'],
    ['hedge: { budget: 80% }', 'above 0% and be at most 50%, not "80%"'],
    ['retryBudget: { share: 20 }', 'must be a share such as 5%, not 20'],
    ['retryBudget: { percent: 5% }', '"percent"; keys here: share, floor'],
    ['maxPriceMultiplier: 0.5', 'must be at least 1, not 0.5'],
    ['continuation: true', 'must be one of auto, off, not true'],
    ['retries: 3', 'unknown key "retries"; keys here: description, aliases, strategy'],
  ])('%s', (line, ...said) => {
    const all = findingsOf(line, 4).join('\n')
    expect(all).toContain('waybill.yaml:5:')
    for (const part of said) expect(all).toContain(part)
  })
})

describe('wrong settings of the whole gateway', () => {
  it.each([
    ['health: { windw: 10s }', '5:11: error: health.windw', 'Did you mean "window"?'],
    ['health: { window: 10 }', 'a duration with its unit', 'not 10'],
    ['health: { failureRate: 0.5 }', 'must be a share such as 5%, not 0.5'],
    ['health: { slow: 10s }', 'must be a mapping of after, open, not "10s"'],
    ['health: { breaker: {} }', 'unknown key "breaker"; keys here: window, minimumCalls'],
    ['health: { openFor: 20s }', 'must be at least `openFor`, 20s, not 10s'],
    ['health: { checks: { providers: [opnai] } }', 'Did you mean "openai"?'],
    ['hedge: { after: auto }', '5:1: ', 'unknown key "hedge"; it belongs into models.<name>'],
    ['strategy: latency', 'unknown key "strategy"; it belongs into models.<name>'],
    ['auto: { prioritized: [fast] }', 'it belongs into policies.<name>'],
    ['rules: [visoin]', '5:9: error: rules[0]: "visoin" is no rule. Did you mean "vision"?'],
    ['rules: [thrift]', '"thrift" is no rule. Use one of budget, quality, vision, fast, region.'],
    ['rules: [{ when: { vision: true }, prefer: best }]', 'rules[0].name: is missing'],
    ['rules: [{ name: a, if: { vision: true } }]', '"if"; keys here: name, when, prefer'],
    ['rules: [{ name: a, vision: true }]', 'it belongs into rules[0].when'],
    ['rules: [{ name: a, when: { prefer: best } }]', 'it belongs into rules[0]'],
    ['rules: [{ name: a, prefer: cheepest }]', 'Did you mean "cheapest"?'],
    ['rules: [{ name: a, prefer: ["openay/*"] }]', 'Did you mean "openai/*"?'],
    ['rules: [{ name: a, when: { maxCost: 5 ct } }]', 'a number of dollars, such as 0.05, not'],
    [
      'rules: [{ name: a, prefer: best, when: { time: { zone: Europe/Berln } } }]',
      '"Europe/Berln" is no time zone',
      'Did you mean "Europe/Berlin"',
    ],
    ['policies: { p: { allow: ["*"], auto: {} } }', 'names no model; list some under prioritized'],
    [
      'policies: { p: { allow: ["*"], auto: { prioritized: [waybill/auto] } } }',
      'is the name this list stands behind; name models here',
    ],
    [
      'policies: { p: { allow: ["*"], auto: { prioritized: [fast], available: [fast] } } }',
      '"fast" is both prioritized and available',
    ],
    [
      'policies: { p: { allow: ["*"], auto: { available: ["opnai/*"] } } }',
      'warning: policies.p.auto.available[0]: "opnai/*" stands for no model',
      'Did you mean "openai/*"?',
    ],
    ['regions: { header: "x region" }', 'such as cf-ipcountry, not "x region"'],
    ['regions: { near: { eu: us } }', 'regions.near.eu: must be a list, not "us"'],
    ['retryBudget: 20%', 'must be a mapping of share, floor, not "20%"'],
  ])('%s', (line, ...said) => {
    const all = findingsOf(line, 0).join('\n')
    expect(all).toContain('waybill.yaml:5:')
    for (const part of said) expect(all).toContain(part)
  })
})

describe('wrong facts of a model', () => {
  it.each([
    ['{ capabilities: { visoin: true } }', 'unknown key "visoin". Did you mean "vision"?'],
    ['{ tools: true }', 'it belongs into providers.openai.models.x.capabilities'],
    ['{ capabilities: { contextWindow: 9 } }', 'it belongs into providers.openai.models.x'],
    ['{ contextWindow: 8k }', 'must be a number, not "8k"'],
    ['{ contextWindow: 8, maxOutputTokens: 9 }', 'must be at most `contextWindow`, 8, not 9'],
    ['{ price: 5 }', 'must be free, or { input, output } in dollars per million tokens, not 5'],
    ['{ price: { input: 1, ouput: 2 } }', 'Did you mean "output"?'],
    ['{ price: { input: 1, output: 2, tiers: [{ abvoe: 5 }] } }', 'Did you mean "above"?'],
  ])('%s', (model, said) => {
    const { problems } = configure(
      `providers:\n  openai:\n    apiKey: abcdefgh\n    models:\n      x: ${model}\n`,
    )
    expect(problems.join('\n')).toContain('waybill.yaml:5:')
    expect(problems.join('\n')).toContain(said)
  })
})
