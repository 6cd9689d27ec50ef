import type { AssistantPart, ReasoningPart, ToolCallPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { joinTexts } from './build-content.ts'
import type { Building } from './building.ts'
import { writeGoogleSignature } from './google-signature.ts'
import { unsealDetails } from './reasoning-details.ts'

/** An earlier turn of the model's. Content may be null only beside calls or a refusal. */
export function buildAssistant(parts: readonly AssistantPart[], building: Building): JsonObject {
  const calls = parts.filter((part) => part.type === 'tool-call')
  const refusals = parts.filter((part) => part.type === 'refusal').map((part) => part.text)
  const text = joinTexts(parts, '')
  if (parts.some((part) => part.type === 'file')) {
    building.leftOut('Files the model made in earlier turns cannot be sent back and were left out.')
  }
  const signature = parts.findLast((part) => part.type === 'text')?.signature
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusals.length > 0) ? null : text,
    ...(refusals.length > 0 && { refusal: refusals.join('') }),
    ...buildReasoning(
      parts.filter((part) => part.type === 'reasoning'),
      building,
    ),
    ...(calls.length > 0 && { tool_calls: calls.map((call) => buildCall(call, building)) }),
    ...(building.takesGoogleSignatures && writeGoogleSignature(geminiOnly(signature))),
  }
}

function buildCall(call: ToolCallPart, building: Building): JsonObject {
  return {
    id: building.callId(call.id),
    type: 'function',
    function: { name: call.name, arguments: call.input === '' ? '{}' : call.input },
    ...(building.takesGoogleSignatures && writeGoogleSignature(geminiOnly(call.signature))),
  }
}

/** A provider takes back its own entries; most refuse the unknown field of another's reasoning. */
function buildReasoning(parts: readonly ReasoningPart[], building: Building): JsonObject {
  const details = parts.flatMap(({ signature, text }) =>
    signature?.dialect === 'openai' ? unsealDetails(signature, text) : [],
  )
  const field = building.quirks.reasoningField
  const text = parts.map((part) => part.text).join('')
  const carried = details.length > 0 || field !== undefined
  if (parts.length > 0 && !carried) {
    building.leftOut('Reasoning of earlier turns cannot be sent to this target and was left out.')
  }
  return {
    ...(field !== undefined && text !== '' && { [field]: text }),
    ...(details.length > 0 && { reasoning_details: details }),
  }
}

const geminiOnly = (signature: ToolCallPart['signature']) =>
  signature?.dialect === 'gemini' ? signature : null
