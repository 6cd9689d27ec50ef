/** What a request needs of a target, read from its body. */
export interface Needs {
  readonly tools: boolean
  readonly parallelTools: boolean
  readonly vision: boolean
  readonly audio: boolean
  readonly pdf: boolean
  readonly jsonMode: boolean
  readonly jsonSchema: boolean
  readonly reasoning: boolean
  readonly streaming: boolean
}

/** Of a request that any model serves. */
export const noNeeds: Needs = {
  tools: false,
  parallelTools: false,
  vision: false,
  audio: false,
  pdf: false,
  jsonMode: false,
  jsonSchema: false,
  reasoning: false,
  streaming: false,
}

export const capabilityNames = [
  'tools',
  'parallelTools',
  'vision',
  'audio',
  'pdf',
  'jsonMode',
  'jsonSchema',
  'reasoning',
  'streaming',
] as const satisfies readonly (keyof Needs)[]

/** What a model can do. null is unknown, and unknown excludes nothing. */
export interface Capabilities extends Readonly<Record<keyof Needs, boolean | null>> {
  /** Tokens of prompt and reply together. */
  readonly contextWindow: number | null
  readonly maxOutputTokens: number | null
  readonly promptCache: boolean | null
  /** Goes on from an assistant message at the end of the conversation. */
  readonly assistantPrefix: boolean | null
}

export const unknownCapabilities: Capabilities = {
  tools: null,
  parallelTools: null,
  vision: null,
  audio: null,
  pdf: null,
  jsonMode: null,
  jsonSchema: null,
  reasoning: null,
  streaming: null,
  contextWindow: null,
  maxOutputTokens: null,
  promptCache: null,
  assistantPrefix: null,
}
