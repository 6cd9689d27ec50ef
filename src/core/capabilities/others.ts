import type { Capabilities } from '../needs.ts'
import type { ModelFamily } from './family.ts'

/**
 * Models whose weights are open run at many hosts, and each host decides about tools, JSON and sizes.
 * What no host can add is an eye or an ear, so that is what is known of most of them.
 */
const textOnly: Partial<Capabilities> = { vision: false, audio: false }
const sees: Partial<Capabilities> = { vision: true, audio: false }

const mistral: Partial<Capabilities> = {
  tools: true,
  parallelTools: true,
  audio: false,
  jsonMode: true,
  jsonSchema: true,
  streaming: true,
}

const grok: Partial<Capabilities> = {
  tools: true,
  parallelTools: true,
  jsonMode: true,
  jsonSchema: true,
  streaming: true,
  promptCache: true,
}

const deepseek: Partial<Capabilities> = { streaming: true, promptCache: true }

/** Most specific first. */
export const otherFamilies: readonly ModelFamily[] = [
  { pattern: /^pixtral/, known: { ...mistral, vision: true } },
  { pattern: /^voxtral/, known: { audio: true, vision: false, streaming: true } },
  { pattern: /^(?:mixtral|codestral|mistral-(?:7b|nemo|tiny|saba))/, known: textOnly },
  {
    pattern: /^mistral-(?:small-(?:latest|2503|2506|26|3\.[12])|medium-(?:latest|3|2505|2508))/,
    known: { ...mistral, vision: true },
  },
  { pattern: /^(?:mistral-(?:large|medium|small)|ministral)/, known: mistral },
  { pattern: /^(?:magistral|devstral)/, known: { tools: true, audio: false, streaming: true } },

  {
    // These two names move on to the newest model: no smaller window than it may have.
    pattern: /^deepseek-(?:chat|reasoner)/,
    known: { ...deepseek, tools: true, jsonMode: true, contextWindow: 1_000_000 },
    sizedAt: ['deepseek'],
  },
  { pattern: /^deepseek-v3/, known: { ...deepseek, ...textOnly, tools: true, jsonMode: true } },
  { pattern: /^deepseek-r1/, known: { ...deepseek, ...textOnly, reasoning: true } },

  { pattern: /^grok-(?:\d+-)?vision|^grok-2-vision/, known: { ...grok, vision: true } },
  { pattern: /^grok-2/, known: { ...grok, vision: false, reasoning: false } },
  { pattern: /^grok-3-mini/, known: { ...grok, vision: false, reasoning: true } },
  { pattern: /^grok-3/, known: { ...grok, vision: false, reasoning: false } },
  { pattern: /^grok-4.*non-reasoning/, known: { ...grok, vision: true, reasoning: false } },
  { pattern: /^grok-4(?!.*multi-agent)/, known: { ...grok, vision: true, reasoning: true } },
  { pattern: /^grok-code-fast-1/, known: { ...grok, vision: false, reasoning: true } },

  { pattern: /^(?:meta-)?llama-?(?:v3p2|3[-.]2)(?!.*text).*(?:vision|11b|90b)/, known: sees },
  { pattern: /^(?:meta-)?llama-?4(?!\d)/, known: sees },
  { pattern: /^(?:meta-)?llama-?v?[23](?!\d)/, known: textOnly },
  { pattern: /^qwen.*omni/, known: { vision: true, audio: true } },
  { pattern: /^(?:qwen.*-?vl|qvq)/, known: sees },
  {
    pattern: /^(?:qwen-?(?:2\.5|2|3)?-?(?:coder|math)|qwen-?(?:2\.5|2|3)-\d|qwq)/,
    known: textOnly,
  },
  { pattern: /^kimi-k2(?!\.\d)/, known: { ...textOnly, tools: true } },
  { pattern: /^kimi-k2\.[56]/, known: { ...sees, tools: true } },
  { pattern: /^moonshot-v1-(?:\d+k|auto)$/, known: textOnly },
  { pattern: /^glm-4\.\dv/, known: sees },
  { pattern: /^glm-4\.[567](?!v)/, known: { ...textOnly, tools: true, reasoning: true } },
  { pattern: /^phi-?[34].*(?:vision|multimodal)/, known: { vision: true } },
  { pattern: /^phi-?[34]/, known: textOnly },
  { pattern: /^(?:c4ai-)?command-a-vision/, known: sees },
  { pattern: /^(?:c4ai-)?command(?:-(?:r|light|nightly|a-\d)|$)/, known: textOnly },
  { pattern: /^nova-micro/, known: textOnly },
  { pattern: /^nova-(?:lite|pro|premier)/, known: { ...sees, tools: true, pdf: true } },
]
