import { anthropic } from './anthropic.ts'
import { azure } from './azure.ts'
import { bedrock } from './bedrock.ts'
import { cerebras } from './cerebras.ts'
import { cohere } from './cohere.ts'
import { dashscope } from './dashscope.ts'
import { deepinfra } from './deepinfra.ts'
import { deepseek } from './deepseek.ts'
import { fireworks } from './fireworks.ts'
import { github } from './github.ts'
import { google } from './google.ts'
import { groq } from './groq.ts'
import { huggingface } from './huggingface.ts'
import type { KnownProvider } from './known-provider.ts'
import { llamacpp } from './llamacpp.ts'
import { lmstudio } from './lmstudio.ts'
import { mistral } from './mistral.ts'
import { moonshot } from './moonshot.ts'
import { nebius } from './nebius.ts'
import { nvidia } from './nvidia.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { openrouter } from './openrouter.ts'
import { perplexity } from './perplexity.ts'
import { sambanova } from './sambanova.ts'
import { together } from './together.ts'
import { vertex } from './vertex.ts'
import { vllm } from './vllm.ts'
import { xai } from './xai.ts'
import { zai } from './zai.ts'

/** Every known provider, in the order zero configuration and `waybill init` list them. */
export const knownProviders: readonly KnownProvider[] = [
  openai,
  anthropic,
  google,
  azure,
  vertex,
  bedrock,
  mistral,
  groq,
  deepseek,
  xai,
  openrouter,
  together,
  fireworks,
  cerebras,
  cohere,
  perplexity,
  nvidia,
  moonshot,
  zai,
  dashscope,
  huggingface,
  github,
  sambanova,
  deepinfra,
  nebius,
  ollama,
  vllm,
  lmstudio,
  llamacpp,
]

const byId: ReadonlyMap<string, KnownProvider> = new Map(
  knownProviders.map((provider) => [provider.id, provider]),
)

export function findKnownProvider(id: string): KnownProvider | null {
  return byId.get(id) ?? null
}
