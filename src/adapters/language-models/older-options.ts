import type { LanguageModelV4FilePart, LanguageModelV4Message } from '@ai-sdk/provider'
import type { CallOptions } from './call-options.ts'

/**
 * The call options as packages of specification v2 (AI SDK 5) and v3 (AI SDK 6) expect them: files
 * without a tag around their content, other words for files in tool results, no `reasoning`.
 */
export function optionsForVersion(
  options: CallOptions,
  version: string,
  warnings: Set<string>,
): object {
  if (version !== 'v2' && version !== 'v3') return options
  const { reasoning, ...others } = options
  if (reasoning !== undefined) {
    warnings.add(
      'The reasoning effort was left out: this version of the package has no such option.',
    )
  }
  const prompt = options.prompt.map((message) => olderMessage(message, version, warnings))
  return { ...others, prompt }
}

function olderMessage(
  message: LanguageModelV4Message,
  version: 'v2' | 'v3',
  warnings: Set<string>,
): object {
  if (message.role === 'system') return message
  const content = message.content.map((part) => {
    if (part.type === 'file') return { ...part, data: contentOf(part.data) }
    if (part.type !== 'tool-result' || part.output.type !== 'content') return part
    const value = part.output.value.flatMap((item) =>
      item.type === 'file' ? resultFile(item, version, warnings) : [item],
    )
    return { ...part, output: { type: 'content', value } }
  })
  return { ...message, content }
}

/** Base64 text, or a URL: a prompt of ours has no other kinds of files. */
function contentOf(data: LanguageModelV4FilePart['data']): unknown {
  return data.type === 'url' ? data.url : 'data' in data ? data.data : null
}

function resultFile(
  { data, mediaType }: Pick<LanguageModelV4FilePart, 'data' | 'mediaType'>,
  version: 'v2' | 'v3',
  warnings: Set<string>,
): object[] {
  const kind = mediaType.startsWith('image') ? 'image' : 'file'
  if (data.type === 'url' && version === 'v3') return [{ type: `${kind}-url`, url: data.url.href }]
  if (data.type !== 'data') {
    warnings.add(
      'A file in a tool result was left out: this version of the package takes base64 only.',
    )
    return []
  }
  const type = version === 'v2' ? 'media' : `${kind}-data`
  return [{ type, data: data.data, mediaType }]
}
