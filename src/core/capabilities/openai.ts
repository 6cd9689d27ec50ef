import type { Capabilities } from '../needs.ts'
import type { ModelFamily } from './family.ts'

const sizedAt = ['openai', 'azure']

/** What OpenAI's chat models have in common since gpt-4o. */
const chat: Partial<Capabilities> = {
  tools: true,
  parallelTools: true,
  vision: true,
  audio: false,
  pdf: true,
  jsonMode: true,
  jsonSchema: true,
  reasoning: false,
  streaming: true,
  promptCache: true,
  // An assistant message at the end is answered, not continued.
  assistantPrefix: false,
}

const reasoning: Partial<Capabilities> = { ...chat, reasoning: true }

/** Before gpt-4o: no schemas, no files, no cache. */
const early: Partial<Capabilities> = {
  ...chat,
  vision: false,
  pdf: false,
  jsonSchema: false,
  promptCache: false,
}

const sized = (contextWindow: number, maxOutputTokens: number) => ({
  contextWindow,
  maxOutputTokens,
})

/** Kinds of their own under the same names: no chat, or with other abilities than the rest. */
const special = /-(?:realtime|transcribe|tts|image|search|instruct|deep-research)/

/** Most specific first. */
export const openaiFamilies: readonly ModelFamily[] = [
  { pattern: new RegExp(`^(?:gpt|o\\d).*${special.source}`), known: {} },
  { pattern: /^(?:gpt-image|gpt-realtime|gpt-transcribe|gpt-chat)/, known: {} },
  {
    pattern: /^gpt-(?:4o(?:-mini)?-audio|audio)/,
    known: {
      ...chat,
      vision: false,
      audio: true,
      pdf: false,
      jsonSchema: false,
      promptCache: null,
      ...sized(128_000, 16_384),
    },
    sizedAt,
  },
  { pattern: /^gpt-oss/, known: { tools: true, vision: false, audio: false, reasoning: true } },
  {
    pattern: /^gpt-5(?:\.\d+)?-chat/,
    known: { ...chat, tools: null, parallelTools: null, ...sized(128_000, 16_384) },
    sizedAt,
  },
  // The largest think long: whether they stream and call tools in parallel differs.
  {
    pattern: /^gpt-(?:[5-9]|1\d)(?:\.\d+)?-pro/,
    known: { ...reasoning, parallelTools: null, streaming: null, promptCache: null },
  },
  {
    pattern: /^gpt-5(?:-(?:mini|nano|codex)|\.[12](?:-codex)?)?(?:-\d|$)/,
    known: { ...reasoning, ...sized(400_000, 128_000) },
    sizedAt,
  },
  {
    pattern: /^gpt-(?:[5-9]|1\d)(?!\d)/,
    known: { ...reasoning, audio: null },
  },
  { pattern: /^gpt-4\.1/, known: { ...chat, ...sized(1_047_576, 32_768) }, sizedAt },
  {
    pattern: /^gpt-4o-2024-05-13/,
    known: { ...chat, jsonSchema: false, ...sized(128_000, 4_096) },
    sizedAt,
  },
  { pattern: /^gpt-4o/, known: { ...chat, ...sized(128_000, 16_384) }, sizedAt },
  {
    pattern: /^chatgpt-4o/,
    known: { ...chat, tools: null, parallelTools: null, ...sized(128_000, 16_384) },
    sizedAt,
  },
  {
    pattern: /^gpt-4-(?:turbo-preview|1106-preview|0125-preview)/,
    known: { ...early, ...sized(128_000, 4_096) },
    sizedAt,
  },
  {
    pattern: /^gpt-4-(?:turbo|vision)/,
    known: { ...early, vision: true, ...sized(128_000, 4_096) },
    sizedAt,
  },
  {
    pattern: /^gpt-4-32k/,
    known: { ...early, jsonMode: false, ...sized(32_768, 32_768) },
    sizedAt,
  },
  {
    pattern: /^gpt-4(?:-\d{4})?$/,
    known: { ...early, jsonMode: false, ...sized(8_192, 8_192) },
    sizedAt,
  },
  { pattern: /^gpt-3\.?5-turbo/, known: { ...early, ...sized(16_385, 4_096) }, sizedAt },
  {
    pattern: /^o1-(?:mini|preview)/,
    known: {
      ...reasoning,
      tools: false,
      parallelTools: false,
      vision: false,
      pdf: false,
      jsonMode: false,
      jsonSchema: false,
      contextWindow: 128_000,
      maxOutputTokens: 65_536,
    },
    sizedAt,
  },
  {
    pattern: /^o3-mini/,
    known: {
      ...reasoning,
      parallelTools: false,
      vision: false,
      pdf: false,
      ...sized(200_000, 100_000),
    },
    sizedAt,
  },
  {
    pattern: /^o[134](?:-(?:mini|pro))?(?:-\d|$)/,
    known: { ...reasoning, parallelTools: null, streaming: null, ...sized(200_000, 100_000) },
    sizedAt,
  },
]
