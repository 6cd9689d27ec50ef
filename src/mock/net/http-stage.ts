import type { Socket } from 'node:net'
import type { Faults } from '../behaviour/fault-names.ts'
import type { Ending } from '../faults/ending.ts'
import type { Stage } from '../play.ts'
import type { Piece } from '../wire/piece.ts'
import type { PlannedReply } from '../wire/planned-reply.ts'
import type { Framing } from './write-head.ts'
import { writeHead } from './write-head.ts'

/** Is told what has been given to the socket. */
export interface Witness {
  head(status: number): void
  ended(ending: Ending): void
}

/** What is due together is joined up to this length, then written. */
const LARGEST_WRITE = 32 * 1024

/**
 * Plays a reply onto a socket as HTTP/1.1. Everything due at the same time leaves in one write; an
 * event that is due alone is one small write of its own.
 */
export function createHttpStage(
  socket: Socket,
  framing: Framing,
  faults: Faults,
  witness: Witness,
): Stage {
  let waiting = ''

  function flush(): boolean {
    if (waiting === '') return !socket.writableNeedDrain
    const text = waiting
    waiting = ''
    return socket.write(text)
  }

  function addText(text: string, lostBytes: number): boolean {
    if (framing !== 'chunked') waiting += text
    else waiting += `${sizeLine(Buffer.byteLength(text) + lostBytes)}${text}\r\n`
    return waiting.length < LARGEST_WRITE || flush()
  }

  function addBytes(bytes: Uint8Array, lostBytes: number): boolean {
    if (framing === 'chunked') waiting += sizeLine(bytes.length + lostBytes)
    const parts = [Buffer.from(waiting), bytes]
    waiting = ''
    if (framing === 'chunked' && lostBytes === 0) parts.push(lineEnd)
    return socket.write(Buffer.concat(parts))
  }

  return {
    flush,
    head(reply: PlannedReply) {
      waiting += writeHead(reply, framing, faults)
      witness.head(reply.status)
    },
    piece({ bytes, lostBytes = 0 }: Piece) {
      if (bytes.length === 0) return true
      return typeof bytes === 'string' ? addText(bytes, lostBytes) : addBytes(bytes, lostBytes)
    },
    end(ending) {
      if (ending === 'finish' && framing === 'chunked') waiting += '0\r\n\r\n'
      flush()
      witness.ended(ending)
    },
  }
}

const lineEnd = Buffer.from('\r\n')

function sizeLine(length: number): string {
  return `${length.toString(16)}\r\n`
}
