import type { AssistantPart, Message, Signature, ToolResultPart } from '../../core/conversation.ts'
import type { JsonValue } from '../../core/json.ts'
import { signaturesOfCalls } from './call-signatures.ts'

/** Messages as they are read from items; neighbouring items of one role become one message. */
export interface Transcript {
  readonly messages: Message[]
  readonly callSignatures: ReadonlyMap<string, Signature>
  assistant: AssistantPart[] | null
  results: ToolResultPart[] | null
}

export function newTranscript(input: readonly JsonValue[]): Transcript {
  return { messages: [], callSignatures: signaturesOfCalls(input), assistant: null, results: null }
}

export function addMessage(transcript: Transcript, message: Message): void {
  transcript.messages.push(message)
  transcript.assistant = null
  transcript.results = null
}

/** The assistant turn that is open, or a new one. */
export function assistantParts(transcript: Transcript): AssistantPart[] {
  if (transcript.assistant !== null) return transcript.assistant
  const content: AssistantPart[] = []
  addMessage(transcript, { role: 'assistant', content })
  transcript.assistant = content
  return content
}

export function toolResults(transcript: Transcript): ToolResultPart[] {
  if (transcript.results !== null) return transcript.results
  const content: ToolResultPart[] = []
  addMessage(transcript, { role: 'tool', content })
  transcript.results = content
  return content
}
