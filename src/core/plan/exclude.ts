import type { Target } from '../catalog.ts'
import { type Capabilities, capabilityNames, type Needs, unknownCapabilities } from '../needs.ts'
import type { Operation, Request } from '../request.ts'

/**
 * Share of an estimate that is certain where nothing better is known: text has 3 to 5.7 bytes per token,
 * estimates count 4. A provider that refuses a prompt is found out by asking, one that is wrongly left
 * out never is, so only a prompt that certainly does not fit keeps a request from a target.
 */
const certainShare = 0.7

const words: Readonly<Record<keyof Needs, string>> = {
  tools: 'no tools',
  parallelTools: 'no parallel tool calls',
  vision: 'no vision',
  audio: 'no audio',
  pdf: 'no PDF',
  jsonMode: 'no JSON mode',
  jsonSchema: 'no JSON schema',
  reasoning: 'no reasoning',
  streaming: 'no streaming',
}

/**
 * Why a target certainly cannot serve a request, for people: `no vision`, or
 * `context window 8192 < 12000 tokens needed (…)`; null when it can, or when that is not known. The
 * request is only read for abilities that the target is known to lack.
 */
export function unfit(target: Target, request: Request): string | null {
  const { capabilities } = target
  if (capabilities === unknownCapabilities) return null
  const lacking = lackingIn(capabilities)
  if (lacking.length > 0) {
    const needs = request.needs()
    for (const name of lacking) if (needs[name]) return words[name]
  }
  return generates(request.endpoint.operation) ? tooSmall(capabilities, request) : null
}

/** What a model is known to lack, found out once: capabilities are asked for in every plan. */
const lacks = new WeakMap<Capabilities, readonly (keyof Needs)[]>()

function lackingIn(capabilities: Capabilities): readonly (keyof Needs)[] {
  const known = lacks.get(capabilities)
  if (known !== undefined) return known
  const lacking = capabilityNames.filter((name) => capabilities[name] === false)
  lacks.set(capabilities, lacking)
  return lacking
}

/** Other operations have limits of their own: embeddings of many texts, say, have one for each. */
function generates(operation: Operation): boolean {
  return operation === 'chat' || operation === 'completion'
}

function tooSmall(capabilities: Capabilities, request: Request): string | null {
  const { contextWindow, maxOutputTokens } = capabilities
  const wanted = request.maxOutputTokens ?? 0
  if (maxOutputTokens !== null && wanted > maxOutputTokens) {
    return `max output ${maxOutputTokens} < ${wanted} asked for`
  }
  if (contextWindow === null) return null
  const input = request.inputTokensEstimate
  // The cheap look first: what fits by its estimate is not counted again.
  if (input + wanted <= contextWindow) return null
  const least = request.leastInputTokens?.() ?? Math.floor(input * certainShare)
  if (least + wanted <= contextWindow) return null
  const parts = `about ${input} in, ${wanted === 0 ? 'and the reply' : `${wanted} out`}`
  return `context window ${contextWindow} < ${input + wanted} tokens needed (${parts})`
}
