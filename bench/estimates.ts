/**
 * How well limits are used, and how far they are exceeded, when nobody knows before how long a reply
 * will be: a budget of a dollar for 200 requests of about $0.05 that come at once, and a limit on tokens per
 * minute under recorded and rough traffic; and how long an estimate takes. Virtual time, seeded: the same
 * figures on every machine, but for the last line.
 *
 *   npm run bench:estimates
 */
import { formatTable } from '../src/cli/table.ts'
import { type BudgetCase, type BudgetResult, playBudget, spreads } from './estimates/budget.ts'
import { estimateCost } from './estimates/cost.ts'
import { playTokens, type TokensCase, type TokensResult, type Traced } from './estimates/tokens.ts'
import { recordedTrace, roughTrace } from './estimates/traces.ts'

const runs = Number(process.argv[2] ?? 50)
const percent = (share: number, digits = 1): string => (100 * share).toFixed(digits)

await printBudgets()
await printTokens()
printCost()

async function printBudgets(): Promise<void> {
  const rows: string[][] = []
  for (const spread of Object.keys(spreads).filter(isSpread)) {
    for (const variedInput of [false, true]) {
      for (const bound of [null, 1.5, 4]) {
        for (const seen of [0, 100]) {
          const one = { spread, variedInput, bound, seen, retries: true }
          rows.push(await budgetRow(one))
        }
      }
    }
  }
  console.log(`a budget of $1, 200 requests of about $0.05, ${runs} runs each`)
  const heads = ['OUTPUT', 'INPUT', 'MAX_TOKENS', 'SEEN', 'MOST SPENT %', 'RUNS > 102 %']
  console.log(formatTable([...heads, 'RUNS ≥ 98 %', 'MEAN %', 'AT FIRST', 'FALSE'], rows))
}

async function budgetRow(one: BudgetCase): Promise<string[]> {
  const results: BudgetResult[] = []
  for (let seed = 0; seed < runs; seed++) results.push(await playBudget(one, seed))
  const mean = (of: (result: BudgetResult) => number) =>
    results.reduce((sum, result) => sum + of(result), 0) / runs
  return [
    one.spread,
    one.variedInput ? 'varied' : 'same',
    one.bound === null ? '-' : `${one.bound} × mean`,
    String(one.seen),
    percent(Math.max(...results.map(({ spent }) => spent))),
    `${percent(
      mean(({ spent }) => Number(spent > 1.02)),
      0,
    )} %`,
    `${percent(
      mean(({ spent }) => Number(spent >= 0.98)),
      0,
    )} %`,
    percent(mean(({ spent }) => spent)),
    mean(({ atFirst }) => atFirst).toFixed(0),
    String(mean(({ refusedFalsely }) => refusedFalsely)),
  ]
}

async function printTokens(): Promise<void> {
  const rows: string[][] = []
  for (const [name, trace, tokensPerMinute] of traces()) {
    for (const demand of [1.2, 2, 3]) {
      for (const burstMs of [0, 20_000]) {
        for (const retries of ['none', 'obedient', 'eager'] as const) {
          const one = { tokensPerMinute, demand, burstMs, inputError: 0.15, retries }
          rows.push(tokensRow(name, one, await playTokens(trace, one, 7)))
        }
      }
    }
  }
  console.log('\ntokens per minute')
  const heads = ['TRACE', 'LIMIT', 'DEMAND', 'BURSTS', 'RETRIES', 'OVER %', 'MINUTES > 101 %']
  console.log(formatTable([...heads, 'USED %', 'FALSE'], rows))
}

function printCost(): void {
  const { estimate, charges, lesson } = estimateCost()
  const rows = [
    ['one estimate', estimate],
    ['its charges at six limits', charges],
    ['learning from one reply', lesson],
  ] as const
  console.log()
  for (const [what, us] of rows) console.log(`${what}: ${us.toFixed(2)} µs`)
}

function traces(): [string, readonly Traced[], number][] {
  const [all, fifth, twentieth] = [recordedTrace(), recordedTrace(5), recordedTrace(20)]
  const rough = roughTrace(300, 3)
  const known: [string, readonly Traced[], number][] = [['rough', rough, 300_000]]
  if (all === null || fifth === null || twentieth === null) {
    console.log('the recorded trace is not here: left out')
    return known
  }
  known.push(['recorded', all, 454_000], ['every 5th', fifth, 90_000])
  known.push(['every 20th', twentieth, 22_500])
  return known
}

function tokensRow(name: string, one: TokensCase, result: TokensResult): string[] {
  return [
    name,
    String(one.tokensPerMinute),
    `${one.demand} ×`,
    one.burstMs === 0 ? '-' : `${one.burstMs / 1_000} s`,
    one.retries,
    percent(Math.max(0, result.fullestMinute - 1), 2),
    `${percent(result.overfull, 2)} %`,
    percent(result.used),
    String(result.refusedFalsely),
  ]
}

function isSpread(name: string): name is keyof typeof spreads {
  return name in spreads
}
