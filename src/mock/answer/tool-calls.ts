import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Ask, OfferedTool } from '../request/ask.ts'
import { instanceOf } from './instance.ts'

export interface AnsweredCall {
  readonly id: string
  readonly name: string
  /** JSON text. */
  readonly input: string
}

/**
 * The tools this answer calls: as many as the behaviour or the model name (`tool`, `tools2`) says, or
 * one where the request demands it or the last user message speaks of it. None in answer to a tool's
 * result, so that a loop of calls ends.
 */
export function callsFor(ask: Ask, behaviour: Behaviour, id: string): AnsweredCall[] {
  if (ask.tools.length === 0 || ask.toolChoice === 'none') return []
  if (ask.messages.at(-1)?.role === 'tool') return []
  const wanted = behaviour.toolCalls ?? callsInModelName(ask.model) ?? (isAskedFor(ask) ? 1 : 0)
  const allowed = ask.parallelTools ? wanted : Math.min(wanted, 1)
  return Array.from({ length: allowed }, (_, index) => callTo(toolAt(ask, index), `${id}${index}`))
}

function callsInModelName(model: string): number | null {
  const found = /tools?(\d*)/.exec(model)
  if (found === null) return null
  return found[1] === '' || found[1] === undefined ? 1 : Number(found[1])
}

function isAskedFor(ask: Ask): boolean {
  if (ask.toolChoice !== 'auto') return true
  const text = ask.messages.at(-1)?.text ?? ''
  if (/\btools?\b/i.test(text)) return true
  return ask.tools.some((tool) => text.includes(tool.name))
}

function toolAt(ask: Ask, index: number): OfferedTool | undefined {
  const choice = ask.toolChoice
  if (typeof choice === 'object') return ask.tools.find((tool) => tool.name === choice.name)
  return ask.tools[index % ask.tools.length]
}

function callTo(tool: OfferedTool | undefined, id: string): AnsweredCall {
  const schema = tool?.schema ?? {}
  const input = JSON.stringify(instanceOf({ type: 'object', ...schema }))
  return { id, name: tool?.name ?? 'unknown', input }
}
