/** OpenAI Responses through Waybill: a whole reply, then a stream. */
import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: `${process.env['WAYBILL_URL'] ?? 'http://127.0.0.1:4100'}/v1`,
  apiKey: process.env['WAYBILL_KEY'] ?? 'none',
})
const model = process.env['WAYBILL_MODEL'] ?? 'demo'

const reply = await client.responses.create({ model, input: 'Hello!' })
console.log(reply.output_text)
console.log(`tokens: ${reply.usage?.total_tokens}`)

const stream = await client.responses.create({
  model,
  input: 'And once more, as a stream.',
  stream: true,
})
for await (const event of stream) {
  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta)
}
console.log()
