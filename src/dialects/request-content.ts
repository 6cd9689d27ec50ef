import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { Needs } from '../core/needs.ts'

/** An array of a body; elements are looked for and parsed as they are read. */
export interface LazyList {
  length(): number
  /** Whether there is an element, without a parse of it. */
  has(index: number): boolean
  /** undefined beyond the end. */
  at(index: number): JsonValue | undefined
}

/** A scanned body that is parsed only where somebody looks. */
export interface LazyBody {
  has(name: string): boolean
  /** A top-level member, parsed; undefined where it is absent. */
  get(name: string): JsonValue | undefined
  /** The elements of a top-level array; null where the member is absent or no array. */
  list(name: string): LazyList | null
  /**
   * False when a word, with its quotes, stands nowhere in the body; true means that it may, in a place
   * that means something else. Texts that speak of it do not count: there the quotes are escaped. Makes
   * a parse of the messages unnecessary for nearly all requests.
   */
  mentions(word: string): boolean
}

/** What the files in a conversation are. */
export type Media = Pick<Needs, 'vision' | 'audio' | 'pdf'>

/**
 * What a chat request says beyond the facts that every request is routed by. Nothing here throws, and
 * wrong types read as absent: a request that is wrong is refused by who serves it.
 */
export interface RequestContent {
  /** What the members beside the messages ask for. */
  settings(body: LazyBody): Omit<Needs, keyof Media | 'streaming'>
  media(body: LazyBody): Media
  /**
   * How the conversation begins, system prompt and first words of the user, in plain text; null where
   * there is no user yet. Marks that clients move from turn to turn (`cache_control`) are not part.
   */
  opening(body: LazyBody): readonly string[] | null
  /** What the user says last, in plain text; empty where there is nothing. */
  lastUserText(body: LazyBody): string
}

export const noMedia: Media = { vision: false, audio: false, pdf: false }

/** Adds up what several files are. */
export function mediaIn(mediaTypes: Iterable<string>): Media {
  let media = noMedia
  for (const type of mediaTypes) {
    const [kind = ''] = type.toLowerCase().split('/')
    media = {
      vision: media.vision || kind === 'image',
      audio: media.audio || kind === 'audio',
      pdf: media.pdf || /^application\/(?:x-)?pdf/i.test(type),
    }
  }
  return media
}

/** The objects of a list that may hold anything. */
export function* objectsOf(list: LazyList | null): Generator<JsonObject> {
  if (list === null) return
  for (let index = 0; ; index++) {
    const element = list.at(index)
    if (element === undefined) return
    if (isObject(element)) yield element
  }
}

/** The same from the end, where the last turn is. */
export function* objectsFromEnd(list: LazyList | null): Generator<JsonObject> {
  if (list === null) return
  for (let index = list.length() - 1; index >= 0; index--) {
    const element = list.at(index)
    if (isObject(element)) yield element
  }
}

/** Objects in a value that is a list of them, one of them, or something else. */
export function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => isObject(one))
}

/** Text of content that is a string or a list of parts with a `text`, joined by line breaks. */
export function plainText(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content
  const texts: string[] = []
  for (const part of Array.isArray(content) ? content : []) {
    const text = isObject(part) ? part['text'] : part
    if (typeof text === 'string') texts.push(text)
  }
  return texts.join('\n')
}

/** Everything of a piece of content by which two conversations differ, as text. */
export function contentText(content: JsonValue | undefined): string {
  if (!Array.isArray(content)) return plainText(content)
  const pieces = content.map((part) => {
    if (!isObject(part)) return plainText(part)
    const { text, cache_control: _moves, ...rest } = part
    return typeof text === 'string' ? text : JSON.stringify(rest)
  })
  return pieces.join('\n')
}

/** Whether a member is a list with something in it. */
export function isFilled(body: LazyBody, name: string): boolean {
  return body.list(name)?.has(0) === true
}
