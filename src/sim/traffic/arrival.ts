/** One request of the traffic. */
export interface Arrival {
  /** Milliseconds since the first one. */
  readonly atMs: number
  readonly inputTokens: number
  /** What the model will write; the gateway learns it only as it comes. */
  readonly outputTokens: number
}
