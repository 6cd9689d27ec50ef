import { arrayAt, isObject, type JsonObject, type JsonValue, stringAt } from '../../core/json.ts'
import { type ItemReader, type ReplyOutput, restOf, type TextKind } from './reply-output.ts'

/** One content part: a block of the reply once it holds anything. */
interface Part {
  readonly kind: TextKind
  readonly index: number
  block: number | null
  given: string
  citations: number
  ended: boolean
}

/** Reads a message item: its content parts become blocks of text or refusal. */
export function messageReader(output: ReplyOutput): ItemReader {
  const parts: Part[] = []

  const partAt = (kind: TextKind, index: number): Part => {
    const known = parts.find((part) => part.kind === kind && part.index === index)
    if (known !== undefined) return known
    const part: Part = { kind, index, block: null, given: '', citations: 0, ended: false }
    parts.push(part)
    return part
  }
  const give = (part: Part, text: string) => {
    if (text === '' || part.ended) return
    part.given += text
    const block = open(output, part)
    output.emit({ type: part.kind === 'refusal' ? 'refusal-delta' : 'text-delta', block, text })
  }
  const end = (part: Part) => {
    if (part.kind === 'text' && part.block !== null && !part.ended) {
      output.emit({ type: 'text-end', block: part.block, signature: null })
    }
    part.ended = true
  }
  const finish = (part: Part, wire: JsonObject) => {
    give(part, restOf(part.given, textOf(wire)))
    // Annotations come one by one, or with the part, or both.
    for (const annotation of arrayAt(wire, 'annotations').slice(part.citations)) {
      cite(output, part, annotation)
    }
    end(part)
  }

  return {
    takes: (kind) => kind === 'text' || kind === 'refusal',
    delta: (kind, index, text) => give(partAt(kind, index), text),
    whole: (kind, index, text) => {
      const part = partAt(kind, index)
      give(part, restOf(part.given, text))
    },
    partDone: (index, wire) => finish(partAt(kindOf(wire), index), wire),
    annotate: (index, annotation) => {
      const part = partAt('text', index)
      cite(output, part, annotation)
    },
    done: (item) => {
      const claimed = new Set<Part>()
      for (const [index, wire] of contentOf(item).entries()) {
        const part = claim(parts, claimed, wire, index) ?? partAt(kindOf(wire), index)
        claimed.add(part)
        finish(part, wire)
      }
      for (const part of parts) end(part)
    },
    close: () => {
      for (const part of parts) end(part)
    },
  }
}

/** The part at that index; else, for providers whose indexes disagree, one that began like it. */
function claim(parts: readonly Part[], claimed: ReadonlySet<Part>, wire: JsonObject, at: number) {
  const kind = kindOf(wire)
  const open = parts.filter((part) => part.kind === kind && !claimed.has(part))
  const text = textOf(wire)
  return (
    open.find((part) => part.index === at) ??
    open.find((part) => part.given !== '' && text.startsWith(part.given))
  )
}

function open(output: ReplyOutput, part: Part): number {
  if (part.block !== null) return part.block
  part.block = output.nextBlock()
  if (part.kind === 'text') output.emit({ type: 'text-start', block: part.block })
  return part.block
}

/** Files cited are the provider's own; only links mean something to others. */
function cite(output: ReplyOutput, part: Part, annotation: JsonValue): void {
  if (part.ended) return
  part.citations++
  const url = stringAt(annotation, 'url')
  if (url === null) return
  const title = stringAt(annotation, 'title')
  output.emit({ type: 'citation', block: open(output, part), url, title })
}

function kindOf(part: JsonObject): TextKind {
  return part['type'] === 'refusal' ? 'refusal' : 'text'
}

function textOf(part: JsonObject): string {
  return stringAt(part, kindOf(part) === 'refusal' ? 'refusal' : 'text') ?? ''
}

function contentOf(item: JsonObject): JsonObject[] {
  const content = item['content']
  if (typeof content === 'string') return [{ type: 'output_text', text: content }]
  return arrayAt(item, 'content').filter(isObject)
}
