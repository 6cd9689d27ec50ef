/** The AI SDK through Waybill, over its OpenAI-compatible provider. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, streamText } from 'ai'

const waybill = createOpenAICompatible({
  name: 'waybill',
  baseURL: `${process.env['WAYBILL_URL'] ?? 'http://127.0.0.1:4100'}/v1`,
  apiKey: process.env['WAYBILL_KEY'] ?? 'none',
})
const model = waybill(process.env['WAYBILL_MODEL'] ?? 'demo')

const { text, usage } = await generateText({ model, prompt: 'Hello!' })
console.log(text)
console.log(`tokens: ${usage.totalTokens}`)

const { textStream } = streamText({ model, prompt: 'And once more, as a stream.' })
for await (const piece of textStream) process.stdout.write(piece)
console.log()
