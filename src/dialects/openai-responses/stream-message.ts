import type { JsonObject } from '../../core/json.ts'
import type { StreamWire } from './stream-wire.ts'
import { messageItem, refusalContent, textContent, urlCitation } from './write-items.ts'
import type { statusFor } from './write-response.ts'

/** Writes a message item, whose content parts are the text and refusal blocks of a reply. */
export interface MessageWriter {
  readonly openText: () => TextWriter
  readonly openRefusal: () => TextWriter
  /** Ends the item as soon as its last part has ended; no part may be opened afterwards. */
  close(status: ReturnType<typeof statusFor>): void
}

export interface TextWriter {
  delta(text: string): void
  cite(url: string, title: string | null): void
  end(): void
}

export function messageWriter(wire: StreamWire): MessageWriter {
  const item = wire.add('msg', (id) => messageItem(id, 'in_progress', []))
  const content: JsonObject[] = []
  let open = 0
  let closing: ReturnType<typeof statusFor> | null = null

  const finishIfDone = () => {
    if (closing !== null && open === 0) {
      wire.finish(item, messageItem(item.id, closing, content))
    }
  }
  const start = (made: (place: Place) => PartWriter): TextWriter => {
    const index = content.length
    const place = { item_id: item.id, output_index: item.index, content_index: index }
    const writer = made(place)
    let ended = false
    open++
    content.push(writer.part())
    wire.event('response.content_part.added', { ...place, part: writer.part() })
    return {
      delta: writer.delta,
      cite: writer.cite,
      end() {
        if (ended) return
        ended = true
        open--
        content[index] = writer.part()
        writer.done()
        wire.event('response.content_part.done', { ...place, part: writer.part() })
        finishIfDone()
      },
    }
  }
  return {
    openText: () => start((place) => textPart(wire, place)),
    openRefusal: () => start((place) => refusalPart(wire, place)),
    close(status) {
      if (closing !== null) return
      closing = status
      finishIfDone()
    },
  }
}

/** Where a part stands, in the fields of its events. */
type Place = { item_id: string; output_index: number; content_index: number }

interface PartWriter {
  delta(text: string): void
  cite(url: string, title: string | null): void
  done(): void
  /** The content part as it stands. */
  part(): JsonObject
}

function textPart(wire: StreamWire, place: Place): PartWriter {
  const annotations: JsonObject[] = []
  let text = ''
  return {
    delta(piece) {
      text += piece
      wire.event('response.output_text.delta', { ...place, delta: piece, logprobs: [] })
    },
    cite(url, title) {
      const annotation = urlCitation(url, title, text.length)
      wire.event('response.output_text.annotation.added', {
        ...place,
        annotation_index: annotations.length,
        annotation,
      })
      annotations.push(annotation)
    },
    done: () => wire.event('response.output_text.done', { ...place, text, logprobs: [] }),
    part: () => textContent(text, [...annotations]),
  }
}

function refusalPart(wire: StreamWire, place: Place): PartWriter {
  let refusal = ''
  return {
    delta(piece) {
      refusal += piece
      wire.event('response.refusal.delta', { ...place, delta: piece })
    },
    cite() {},
    done: () => wire.event('response.refusal.done', { ...place, refusal }),
    part: () => refusalContent(refusal),
  }
}
