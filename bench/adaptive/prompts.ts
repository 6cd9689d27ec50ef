import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  arrayAt,
  isObject,
  type JsonValue,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from '../../src/core/json.ts'

/** What one model did with a prompt. */
export interface Outcome {
  readonly model: string
  readonly reward: number
  readonly costUsd: number
}

/** A prompt and what each of some models did with it. */
export interface Prompt {
  readonly text: string
  readonly outcomes: readonly Outcome[]
}

/** Dollars per million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
}

export interface Recorded {
  readonly prompts: readonly Prompt[]
  /** By model; empty when no list lies beside the prompts. */
  readonly prices: ReadonlyMap<string, Price>
}

/** Reads recorded outcomes, one JSON object per line; null when there is no such file. */
export function readRecorded(file: string): Recorded | null {
  if (!existsSync(file)) return null
  const lines = readFileSync(file, 'utf8').split('\n')
  const prompts = lines.map((line) => promptOf(parseJson(line))).filter((line) => line !== null)
  const list = path.join(path.dirname(file), 'models_k4.json')
  return { prompts, prices: pricesOf(existsSync(list) ? readFileSync(list, 'utf8') : '') }
}

function promptOf(line: JsonValue | undefined): Prompt | null {
  const text = stringAt(line, 'prompt')
  const outcomes: Outcome[] = []
  for (const [model, arm] of Object.entries(objectAt(line, 'arms') ?? {})) {
    const reward = numberAt(arm, 'reward')
    const costUsd = numberAt(arm, 'cost')
    if (reward !== null && costUsd !== null) outcomes.push({ model, reward, costUsd })
  }
  return text === null || outcomes.length === 0 ? null : { text, outcomes }
}

function pricesOf(text: string): ReadonlyMap<string, Price> {
  const prices = new Map<string, Price>()
  for (const entry of arrayAt(parseJson(text), 'models')) {
    if (!isObject(entry)) continue
    const model = stringAt(entry, 'model_id')
    const input = numberAt(entry, 'input_cost_per_m')
    const output = numberAt(entry, 'output_cost_per_m')
    if (model !== null && input !== null && output !== null) prices.set(model, { input, output })
  }
  return prices
}
