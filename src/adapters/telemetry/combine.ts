import type { Telemetry } from '../../gateway/ports.ts'

/**
 * Several sinks as one. A sink promises not to throw; one that breaks its promise must not cost the
 * client its reply, nor the other sinks the record, and is reported once.
 */
export function combineTelemetry(
  sinks: readonly Telemetry[],
  onProblem: (message: string) => void,
): Telemetry {
  const reported = new Set<Telemetry>()

  function toEach(tell: (sink: Telemetry) => void): void {
    for (const sink of sinks) {
      try {
        tell(sink)
      } catch (error) {
        if (reported.has(sink)) continue
        reported.add(sink)
        onProblem(`Telemetry failed (${error}): some requests are missing from it.`)
      }
    }
  }

  return {
    started: () => toEach((sink) => sink.started()),
    finished: (record) => toEach((sink) => sink.finished(record)),
  }
}
