import { describe, expect, it } from 'vitest'
import { pairs, startRig } from '../../support/sdk/rig.ts'
import type { AskedFile } from '../../support/sdk/talk.ts'

/** One red pixel. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC'
const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n').toString(
  'base64',
)
const image: AskedFile = { mediaType: 'image/png', data: png }
const linked: AskedFile = { mediaType: 'image/png', data: new URL('https://example.com/pixel.png') }
const document: AskedFile = { mediaType: 'application/pdf', filename: 'a.pdf', data: pdf }

const asking = (files: AskedFile[]) => [{ from: 'user' as const, text: 'What is this?', files }]

describe.each(pairs)('$title', ({ clientOf, provider, model }) => {
  it('shows images, in their order', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const said = await client.whole({ model: model('small'), turns: asking([image, linked]) })
    expect(said.text).toContain('files: 2.')
    const received = rig.received(provider)
    expect(received.turns).toEqual([{ role: 'user', text: 'What is this?' }])
    expect(received.files).toMatchObject([
      { mediaType: 'image/png', data: png },
      { data: 'https://example.com/pixel.png' },
    ])
  })

  it('shows a PDF', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    await client.streamed({ model: model('small'), turns: asking([document]) })
    const [file] = rig.received(provider).files
    expect(file).toMatchObject({ mediaType: 'application/pdf', data: pdf })
    // Gemini has no place for a name on either side.
    const named = client.dialect !== 'gemini' && provider !== 'gemini'
    if (named) expect(file?.filename).toBe('a.pdf')
  })
})

const linking = ['openai responses', 'anthropic', 'google genai']

describe.each(pairs.filter(({ name }) => linking.includes(name)))(
  '$title',
  ({ clientOf, provider, model }) => {
    it('points to a PDF', async () => {
      const rig = await startRig()
      const client = clientOf(rig.gateway.url)
      const data = new URL('https://example.com/a.pdf')
      const linkedPdf = { mediaType: 'application/pdf', data }
      const asked = client.whole({ model: model('small'), turns: asking([linkedPdf]) })
      if (provider === 'openai') {
        // Chat Completions has no place for an address: no wrong answer, and nobody is asked.
        const error: unknown = await asked.catch((problem: unknown) => problem)
        expect(client.raised(error)).toMatchObject({
          status: 400,
          message: expect.stringContaining('send its contents'),
        })
        expect(rig.mock.log.requests()).toEqual([])
        return
      }
      await asked
      expect(rig.received(provider).files).toMatchObject([{ data: data.href }])
    })
  },
)
