import { gzipSync } from 'node:zlib'
import type { Exchange } from './replay-corpus.ts'
import { chunksOf } from './replay-recorded.ts'

/** As a provider sends it that compresses without being asked. */
export function compressed(exchange: Exchange): Exchange {
  const headers = { ...exchange.headers, 'content-encoding': 'gzip' }
  return { ...exchange, headers, bytes: gzipSync(exchange.bytes) }
}

/** As Gemini streams where nobody asks for server-sent events. */
export function asArray(exchange: Exchange): Exchange {
  const chunks = chunksOf(exchange.sse ?? '').map((chunk) => JSON.stringify(chunk, null, 2))
  const headers = { ...exchange.headers, 'content-type': 'application/json; charset=UTF-8' }
  return { ...exchange, headers, bytes: Buffer.from(`[${chunks.join('\n,\r\n')}\n]\n`) }
}

/** Ten streams that differ in what makes cutting hard: dialect, line ends, characters, errors. */
export function variedStreams(streams: readonly Exchange[]): Exchange[] {
  const small = streams.filter(({ bytes }) => bytes.length < 40_000)
  const chosen = new Set<Exchange>()
  const choose = (fits: (sse: string, exchange: Exchange) => boolean) => {
    const found = small.find((one) => !chosen.has(one) && fits(one.sse ?? '', one))
    if (found !== undefined) chosen.add(found)
  }
  const wide = /[\u0100-\uffff]/
  for (const dialect of ['openai', 'openai-responses', 'anthropic', 'gemini']) {
    choose((sse, one) => one.dialect === dialect && wide.test(sse))
    choose((sse, one) => one.dialect === dialect && !wide.test(sse))
  }
  choose((sse) => sse.includes('\r\n') && wide.test(sse))
  choose((sse, one) => one.dialect === 'openai' && sse.includes('\r\n'))
  choose((_, { features }) => features.includes('stream_error'))
  choose((sse) => /\p{Emoji_Presentation}/u.test(sse))
  return [...chosen]
}
