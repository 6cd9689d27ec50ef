import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRequestReader, type ReadRequest } from '../../../src/mock/net/request-reader.ts'
import { parseBody } from '../../../src/mock/request/parse-body.ts'

function readAll(bytes: Buffer, cuts: readonly number[]): ReadRequest[] {
  const reader = createRequestReader()
  const found: ReadRequest[] = []
  const borders = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])]
  borders.sort((a, b) => a - b)
  for (let index = 1; index < borders.length; index++) {
    reader.push(bytes.subarray(borders[index - 1], borders[index]))
    for (let step = reader.read(); step.kind !== 'partial'; step = reader.read()) {
      if (step.kind === 'malformed') throw new Error('malformed')
      if (step.kind === 'request') found.push(step.request)
    }
  }
  return found
}

const wire = Buffer.from(
  'POST /a HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nx-two: 2\r\ncontent-length: 7\r\n\r\n{"é":1}'.slice(
    0,
    -1,
  ) +
    'GET /b HTTP/1.0\r\n\r\n' +
    'POST /c HTTP/1.1\ntransfer-encoding: chunked\n\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\ntrailer: 1\r\n\r\n' +
    'POST /d HTTP/1.1\r\ncontent-length: 0\r\n\r\n',
)

describe('the request reader', () => {
  it('reads the same requests however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const requests = readAll(wire, cuts)
        expect(requests.map(({ target, bytes }) => [target, bytes.toString()])).toEqual([
          ['/a', '{"é":1'],
          ['/b', ''],
          ['/c', 'abcde'],
          ['/d', ''],
        ])
        expect(requests[0]?.headers).toEqual({ host: 'x', 'x-two': '1, 2', 'content-length': '7' })
        expect(requests[1]?.version).toBe('1.0')
      }),
    )
  })

  it('reads a head before its body, and says so once', () => {
    const reader = createRequestReader()
    reader.push(Buffer.from('POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\na'))
    expect(reader.read().kind).toBe('head')
    expect(reader.read().kind).toBe('partial')
    reader.push(Buffer.from('bc'))
    expect(reader.read()).toMatchObject({ kind: 'request' })
  })

  it('gives up on what is no HTTP', () => {
    const reader = createRequestReader()
    reader.push(Buffer.from('\r\n\r\n'))
    expect(reader.read().kind).toBe('malformed')
  })
})

describe('a body', () => {
  it('is JSON, the fields of a form, or unknown', () => {
    expect(parseBody(Buffer.from('{"a":[1]}'), 'application/json')).toEqual({ a: [1] })
    expect(parseBody(Buffer.from('{'), undefined)).toBeUndefined()
    const nested = (depth: number) =>
      Buffer.from(`${'{"a":'.repeat(depth)}"[["${'}'.repeat(depth)}`)
    expect(parseBody(nested(490), undefined)).toBeDefined()
    expect(parseBody(nested(10_000), undefined)).toBeUndefined()
    const form =
      '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper\r\n' +
      '--b\r\ncontent-disposition: form-data; name="file"; filename="a.mp3"\r\n' +
      'content-type: audio/mpeg\r\n\r\n\0\x01\r\n--b--\r\n'
    expect(parseBody(Buffer.from(form), 'multipart/form-data; boundary=b')).toEqual({
      model: 'whisper',
    })
  })
})
