import type { Dialect } from '../../src/core/request.ts'
import type { Said } from './replay-said.ts'
import { askAnthropic } from './replay-sdk-anthropic.ts'
import { askChat } from './replay-sdk-chat.ts'
import { askGemini } from './replay-sdk-gemini.ts'
import { askResponses } from './replay-sdk-responses.ts'

/** Asks the gateway for a model with an official SDK, and tells what the SDK made of the reply. */
export type AskBySdk = (url: string, model: string, streaming: boolean) => Promise<Said>

export const sdks: Readonly<Record<Dialect, AskBySdk>> = {
  openai: askChat,
  'openai-responses': askResponses,
  anthropic: askAnthropic,
  gemini: askGemini,
}
