import type { JsonObject } from '../../core/json.ts'
import { numberAt, stringAt } from '../../core/json.ts'
import type { Ask } from '../request/ask.ts'

/** One red pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

export function imagesReply({ body }: Ask, createdS: number): JsonObject {
  const count = numberAt(body, 'n') ?? 1
  const byAddress = stringAt(body, 'response_format') === 'url'
  const image = byAddress ? { url: `data:image/png;base64,${PIXEL}` } : { b64_json: PIXEL }
  return {
    created: createdS,
    data: Array.from({ length: count }, () => image),
    usage: { input_tokens: 10, output_tokens: 100 * count, total_tokens: 10 + 100 * count },
  }
}

const FRAME_BYTES = 417
const CHARACTERS_PER_FRAME = 2

/** Silence as MPEG-1 Layer III frames (128 kbit/s, 44.1 kHz), longer for longer texts. */
export function speechReply({ body }: Ask): Uint8Array {
  const text = stringAt(body, 'input') ?? ''
  const frames = 1 + Math.ceil(text.length / CHARACTERS_PER_FRAME)
  const audio = Buffer.alloc(frames * FRAME_BYTES)
  for (let frame = 0; frame < frames; frame++) audio.writeUInt32BE(0xfffb9000, frame * FRAME_BYTES)
  return audio
}

export function transcriptionReply(): JsonObject {
  return {
    text: 'This is a simulated transcription, no model has listened.',
    usage: { type: 'tokens', input_tokens: 14, output_tokens: 10, total_tokens: 24 },
  }
}
