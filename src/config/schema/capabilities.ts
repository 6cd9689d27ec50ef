import { z } from 'zod'
import type { Capabilities } from '../../core/needs.ts'

/** Abilities that can be said of a model; the sizes have keys of their own. */
export type AbilityName = Exclude<keyof Capabilities, 'contextWindow' | 'maxOutputTokens'>

const descriptions: Readonly<Record<AbilityName, string>> = {
  tools: 'Calls tools.',
  parallelTools: 'Calls several tools at once.',
  vision: 'Reads images.',
  audio: 'Hears or speaks.',
  pdf: 'Reads PDF files.',
  jsonMode: 'Can be held to JSON.',
  jsonSchema: 'Can be held to a JSON schema.',
  reasoning: 'Thinks before it answers, when told to.',
  streaming: 'Streams its replies.',
  promptCache: 'Keeps prompts in a cache and bills what it finds there at a lower price.',
  assistantPrefix: 'Goes on from an assistant message at the end of the conversation.',
}

const ability = (name: AbilityName) =>
  z.boolean().optional().meta({ description: descriptions[name] })

/** What a model can do, where that differs from what is known of it. */
export const capabilities = z.strictObject({
  tools: ability('tools'),
  parallelTools: ability('parallelTools'),
  vision: ability('vision'),
  audio: ability('audio'),
  pdf: ability('pdf'),
  jsonMode: ability('jsonMode'),
  jsonSchema: ability('jsonSchema'),
  reasoning: ability('reasoning'),
  streaming: ability('streaming'),
  promptCache: ability('promptCache'),
  assistantPrefix: ability('assistantPrefix'),
} satisfies Record<AbilityName, unknown>)
