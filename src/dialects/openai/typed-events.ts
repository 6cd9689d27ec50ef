import type { JsonObject } from '../../core/json.ts'
import { stringAt } from '../../core/json.ts'

/**
 * * Streams of the other operations send typed events (`transcript.text.delta`,
 * `speech.audio.done`, `image_generation.completed`), and Writer's completions bare
 * `{"value":"…"}`. Each becomes the chunk that means the same, so that one reader follows them all;
 * null for what is a chunk already.
 */
export function chunkOfTypedEvent(event: JsonObject): JsonObject | null {
  const type = stringAt(event, 'type')
  const value = stringAt(event, 'value')
  if (event['choices'] !== undefined || (type === null && value === null)) return null
  const over = type === null || /\.(?:done|completed)$/.test(type)
  return {
    id: event['id'],
    usage: event['usage'],
    choices: [
      {
        text: value ?? stringAt(event, 'delta'),
        delta: {
          ...(stringAt(event, 'audio') !== null && { audio: { data: event['audio'] } }),
          ...(stringAt(event, 'b64_json') !== null && { images: [{}] }),
        },
        // Bare values have no last one: any end of the bytes is their end.
        finish_reason: over ? 'stop' : null,
      },
    ],
  }
}
