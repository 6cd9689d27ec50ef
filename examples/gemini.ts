/** Gemini through Waybill: a whole reply, then a stream. */
import { GoogleGenAI } from '@google/genai'

const client = new GoogleGenAI({
  apiKey: process.env['WAYBILL_KEY'] ?? 'none',
  // Without /v1beta: this SDK adds it.
  httpOptions: { baseUrl: process.env['WAYBILL_URL'] ?? 'http://127.0.0.1:4100' },
})
const model = process.env['WAYBILL_MODEL'] ?? 'demo'

const reply = await client.models.generateContent({ model, contents: 'Hello!' })
console.log(reply.text)
console.log(`tokens: ${reply.usageMetadata?.totalTokenCount}`)

const stream = await client.models.generateContentStream({
  model,
  contents: 'And once more, as a stream.',
})
for await (const chunk of stream) process.stdout.write(chunk.text ?? '')
console.log()
