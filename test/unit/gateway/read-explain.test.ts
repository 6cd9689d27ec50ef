import { describe, expect, it } from 'vitest'
import { readExplain } from '../../../src/gateway/read-explain.ts'

const read = (text: string) => readExplain(Buffer.from(text))

describe('what is to be explained', () => {
  it('is taken byte for byte, because estimates depend on its bytes', () => {
    const found = read('{ "path": "/v1/x?alt=sse&b=?", "body" : { "a" :  1,\n"ä": "\\u0041" } }')
    if (!found.ok) throw new Error(found.failure.message)
    expect(Buffer.from(found.value.body).toString()).toBe('{ "a" :  1,\n"ä": "\\u0041" }')
    expect(found.value).toMatchObject({ path: '/v1/x', query: 'alt=sse&b=?', id: null })
  })

  it('may name the id whose dice are thrown', () => {
    expect(read('{"path":"/","body":{},"id":"wb_01ab"}')).toMatchObject({
      value: { id: 'wb_01ab' },
    })
  })

  it.each([
    ['', null],
    ['[]', null],
    ['{"path":"/v1/x","body":{}', null],
    ['{"body":{}}', 'path'],
    ['{"path":1,"body":{}}', 'path'],
    ['{"path":"/v1/x"}', 'body'],
    ['{"path":"/v1/x","body":{},"id":"chatcmpl-1"}', 'id'],
    ['{"path":"/v1/x","body":{},"id":7}', 'id'],
    ['{"path":"/v1/x","body":{},"headers":{}}', 'headers'],
    ['{"path":"/v1/x","boddy":{}}', 'boddy'],
  ])('%s is refused', (text, param) => {
    expect(read(text)).toMatchObject({ ok: false, failure: { class: 'invalid_request', param } })
  })

  it('has to be text', () => {
    expect(readExplain(Uint8Array.of(0x7b, 0xff))).toMatchObject({ ok: false })
  })
})
