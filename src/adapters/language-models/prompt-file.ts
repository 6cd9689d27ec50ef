import type { LanguageModelV4FilePart, LanguageModelV4TextPart } from '@ai-sdk/provider'
import type { FilePart } from '../../core/conversation.ts'
import { optionsOf } from './provider-metadata.ts'
import { RefusedPart } from './refused-part.ts'

/** A file as a prompt part. Throws a RefusedPart for a file that no package can be given. */
export function buildFile(
  part: FilePart,
  sdk: string,
): LanguageModelV4TextPart | LanguageModelV4FilePart {
  const { source, mediaType } = part
  switch (source.kind) {
    case 'text':
      return documentPart(part, source.text)
    case 'base64':
      return isText(mediaType)
        ? documentPart(part, Buffer.from(source.data, 'base64').toString())
        : filePart(part, { type: 'data', data: source.data })
    case 'url':
      if (!URL.canParse(source.url)) {
        throw new RefusedPart(
          `\`${source.url}\` is no URL: correct it, or send the file as base64.`,
        )
      }
      return filePart(part, { type: 'url', url: new URL(source.url) })
    case 'id':
      throw new RefusedPart(
        `The file ${source.id} was uploaded to another provider, and ${sdk} cannot read it ` +
          'there: send its content as base64.',
      )
  }
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || mediaType === 'application/json'
}

/** A text document as plain text: every package takes that, several refuse or garble text files. */
function documentPart(part: FilePart, content: string): LanguageModelV4TextPart {
  const text = part.filename === null ? content : `${part.filename}\n\n${content}`
  return { type: 'text', text, ...optionsOf(null, part.cache) }
}

function filePart(
  { mediaType, filename, cache }: FilePart,
  data: LanguageModelV4FilePart['data'],
): LanguageModelV4FilePart {
  const named = filename === null ? {} : { filename }
  return { type: 'file', mediaType, data, ...named, ...optionsOf(null, cache) }
}
