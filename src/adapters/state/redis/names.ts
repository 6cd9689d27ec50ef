/** Keys in Redis. The braces put all of them on one node of a cluster, so that a script may use them. */
export interface Names {
  readonly gate: string
  /** What this gateway has done lately. */
  readonly done: string
  readonly gateways: string
  /** What keys of books begin with. */
  readonly books: string
  readonly setLimits: string
  /** What is known of targets; also the channel on which changes are told. */
  readonly fleet: string
}

export function namesOf(prefix: string, gatewayId: string): Names {
  const tag = `{${prefix}}`
  return {
    gate: `${tag}:gate`,
    done: `${tag}:done:${gatewayId}`,
    gateways: `${tag}:gateways`,
    books: `${tag}:book:`,
    setLimits: `${tag}:limits`,
    fleet: `${tag}:fleet`,
  }
}
