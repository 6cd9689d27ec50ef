import type { Capabilities } from '../needs.ts'
import type { ModelFamily } from './family.ts'

const sizedAt = ['anthropic', 'bedrock', 'vertex']

/**
 * JSON mode, and schemas on older models, are asked for in words where a request is translated: the
 * model is not held to them, but nothing is refused. They stay unknown.
 */
const claude: Partial<Capabilities> = {
  tools: true,
  parallelTools: true,
  vision: true,
  audio: false,
  pdf: true,
  reasoning: true,
  streaming: true,
  promptCache: true,
}

/** Until 4.5 a reply goes on from the assistant message at the end of the conversation. */
const continuing: Partial<Capabilities> = { ...claude, assistantPrefix: true }

/** Most specific first. Names come as `claude-3-5-haiku-…` and as `claude-sonnet-4-5-…`. */
export const anthropicFamilies: readonly ModelFamily[] = [
  { pattern: /^claude-(?:v?[12]|instant)/, known: { tools: false, vision: false, audio: false } },
  {
    pattern: /^claude-3-(?:opus|sonnet|haiku)/,
    known: {
      ...continuing,
      pdf: null,
      reasoning: false,
      promptCache: null,
      contextWindow: 200_000,
      maxOutputTokens: 4_096,
    },
    sizedAt,
  },
  {
    pattern: /^claude-3[-.]5/,
    known: {
      ...continuing,
      vision: null,
      pdf: null,
      reasoning: false,
      contextWindow: 200_000,
      maxOutputTokens: 8_192,
    },
    sizedAt,
  },
  {
    // 64,000 without the beta that doubles it.
    pattern: /^claude-3[-.]7/,
    known: { ...continuing, contextWindow: 200_000, maxOutputTokens: 128_000 },
    sizedAt,
  },
  {
    pattern: /^claude-(?:4-opus|opus-4(?:[-.@][01])?(?![-.]?\d(?!\d)))/,
    known: { ...continuing, contextWindow: 200_000, maxOutputTokens: 32_000 },
    sizedAt,
  },
  {
    // 200,000 without the beta for a million.
    pattern: /^claude-(?:4-sonnet|sonnet-4(?:[-.][05])?(?![-.]?\d(?!\d)))/,
    known: { ...continuing, contextWindow: 1_000_000, maxOutputTokens: 64_000 },
    sizedAt,
  },
  {
    pattern: /^claude-(?:opus|haiku)-4[-.]5/,
    known: {
      ...continuing,
      jsonSchema: true,
      contextWindow: 200_000,
      maxOutputTokens: 64_000,
    },
    sizedAt,
  },
  {
    pattern: /^claude-(?:opus|sonnet)-4[-.]6/,
    known: {
      ...claude,
      jsonSchema: true,
      assistantPrefix: false,
      contextWindow: 1_000_000,
      maxOutputTokens: 128_000,
    },
    sizedAt,
  },
  {
    pattern: /^claude-[a-z]+-(?:4[-.][7-9]|[5-9])/,
    known: { ...claude, jsonSchema: true, assistantPrefix: false },
  },
]
