import type { Dialect } from '../core/request.ts'
import { anthropic } from '../dialects/anthropic/index.ts'
import type { DialectCodec } from '../dialects/dialect.ts'
import { gemini } from '../dialects/gemini/index.ts'
import { openai } from '../dialects/openai/index.ts'
import { openaiResponses } from '../dialects/openai-responses/index.ts'

/** Every dialect Waybill speaks. */
export const codecs: Readonly<Record<Dialect, DialectCodec>> = {
  openai,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
}
