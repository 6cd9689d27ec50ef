import { isObject, type JsonObject, stringAt } from '../../core/json.ts'
import type { FinishReason, ReplyEvent } from '../../core/reply.ts'
import { createCitations } from './citations.ts'
import { createOpenBlocks } from './open-blocks.ts'
import { stopSequenceOf } from './provider-metadata.ts'
import { citeNow, type Reading, readContentPart } from './read-content-parts.ts'
import { readFinish, readUsage } from './read-figures.ts'

export interface PartReading {
  readonly events: readonly ReplyEvent[]
  /** How the reply stands: `cut` and `error` are ends without a proper end. */
  readonly outcome: 'going-on' | 'complete' | 'cut' | 'error'
}

export interface PartReader {
  read(part: unknown): PartReading
}

/**
 * Reads the stream parts of a package, v2 to v4, leniently: blocks may lack their start, reuse ids
 * of ended ones or never end. Error parts and warnings are the caller's. `streamed` is false for
 * parts made from a whole reply, whose end needs no word from the provider.
 */
export function createPartReader(sdk: string, streamed: boolean): PartReader {
  const reading: Reading = {
    blocks: createOpenBlocks(sdk),
    citations: createCitations(),
    hiddenCalls: new Set(),
    calledTools: false,
  }
  let started = false

  const begin = (id: string | null, model: string | null): ReplyEvent[] => {
    if (started) return []
    started = true
    return [{ type: 'reply-start', id, model }]
  }

  return {
    read(part) {
      const type = isObject(part) ? stringAt(part, 'type') : null
      if (!isObject(part) || type === null) return goingOn([])
      switch (type) {
        case 'stream-start':
        case 'raw':
        case 'ping':
          return goingOn([])
        case 'response-metadata':
          return goingOn(begin(stringAt(part, 'id'), stringAt(part, 'modelId')))
        case 'source':
          reading.citations.addSource(part)
          return goingOn([...begin(null, null), ...citeNow(reading)])
        case 'finish': {
          const opening = begin(null, null)
          const { events, outcome } = readFinishPart(reading, part, streamed)
          return { events: [...opening, ...events], outcome }
        }
        default: {
          const opening = [...begin(null, null), ...reading.blocks.closeEnding()]
          return goingOn([...opening, ...readContentPart(reading, type, part)])
        }
      }
    },
  }
}

function readFinishPart(reading: Reading, part: JsonObject, streamed: boolean): PartReading {
  const usage = readUsage(part['usage'])
  const used: ReplyEvent[] = usage === null ? [] : [{ type: 'usage', usage }]
  const reason = readFinish(part['finishReason'], streamed)
  if (reason === 'cut' || reason === 'error') return { events: used, outcome: reason }
  const stopSequence = reason === 'stop' ? stopSequenceOf(part['providerMetadata']) : null
  // Clients run tools only when the reply says that it ended for them; not every package does.
  const finish: FinishReason = reason === 'stop' && reading.calledTools ? 'tool-calls' : reason
  const closed = [...reading.blocks.closeAll(), ...reading.citations.unplaced()]
  return {
    events: [...closed, ...used, { type: 'reply-end', finish, stopSequence }],
    outcome: 'complete',
  }
}

const goingOn = (events: readonly ReplyEvent[]): PartReading => ({ events, outcome: 'going-on' })
