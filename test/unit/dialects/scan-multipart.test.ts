import { describe, expect, it } from 'vitest'
import { multipartModel } from '../../../src/dialects/scan-multipart.ts'

async function form(
  fields: Record<string, string | Blob>,
): Promise<{ body: Buffer; type: string }> {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  const request = new Request('http://localhost/', { method: 'POST', body: data })
  const type = request.headers.get('content-type') ?? ''
  return { body: Buffer.from(await request.arrayBuffer()), type }
}

describe('multipartModel', () => {
  it('finds the model beside a file that mentions one', async () => {
    const file = new Blob(['name="model"\r\n\r\nwrong'], { type: 'audio/wav' })
    const { body, type } = await form({ file, model: 'whisper-ü', stream: 'true' })
    const found = multipartModel(body, type)
    expect(found).toMatchObject({ model: 'whisper-ü', stream: true })
    expect(body.subarray(found?.span.start, found?.span.end).toString()).toBe('whisper-ü')
  })

  it('reads a quoted boundary', () => {
    const body = Buffer.from(
      '--a b\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--a b--\r\n',
    )
    expect(multipartModel(body, 'multipart/form-data; boundary="a b"')?.model).toBe('m')
  })

  it.each([
    ['no boundary', 'multipart/form-data', '--a\r\n'],
    [
      'no model',
      'multipart/form-data; boundary=a',
      '--a\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--a--',
    ],
    [
      'an empty model',
      'multipart/form-data; boundary=a',
      '--a\r\ncontent-disposition: form-data; name="model"\r\n\r\n\r\n--a--',
    ],
    ['nothing at all', 'multipart/form-data; boundary=a', ''],
  ])('finds none in a form with %s', (_, type, body) => {
    expect(multipartModel(Buffer.from(body), type)).toBeNull()
  })
})
