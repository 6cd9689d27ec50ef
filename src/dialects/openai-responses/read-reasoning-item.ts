import { arrayAt, type JsonObject, type JsonValue, stringAt } from '../../core/json.ts'
import { proofIn } from '../../core/signature.ts'
import { ownSignature } from './parse-reasoning.ts'
import { summarySeparator } from './reasoning-text.ts'
import { type ItemReader, type ReplyOutput, restOf, type TextKind } from './reply-output.ts'
import { openContent } from './sealed-content.ts'

/**
 * Reads a reasoning item as one block. A provider shows the reasoning, or a summary in parts; where
 * it shows both, what comes first is shown, so that nothing is said twice.
 */
export function reasoningReader(output: ReplyOutput): ItemReader {
  const given = new Map<number, string>()
  let shown: TextKind | null = null
  let block: number | null = null
  let closed = false

  const give = (kind: TextKind, index: number, text: string) => {
    if (text === '' || closed) return
    shown ??= kind
    if (kind !== shown) return
    if (block === null) {
      block = output.nextBlock()
      output.emit({ type: 'reasoning-start', block })
    } else if (!given.has(index)) {
      output.emit({ type: 'reasoning-delta', block, text: summarySeparator })
    }
    given.set(index, (given.get(index) ?? '') + text)
    output.emit({ type: 'reasoning-delta', block, text })
  }
  const giveWhole = (kind: TextKind, index: number, text: string) =>
    give(kind, index, kind === shown ? restOf(given.get(index) ?? '', text) : text)
  const giveAll = (kind: TextKind, parts: readonly JsonValue[]) => {
    for (const [index, part] of parts.entries()) giveWhole(kind, index, textOf(part))
  }
  const end = (item: JsonObject) => {
    const encrypted = stringAt(item, 'encrypted_content') ?? ''
    const sealed = openContent(encrypted)
    const place = sealed?.place
    const signature = sealed === null ? ownSignature(item, encrypted) : proofIn(sealed.signature)
    if (place?.kind === 'call' && signature !== null) {
      output.callSignatures.set(place.callId, signature)
    } else if (place?.kind === 'text') {
      const textBlock = output.nextBlock()
      output.emit({ type: 'text-start', block: textBlock })
      output.emit({ type: 'text-end', block: textBlock, signature })
    } else if (block !== null || signature !== null) {
      const redacted = block === null && (sealed === null || place?.kind === 'redacted')
      const at = block ?? output.nextBlock()
      if (block === null) output.emit({ type: 'reasoning-start', block: at })
      output.emit({ type: 'reasoning-end', block: at, signature, redacted })
    }
  }

  return {
    takes: (kind) => kind === 'reasoning' || kind === 'summary',
    delta: give,
    whole: giveWhole,
    partDone: (index, part) => {
      giveWhole(part['type'] === 'summary_text' ? 'summary' : 'reasoning', index, textOf(part))
    },
    annotate: () => {},
    done: (item) => {
      if (closed) return
      giveAll('reasoning', arrayAt(item, 'content'))
      giveAll('summary', arrayAt(item, 'summary'))
      end(item)
      closed = true
    },
    close: () => {
      if (closed) return
      if (block !== null) end({})
      closed = true
    },
  }
}

function textOf(part: JsonValue): string {
  return typeof part === 'string' ? part : (stringAt(part, 'text') ?? '')
}
