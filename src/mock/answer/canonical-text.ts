import { hashSeed } from '../../core/random.ts'
import type { Ask, AskedMessage } from '../request/ask.ts'
import type { Tokens } from './tokens.ts'

/** Numbered words follow the opening, so that a lost, doubled or reordered piece shows. */
const words = (
  'anchor berth cargo dock ebb freight gale harbour inlet jetty keel lantern mast naïve øre ' +
  'pier quay rudder sail tide updraft voyage wharf água yawl zenith Größe море 港口 🚢'
).split(' ')

const ECHOED_WORDS = 12

/**
 * The text every reply gives: the same for the same seed and conversation, whatever the model or the
 * dialect, so that a reply cut off at one provider can be continued at another.
 */
export function canonicalText(
  messages: readonly AskedMessage[],
  seed: number,
  count: number,
): Tokens {
  const opening = openingOf(messages)
  const start = hashSeed(`${seed}:${fingerprint(messages)}`)
  return {
    count,
    at: (index) => opening[index] ?? ` ${index + 1}·${words[(start + index * 7) % words.length]}`,
  }
}

function openingOf(messages: readonly AskedMessage[]): string[] {
  const last = lastAsked(messages)
  const said = (last?.text ?? '').trim().split(/\s+/, ECHOED_WORDS).join(' ')
  const files = messages.reduce((sum, message) => sum + message.files, 0)
  const whose = last?.role === 'tool' ? 'The tool answered' : 'You said'
  const facts = `Messages: ${messages.length}, files: ${files}.`
  const text = `This is a simulated reply, no model was asked. ${whose}: ${said} ${facts}`
  return text.split(/(?= )/)
}

function lastAsked(messages: readonly AskedMessage[]): AskedMessage | undefined {
  return messages.findLast((message) => message.role === 'user' || message.role === 'tool')
}

const FINGERPRINT_LENGTH = 200

/** Enough of each message to tell conversations apart without reading a megabyte character by character. */
function fingerprint(messages: readonly AskedMessage[]): string {
  return messages
    .map(({ role, text }) => `${role} ${text.length} ${text.slice(-FINGERPRINT_LENGTH)}`)
    .join('\n')
}

/** What the client wants continued: the text of a closing assistant message. */
export function prefillOf(ask: Ask): string | null {
  const last = ask.messages.at(-1)
  return last?.role === 'assistant' ? last.text : null
}

/** The conversation without the beginning of an answer that closes it. */
export function withoutPrefill(messages: readonly AskedMessage[]): readonly AskedMessage[] {
  return messages.at(-1)?.role === 'assistant' ? messages.slice(0, -1) : messages
}
