import { randomBytes } from 'node:crypto'
import type { Names } from './names.ts'
import { namesOf } from './names.ts'

/** What this gateway and Redis have to agree on before books are changed. */
export class Standing {
  readonly gatewayId = randomBytes(8).toString('hex')
  readonly names: Names
  /** Of the data in Redis, as it is known here; 0: Redis was never reached. */
  epoch = 0
  /** Added to the time of the server for calendars. */
  wallOffset = 0

  constructor(prefix: string) {
    this.names = namesOf(prefix, this.gatewayId)
  }

  /** Keys every script begins with. */
  get keys(): readonly string[] {
    return [this.names.gate, this.names.done]
  }
}
