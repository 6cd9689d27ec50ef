import type { ReplyEvent } from '../../core/reply.ts'
import { isRedacted, signatureOf } from './provider-metadata.ts'

export type BlockKind = 'text' | 'reasoning' | 'tool'

/** A block of the reply that has begun and not ended. */
export interface OpenBlock {
  kind: BlockKind
  readonly id: string
  /** null until it shows something: packages begin text blocks that stay empty. */
  block: number | null
  /** Provider metadata; what comes last wins, as in the AI SDK. */
  metadata: unknown
  /** Input of a tool call as far as it was passed on. */
  input: string
  /** Its end was read and is held back, so that sources that follow find their text still open. */
  ending: boolean
}

/** The blocks of one reply, numbered in the order in which they show. */
export interface OpenBlocks {
  open(kind: BlockKind, id: string): OpenBlock
  /** The open block of this kind and id. Ids are only unique among open blocks. */
  find(kind: BlockKind, id: string): OpenBlock | undefined
  /** An open block of this id that has shown nothing, whatever it was announced as. */
  findSilent(id: string): OpenBlock | undefined
  /** Number of the text block that citations may name now; null when none is open. */
  openText(): number | null
  /** Numbers the block and gives its start event, unless that was done before. */
  show(open: OpenBlock, toolName?: string): { block: number; events: ReplyEvent[] }
  close(open: OpenBlock): ReplyEvent[]
  closeEnding(): ReplyEvent[]
  closeAll(): ReplyEvent[]
  /** A number for a block that is whole at once. */
  next(): number
}

export function createOpenBlocks(sdk: string): OpenBlocks {
  const blocks: OpenBlock[] = []
  let count = 0

  const show = (open: OpenBlock, toolName = '') => {
    if (open.block !== null) return { block: open.block, events: [] }
    const block = count++
    open.block = block
    return { block, events: [startEvent(open, block, toolName)] }
  }

  const close = (open: OpenBlock): ReplyEvent[] => {
    blocks.splice(blocks.indexOf(open), 1)
    // A silent block is nothing, unless a signature (or hidden reasoning) rides on it.
    if (open.block === null && signatureOf(open.metadata, sdk) === null) return []
    const { block, events } = show(open)
    return [...events, ...endEvents(open, block, sdk)]
  }

  return {
    open(kind, id) {
      const opened = { kind, id, block: null, metadata: null, input: '', ending: false }
      blocks.push(opened)
      return opened
    },
    find: (kind, id) => blocks.find((open) => open.kind === kind && open.id === id && !open.ending),
    findSilent: (id) => blocks.find((open) => open.id === id && open.block === null),
    openText: () =>
      blocks.findLast((open) => open.kind === 'text' && open.block !== null)?.block ?? null,
    show,
    close,
    closeEnding: () => blocks.filter((open) => open.ending).flatMap(close),
    closeAll: () => [...blocks].flatMap(close),
    next: () => count++,
  }
}

function startEvent(open: OpenBlock, block: number, toolName: string): ReplyEvent {
  if (open.kind === 'tool') return { type: 'tool-call-start', block, id: open.id, name: toolName }
  return { type: `${open.kind}-start`, block }
}

function endEvents(open: OpenBlock, block: number, sdk: string): ReplyEvent[] {
  const signature = signatureOf(open.metadata, sdk)
  switch (open.kind) {
    case 'text':
      return [{ type: 'text-end', block, signature }]
    case 'reasoning': {
      const redacted = isRedacted(open.metadata)
      return [{ type: 'reasoning-end', block, signature, redacted }]
    }
    case 'tool': {
      const empty: ReplyEvent = { type: 'tool-call-delta', block, input: '{}' }
      const end: ReplyEvent = { type: 'tool-call-end', block, signature }
      return open.input === '' ? [empty, end] : [end]
    }
  }
}
