import { isUtf8 } from 'node:buffer'

/**
 * What a client wrote into a header. Node reads headers as Latin-1; clients write UTF-8, and so they do
 * in bodies: a user named in the one or in the other has to be the same. Bytes that are no UTF-8 stay
 * Latin-1.
 */
export function headerText(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : value
}
