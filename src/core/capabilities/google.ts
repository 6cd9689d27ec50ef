import type { Capabilities } from '../needs.ts'
import type { ModelFamily } from './family.ts'

const sizedAt = ['google', 'vertex']

const gemini: Partial<Capabilities> = {
  tools: true,
  parallelTools: true,
  vision: true,
  audio: true,
  pdf: true,
  jsonMode: true,
  jsonSchema: true,
  streaming: true,
}

/** Most specific first. */
export const googleFamilies: readonly ModelFamily[] = [
  // Speech, pictures, live sessions and vectors: other abilities than the chat models of the name.
  { pattern: /^gemini.*-(?:tts|image|live|native-audio|embedding|computer-use)/, known: {} },
  { pattern: /^gemini-(?:live|embedding|omni)/, known: {} },
  {
    pattern: /^gemini-(?:1\.5-pro|pro-1\.5)/,
    known: { ...gemini, reasoning: false, contextWindow: 2_097_152, maxOutputTokens: 8_192 },
    sizedAt,
  },
  {
    pattern: /^gemini-(?:1\.5-flash|flash-1\.5)/,
    known: { ...gemini, reasoning: false, contextWindow: 1_048_576, maxOutputTokens: 8_192 },
    sizedAt,
  },
  { pattern: /^gemini-2\.0-flash-thinking/, known: { ...gemini, tools: null, reasoning: true } },
  {
    pattern: /^gemini-2\.0-flash/,
    known: { ...gemini, reasoning: false, contextWindow: 1_048_576, maxOutputTokens: 8_192 },
    sizedAt,
  },
  {
    // 65,535 at Vertex, 65,536 elsewhere.
    pattern: /^gemini-2\.5/,
    known: {
      ...gemini,
      reasoning: true,
      promptCache: true,
      contextWindow: 1_048_576,
      maxOutputTokens: 65_536,
    },
    sizedAt,
  },
  {
    pattern: /^gemini-(?:[3-9]|\d\d|(?:flash|pro)(?:-lite)?-latest)/,
    known: { ...gemini, reasoning: true, promptCache: true },
  },
  { pattern: /^gemma-?[12](?!\d)/, known: { vision: false, audio: false, reasoning: false } },
]
