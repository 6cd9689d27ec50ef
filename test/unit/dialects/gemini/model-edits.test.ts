import { describe, expect, it } from 'vitest'
import { modelEdits } from '../../../../src/dialects/gemini/model-edits.ts'
import { scanObject } from '../../../../src/dialects/scan-json.ts'
import { splice } from '../../../../src/dialects/splice.ts'

function renamed(text: string): string {
  const body = new TextEncoder().encode(text)
  const scan = scanObject(body)
  if (!scan.ok) throw new Error(scan.problem)
  const edits = modelEdits(body, scan.members, 'new')
  return Buffer.from(splice(body, edits, (bytes) => new Uint8Array(bytes))).toString()
}

describe('the model inside a Gemini body', () => {
  it('is replaced in every request of a batch, and nothing else is touched', () => {
    const text = `{ "requests" : [
      {"model":"models/old", "content":{"parts":[{"text":"a ] } \\" é 😀 \\u00e9"}]} },
      {"content":{"model":"models/old"},  "model" : "old"}] , "n": 1.50e0 }`
    const [first = '', second = ''] = text.split('"model" : "old"')
    const expected = `${first.replace('models/old', 'models/new')}"model" : "models/new"${second}`
    expect(renamed(text)).toBe(expected)
  })

  it.each(['generateContentRequest', 'generate_content_request'])('is replaced in %s', (name) => {
    const text = `{"${name}":{"contents":[],"model":"models/old"}}`
    expect(renamed(text)).toBe(text.replace('old', 'new'))
  })

  it('is replaced at the top', () => {
    expect(renamed('{"model":"models/old","content":{}}')).toBe(
      '{"model":"models/new","content":{}}',
    )
  })

  it.each([
    '{"contents":[{"parts":[{"text":"\\"model\\":\\"old\\""}]}]}',
    '{"model":null,"requests":[{"model":5},[],"model"]}',
    '{"requests":"model","generateContentRequest":[{"model":"old"}]}',
  ])('is left alone where a body names none: %s', (text) => {
    expect(renamed(text)).toBe(text)
  })
})
