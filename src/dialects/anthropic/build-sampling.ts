import type { Conversation } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ModelTraits } from './model-traits.ts'
import { type Notes, warn } from './notes.ts'

/** temperature, top_p and top_k, as far as the model takes them. */
export function buildSampling(
  notes: Notes,
  conversation: Conversation,
  traits: ModelTraits,
  thinks: boolean,
): JsonObject {
  if (traits.refusesSampling) {
    return leaveOut(notes, conversation, 'this model takes no sampling settings')
  }
  if (thinks) return leaveOut(notes, conversation, 'they do not go with thinking')
  const { topP, topK } = conversation
  const temperature = clampedTemperature(notes, conversation.temperature)
  const clash = traits.refusesBothSampling && temperature !== null && topP !== null
  if (clash) warn(notes, 'top_p was left out: this model takes it only without a temperature.')
  return {
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null || clash ? {} : { top_p: topP }),
    ...(topK === null ? {} : { top_k: topK }),
  }
}

/** 1 is where temperature and top_p stand anyway. */
function leaveOut(notes: Notes, conversation: Conversation, because: string): JsonObject {
  const { temperature, topP, topK } = conversation
  const asked = [
    ...(temperature === null || temperature === 1 ? [] : ['temperature']),
    ...(topP === null || topP === 1 ? [] : ['top_p']),
    ...(topK === null ? [] : ['top_k']),
  ]
  if (asked.length > 0) warn(notes, `Left out ${asked.join(', ')}: ${because}.`)
  return {}
}

function clampedTemperature(notes: Notes, temperature: number | null): number | null {
  if (temperature === null) return null
  const clamped = Math.min(1, Math.max(0, temperature))
  if (clamped !== temperature) {
    warn(notes, `The temperature ${temperature} became ${clamped}: Anthropic takes 0 to 1.`)
  }
  return clamped
}
