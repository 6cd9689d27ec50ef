import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

export interface Document {
  /** Relative to the repository. */
  readonly file: string
  readonly text: string
}

/** A fenced block, its indentation taken away. */
export interface Block {
  readonly file: string
  /** Of its fence, for messages. */
  readonly line: number
  readonly language: string
  readonly text: string
}

export function readDocument(file: string): Document {
  return { file, text: readFileSync(path.join(root, file), 'utf8') }
}

/** Every Markdown file at the top of the repository, under docs/ and beside the examples. */
export const documents: readonly Document[] = [
  ...readdirSync(root),
  ...['docs', 'examples'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.join(folder, file),
    ),
  ),
]
  .filter((file) => file.endsWith('.md'))
  .sort()
  .map(readDocument)

export const blocks: readonly Block[] = documents.flatMap(blocksOf)

export function blocksOf({ file, text }: Document): Block[] {
  const found: Block[] = []
  const fences = /^([ ]*)```(\w*)\n([\s\S]*?)^[ ]*```$/gm
  for (const { 1: indent = '', 2: language = '', 3: body = '', index } of text.matchAll(fences)) {
    const lines = body.split('\n').map((line) => line.replace(new RegExp(`^${indent}`), ''))
    const line = text.slice(0, index).split('\n').length
    found.push({ file, line, language, text: lines.join('\n') })
  }
  return found
}

/** The only block of a document that contains a text. */
export function blockWith(file: string, part: string): Block {
  const [only, ...others] = blocks.filter((one) => one.file === file && one.text.includes(part))
  if (only === undefined || others.length > 0) {
    throw new Error(`${file} should hold exactly one block with ${part}`)
  }
  return only
}

/** Cells of the rows of a table, its heading left out. `heading` is the first cell of the heading. */
export function tableRows({ file, text }: Document, heading: string): string[][] {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  if (start < 0) throw new Error(`${file} should hold a table that begins with ${heading}`)
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines.slice(start + 2, end < 0 ? undefined : end).map((line) =>
    line
      .replace(/^\|\s*|\s*\|$/g, '')
      .split(/\s*(?<!\\)\|\s*/)
      .map((cell) => cell.trim()),
  )
}
