/** Anthropic Messages through Waybill: a whole reply, then a stream. */
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({
  // Without /v1: this SDK adds it.
  baseURL: process.env['WAYBILL_URL'] ?? 'http://127.0.0.1:4100',
  apiKey: process.env['WAYBILL_KEY'] ?? 'none',
})
const model = process.env['WAYBILL_MODEL'] ?? 'demo'

const reply = await client.messages.create({
  model,
  max_tokens: 200,
  messages: [{ role: 'user', content: 'Hello!' }],
})
for (const block of reply.content) if (block.type === 'text') console.log(block.text)
console.log(`stop reason: ${reply.stop_reason}`)

const stream = client.messages.stream({
  model,
  max_tokens: 200,
  messages: [{ role: 'user', content: 'And once more, as a stream.' }],
})
stream.on('text', (text) => process.stdout.write(text))
await stream.finalMessage()
console.log()
