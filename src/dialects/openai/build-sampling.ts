import type { Conversation } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Building } from './building.ts'
import { refusesSampling } from './model-traits.ts'

/** Limits and sampling. `metadata` stays behind: OpenAI takes it only with replies it stores. */
export function buildSampling(conversation: Conversation, building: Building): JsonObject {
  const fixed = refusesSampling(building.model)
  // The older name is the one every server knows; OpenAI's own models and entry want the newer one.
  const limit = building.quirks.maxTokensField ?? (fixed ? 'max_completion_tokens' : 'max_tokens')
  const { stopSequences } = conversation
  warnOfSampling(conversation, fixed, building)
  return {
    ...given({ [limit]: conversation.maxOutputTokens, seed: conversation.seed }),
    ...(fixed ? {} : given(tunable(conversation))),
    ...(stopSequences.length > 0 && { stop: [...stopSequences] }),
  }
}

function tunable(conversation: Conversation): Record<string, number | null> {
  return {
    temperature: conversation.temperature,
    top_p: conversation.topP,
    presence_penalty: conversation.presencePenalty,
    frequency_penalty: conversation.frequencyPenalty,
  }
}

function warnOfSampling(conversation: Conversation, fixed: boolean, building: Building): void {
  if (conversation.topK !== null) {
    building.leftOut('`top_k` has no equal in Chat Completions and was left out.')
  }
  for (const name of fixed ? Object.keys(given(tunable(conversation))) : []) {
    building.leftOut(`\`${name}\` is fixed in this model and was left out.`)
  }
}

function given(settings: Record<string, number | null>): JsonObject {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null))
}
