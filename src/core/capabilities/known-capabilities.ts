import type { Capabilities } from '../needs.ts'
import { anthropicFamilies } from './anthropic.ts'
import { familyCapabilities, type ModelFamily } from './family.ts'
import { googleFamilies } from './google.ts'
import { openaiFamilies } from './openai.ts'
import { otherFamilies } from './others.ts'

const families: readonly ModelFamily[] = [
  ...openaiFamilies,
  ...anthropicFamilies,
  ...googleFamilies,
  ...otherFamilies,
]

/** What a provider adds to, or takes from, every model it serves. */
const providerTraits: Readonly<Record<string, Partial<Capabilities>>> = {
  // Answers json_schema with "This response_format type is unavailable now".
  deepseek: { jsonSchema: false },
  // Reads PDFs itself, and hands models without an eye the text.
  openrouter: { pdf: true },
}

/** What is known of a model at a known provider, from its name alone. */
export function knownCapabilities(provider: string, model: string): Capabilities {
  const ofModel = familyCapabilities(families, provider, model)
  const traits = Object.hasOwn(providerTraits, provider) ? providerTraits[provider] : undefined
  return traits === undefined ? ofModel : { ...ofModel, ...traits }
}
