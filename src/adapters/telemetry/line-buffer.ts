const FIRST_BYTES = 64 * 1024
/** Memory a rush of lines took is given back after it. */
const KEPT_BYTES = 1024 * 1024

/**
 * Lines as bytes, one behind the other, in memory that is used again: kept as strings until they are
 * written, thousands of them would be moved about by the collector and then copied twice.
 */
export interface LineBuffer {
  add(line: string): void
  lines(): number
  /** In bytes. */
  length(): number
  /** Every line with its line break; valid until `clear`. */
  bytes(): Uint8Array
  clear(): void
}

export function createLineBuffer(): LineBuffer {
  let memory = Buffer.allocUnsafeSlow(FIRST_BYTES)
  let used = 0
  let lines = 0

  function makeRoom(bytes: number): void {
    if (used + bytes <= memory.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(memory.length * 2, used + bytes))
    memory.copy(larger, 0, 0, used)
    memory = larger
  }

  return {
    add(line) {
      // A UTF-16 unit becomes three bytes at most.
      makeRoom(line.length * 3 + 1)
      used += memory.write(line, used)
      memory[used++] = 0x0a
      lines++
    },
    lines: () => lines,
    length: () => used,
    bytes: () => memory.subarray(0, used),
    clear() {
      used = 0
      lines = 0
      if (memory.length > KEPT_BYTES) memory = Buffer.allocUnsafeSlow(FIRST_BYTES)
    },
  }
}
