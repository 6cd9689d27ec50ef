import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateFormTokens, estimateInputTokens } from '../../../src/gateway/input-tokens.ts'
import { leastInputTokens } from '../../../src/gateway/least-input-tokens.ts'

const estimate = (body: object) => estimateInputTokens(Buffer.from(JSON.stringify(body)))
const megabyte = randomBytes(1 << 20)
const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), megabyte]).toString('base64')
const wav = `AAAA${megabyte.toString('base64')}`
const user = (content: unknown) => ({ model: 'm', messages: [{ role: 'user', content }] })
const words = 'The quick brown fox jumps over the lazy dog. '.repeat(200)

describe('tokens of a request', () => {
  it('text has four letters each', () => {
    const body = user(words)
    expect(estimate(body)).toBe(Math.ceil(JSON.stringify(body).length / 4))
    expect(estimate(user('hi'))).toBe(Math.ceil(JSON.stringify(user('hi')).length / 4))
  })

  it.each<[string, object]>([
    ['Chat', user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }])],
    [
      'Responses',
      {
        input: [{ content: [{ type: 'input_image', image_url: `data:image/png;base64,${png}` }] }],
      },
    ],
    ['Messages', user([{ type: 'image', source: { type: 'base64', data: png } }])],
    ['Gemini', { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: png } }] }] }],
    ['blank', user([{ image_url: { url: `data:image/png;base64,${'A'.repeat(1_400_000)}` } }])],
  ])('an image of a megabyte is no text: %s', (_, body) => {
    expect(estimate(body)).toBeGreaterThan(200)
    expect(estimate(body)).toBeLessThan(2_000)
  })

  it('a client that writes slashes escaped means the same', () => {
    const body = JSON.stringify(
      user([{ image_url: { url: `data:image/png;base64,${png}` } }]),
    ).replaceAll('/', '\\/')
    expect(estimateInputTokens(Buffer.from(body))).toBeLessThan(2_000)
  })

  it('several images count each, recordings by their length', () => {
    const image = { image_url: { url: `data:image/png;base64,${png}` } }
    expect(estimate(user([image, image, image]))).toBeGreaterThan(3 * 1_600)
    const sound = user([{ input_audio: { data: wav, format: 'wav' } }])
    expect(estimate(sound)).toBeGreaterThan(1_500)
    expect(estimate(sound)).toBeLessThan(2_500)
  })

  it.each([
    ['Messages', user([{ type: 'thinking', thinking: '', signature: png }])],
    ['Gemini', { contents: [{ parts: [{ text: 'x', thoughtSignature: png }] }] }],
    ['Responses', { input: [{ type: 'reasoning', encrypted_content: `gAAAA${png}` }] }],
  ])('sealed thoughts of earlier turns count nothing: %s', (_, body) => {
    expect(estimate(body)).toBeLessThan(100)
  })

  it('the text beside an image counts as before', () => {
    const image = { image_url: { url: `data:image/png;base64,${png}` } }
    const both = estimate(user([{ type: 'text', text: words }, image]))
    expect(both - estimate(user([image]))).toBeGreaterThan(words.length / 4)
  })

  it.each<[string, object]>([
    ['a page of CSS', user(`a { b: url("data:image/png;base64,${png.slice(0, 40_000)}") }`)],
    ['JSON in a text', user(JSON.stringify({ data: png.slice(0, 40_000) }))],
    ['one letter', user('x'.repeat(40_000))],
    ['a text called data', { data: words.repeat(5) }],
    ['a found page under seal', { encrypted_content: `EqgB${png.slice(0, 40_000)}` }],
  ])('what is pasted is text: %s', (_, body) => {
    expect(estimate(body)).toBeGreaterThan(9_000)
  })

  it.each([
    ['Ж', 0.4],
    ['漢', 0.75],
    ['😀', 1.5],
  ])('a letter of another script: %s is %d tokens', (letter, tokens) => {
    const count = estimate(user(letter.repeat(10_000)))
    expect(count).toBeGreaterThan(10_000 * tokens)
    expect(count).toBeLessThan(10_000 * tokens + 30)
  })

  it('and nearly as many when it is written as an escape', () => {
    const body = JSON.stringify(user('漢'.repeat(10_000))).replaceAll('漢', '\\u6f22')
    expect(estimateInputTokens(Buffer.from(body))).toBeLessThan(8_000)
  })

  it('a form is mostly a file', () => {
    expect(estimateFormTokens(new Uint8Array(750_000))).toBe(1_000)
  })
})

describe('tokens a request certainly has', () => {
  const least = (body: object, indent = 0) =>
    leastInputTokens(Buffer.from(JSON.stringify(body, null, indent)))

  it('are what its texts have at 5.8 bytes each, however the body is written', () => {
    const body = user(words)
    expect(least(body)).toBe(Math.floor(words.length / 5.8))
    expect(least(body, 8)).toBe(least(body))
    expect(least(user('x'.repeat(16_000)))).toBe(2_758)
  })

  it.each<[string, object]>([
    ['keys, ids and roles', user([{ id: 'call_0123456789abcdef', type: 'function', index: 1 }])],
    ['a data URL', user([{ url: `data:image/png;base64,${'A'.repeat(100_000)}` }])],
    ['a file', { source: { type: 'base64', data: 'A'.repeat(100_000) } }],
    ['base64 of any name', { result: png }],
    ['thoughts of earlier turns', user([{ type: 'thinking', thinking: words }])],
    ['a seal', { signature: png.slice(0, 2_000), encrypted_content: png.slice(0, 2_000) }],
  ])('%s have none', (_, body) => {
    expect(least(body)).toBe(0)
  })

  it.each([
    ['indented code', `${' '.repeat(40)}return value\n`],
    ['quotes', 'He said "so": "no"\n'],
    ['Russian', 'Съешь же ещё этих мягких французских булок'],
    ['Chinese', '天地玄黃宇宙洪荒日月盈昃辰宿列張'],
    ['Hindi', 'सभी मनुष्यों को गौरव और अधिकारों के मामले में'],
  ])('%s: fewer than the estimate', (_, text) => {
    const body = user(text.repeat(500))
    expect(least(body)).toBeLessThan(estimate(body))
    expect(least(body)).toBeGreaterThan(0)
    const escaped = JSON.stringify(body).replace(
      /[\u007f-\uffff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    expect(leastInputTokens(Buffer.from(escaped))).toBeLessThanOrEqual(least(body))
  })

  it('reads any JSON to its end', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const tokens = leastInputTokens(Buffer.from(text))
        expect(tokens).toBeLessThanOrEqual(Buffer.byteLength(text) / 4)
      }),
    )
  })
})
