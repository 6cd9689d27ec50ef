import { aiSdkClient } from './ai-sdk-client.ts'
import { anthropicClient } from './anthropic-client.ts'
import { chatClient } from './chat-client.ts'
import { geminiClient } from './gemini-client.ts'
import { responsesClient } from './responses-client.ts'
import type { Client } from './talk.ts'

/** Every SDK the matrix is run with, each made for the address of a gateway. */
export const clients: readonly { readonly name: string; readonly of: (url: string) => Client }[] = [
  { name: 'openai chat', of: chatClient },
  { name: 'openai responses', of: responsesClient },
  { name: 'anthropic', of: anthropicClient },
  { name: 'google genai', of: geminiClient },
  { name: 'ai sdk', of: aiSdkClient },
]
