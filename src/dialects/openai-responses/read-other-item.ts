import { type JsonObject, stringAt } from '../../core/json.ts'
import type { ItemReader, ReplyOutput } from './reply-output.ts'

/** Reads what only its provider can show: a generated image as a file, the rest by its name. */
export function otherReader(output: ReplyOutput, added: JsonObject): ItemReader {
  const type = stringAt(added, 'type') ?? 'item'
  output.emit({ type: 'untranslated', what: type })
  let closed = false
  return {
    takes: () => false,
    delta: () => {},
    whole: () => {},
    partDone: () => {},
    annotate: () => {},
    done: (item) => {
      const base64 = type === 'image_generation_call' ? stringAt(item, 'result') : null
      if (base64 !== null && base64 !== '' && !closed) {
        const mediaType = `image/${stringAt(item, 'output_format') ?? 'png'}`
        output.emit({ type: 'file', block: output.nextBlock(), mediaType, base64 })
      }
      closed = true
    },
    close: () => {
      closed = true
    },
  }
}
