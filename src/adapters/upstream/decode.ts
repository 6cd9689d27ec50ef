import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib'

export interface Decoder {
  write(chunk: Uint8Array): void
  end(): void
  /** Gives nothing more until `resume`: a slow client must not make us hold what expands. */
  pause(): void
  resume(): void
  destroy(): void
}

export interface DecoderSink {
  data(chunk: Uint8Array): void
  end(): void
  fail(problem: string): void
}

/** Past this much output, a reply that grew by more than the ratio is taken for a bomb. */
const suspiciousBytes = 4 * 1024 * 1024
const suspiciousRatio = 100

/**
 * Undoes one content encoding. We ask for none, so only an odd provider ever comes here; nested
 * encodings and bodies that explode are refused rather than expanded.
 */
export function createDecoder(encoding: string, sink: DecoderSink): Decoder {
  const stream = decompressor(encoding.trim().toLowerCase())
  if (stream === null) {
    const problem = `The provider answered with content-encoding ${JSON.stringify(encoding)}, which was not asked for.`
    queueMicrotask(() => sink.fail(problem))
    return { write() {}, end() {}, pause() {}, resume() {}, destroy() {} }
  }
  let bytesIn = 0
  let bytesOut = 0
  stream.on('data', (chunk: Buffer) => {
    bytesOut += chunk.length
    if (bytesOut > suspiciousBytes && bytesOut > bytesIn * suspiciousRatio) {
      stream.destroy()
      sink.fail('The provider sent a compressed body that expands beyond reason.')
      return
    }
    sink.data(chunk)
  })
  stream.on('end', () => sink.end())
  stream.on('error', () => sink.fail(`The provider sent a body that is not valid ${encoding}.`))
  return {
    write(chunk) {
      bytesIn += chunk.length
      stream.write(chunk)
    },
    end: () => stream.end(),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    destroy: () => stream.destroy(),
  }
}

function decompressor(encoding: string) {
  // Flush what is there: a compressed event stream must not wait for the next event.
  const flush = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(flush)
    case 'deflate':
      return createInflate(flush)
    case 'br':
      return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
    case 'zstd':
      return createZstdDecompress()
    default:
      return null
  }
}
