import type { Socket } from 'node:net'
import { noTrouble } from '../behaviour/behaviour.ts'
import type { Prepared } from '../prepare.ts'
import type { MockRequest } from '../request/mock-request.ts'
import type { House } from './house.ts'
import type { HowEnded } from './log.ts'
import { maskHeaders, maskTarget } from './mask.ts'

/** Writes one request and how it ended into the log. */
export interface Diary {
  head(status: number): void
  /** Counts once; later calls say nothing new. */
  end(how: HowEnded): void
}

export function openDiary(
  asked: MockRequest,
  { model, behaviour }: Prepared,
  place: { readonly connection: number; readonly request: number; readonly atMs: number },
  socket: Socket,
  { log, wheel }: House,
): Diary {
  log.add({
    kind: 'request',
    ...place,
    method: asked.method,
    path: maskTarget(asked.target),
    headers: maskHeaders(asked.headers),
    body: asked.body,
    bodyBytes: asked.bodyBytes,
    model,
    troubled: behaviour.trouble !== noTrouble,
  })
  const bytesBefore = socket.bytesWritten
  let status: number | null = null
  let open = true
  return {
    head(sent) {
      status = sent
    },
    end(how) {
      if (!open) return
      open = false
      const atMs = wheel.nowMs()
      const bytesWritten = socket.bytesWritten - bytesBefore
      const afterMs = atMs - place.atMs
      log.add({ kind: 'ended', ...place, atMs, how, status, bytesWritten, afterMs })
    },
  }
}
