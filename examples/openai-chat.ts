/** OpenAI Chat Completions through Waybill: a whole reply, then a stream. */
import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: `${process.env['WAYBILL_URL'] ?? 'http://127.0.0.1:4100'}/v1`,
  // Any text will do on this machine while the configuration names no clients.
  apiKey: process.env['WAYBILL_KEY'] ?? 'none',
})
const model = process.env['WAYBILL_MODEL'] ?? 'demo'

const { data, response } = await client.chat.completions
  .create({ model, messages: [{ role: 'user', content: 'Hello!' }] })
  .withResponse()
console.log(data.choices[0]?.message.content)
console.log(`target: ${response.headers.get('x-waybill-target')}`)
console.log(`cost:   $${response.headers.get('x-waybill-cost-usd')}`)

const stream = await client.chat.completions.create({
  model,
  messages: [{ role: 'user', content: 'And once more, as a stream.' }],
  stream: true,
})
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
console.log()
