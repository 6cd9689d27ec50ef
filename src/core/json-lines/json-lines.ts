import type { Piece } from './piece.ts'
import { bytesPerUnit, writeUtf8 } from './utf8.ts'

const firstBytes = 64 * 1024
/** Memory a rush of lines took is given back after it. */
const keptBytes = 1024 * 1024

const billion = 1_000_000_000

/**
 * Lines of JSON as bytes, one behind the other, in memory that is used again. Values are written where
 * they will stand: an object made of them, its text and the copy of that would each cost as much as
 * all of this, and be garbage.
 */
export class JsonLines {
  #memory = new Uint8Array(firstBytes)
  #view = new DataView(this.#memory.buffer)
  /** Behind the last whole line. */
  #end = 0
  /** Behind what is written of the next one. */
  #at = 0
  #count = 0

  /** Whole lines. */
  get count(): number {
    return this.#count
  }

  /** Of the whole lines, in bytes. */
  get length(): number {
    return this.#end
  }

  /** With what is written of the next line. */
  get written(): number {
    return this.#at
  }

  /** The whole lines; valid until the next is begun. */
  bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#end)
  }

  clear(): void {
    this.#end = 0
    this.#at = 0
    this.#count = 0
    if (this.#memory.length > keptBytes) this.#useMemory(new Uint8Array(firstBytes))
  }

  /** Begins a line. One that was begun and not finished, because it could not be written, is gone. */
  begin(): void {
    this.#at = this.#end
  }

  /** What was written since `begin`, its line break included, is a whole line. */
  finish(): void {
    this.#end = this.#at
    this.#count++
  }

  piece({ length, words }: Piece): void {
    // The last word may reach over the end.
    this.#makeRoom(length + 4)
    const view = this.#view
    let at = this.#at
    this.#at = at + length
    for (let index = 0; index < words.length; index++) {
      view.setUint32(at, words[index] ?? 0, true)
      at += 4
    }
  }

  /** JSON, or a part of it, as it is. */
  raw(json: string): void {
    this.#makeRoom(json.length * bytesPerUnit)
    this.#at = writeUtf8(json, this.#memory, this.#at)
  }

  /** One character of ASCII, as it is. */
  character(code: number): void {
    this.#makeRoom(1)
    this.#memory[this.#at++] = code
  }

  /** A text in quotes. */
  text(value: string): void {
    if (!this.plainText(value)) this.raw(JSON.stringify(value))
  }

  /** False, and nothing is written, where `value` holds more than ASCII that needs no escape. */
  plainText(value: string): boolean {
    this.#makeRoom(value.length + 2)
    const memory = this.#memory
    let at = this.#at
    memory[at++] = 0x22
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false
      memory[at++] = code
    }
    memory[at++] = 0x22
    this.#at = at
    return true
  }

  /** As `JSON.stringify` writes it: null where it is not finite. */
  number(value: number): void {
    if (value >= 0 && (value | 0) === value) this.#digits(value, digitsOf(value))
    else if (value > 0 && Number.isSafeInteger(value)) this.#large(value)
    else this.raw(Number.isFinite(value) ? String(value) : 'null')
  }

  /** `units` / 10 ** `decimals`, as `number` writes that. */
  decimal(units: number, decimals: number): void {
    if (units < 0 || (units | 0) !== units || isTiny(units, decimals)) {
      this.number(units / 10 ** decimals)
      return
    }
    let left = units
    let behind = decimals
    for (let tenth = (left / 10) | 0; behind > 0 && tenth * 10 === left; tenth = (left / 10) | 0) {
      left = tenth
      behind--
    }
    if (behind === 0) this.#digits(left, digitsOf(left))
    else this.#fraction(left, behind)
  }

  /** The last `count` digits of a small integer, zeros included. */
  digits(value: number, count: number): void {
    this.#digits(value, count)
  }

  #large(value: number): void {
    const billions = Math.floor(value / billion)
    this.number(billions)
    this.#digits(value - billions * billion, 9)
  }

  #digits(value: number, count: number): void {
    this.#makeRoom(count)
    const memory = this.#memory
    const start = this.#at
    let at = start + count
    this.#at = at
    let left = value | 0
    while (at > start) {
      const tenth = (left / 10) | 0
      memory[--at] = 0x30 + left - tenth * 10
      left = tenth
    }
  }

  /** A small integer with a point before its last `behind` digits. */
  #fraction(value: number, behind: number): void {
    const count = Math.max(digitsOf(value), behind + 1)
    this.#makeRoom(count + 1)
    const memory = this.#memory
    const start = this.#at
    const point = start + count - behind
    let at = start + count + 1
    this.#at = at
    let left = value | 0
    while (at > start) {
      if (--at === point) {
        memory[at] = 0x2e
        continue
      }
      const tenth = (left / 10) | 0
      memory[at] = 0x30 + left - tenth * 10
      left = tenth
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes > this.#memory.length) this.#grow(bytes)
  }

  #grow(bytes: number): void {
    const larger = new Uint8Array(Math.max(this.#memory.length * 2, this.#at + bytes))
    larger.set(this.#memory.subarray(0, this.#at))
    this.#useMemory(larger)
  }

  #useMemory(memory: Uint8Array<ArrayBuffer>): void {
    this.#memory = memory
    this.#view = new DataView(memory.buffer)
  }
}

/** Below a millionth a number is written with an exponent. */
function isTiny(units: number, decimals: number): boolean {
  return decimals > 6 && units < 1000 && units > 0
}

function digitsOf(value: number): number {
  if (value < 1_000) return value < 10 ? 1 : value < 100 ? 2 : 3
  if (value < 1_000_000) return value < 10_000 ? 4 : value < 100_000 ? 5 : 6
  if (value < billion) return value < 10_000_000 ? 7 : value < 100_000_000 ? 8 : 9
  return 10
}
