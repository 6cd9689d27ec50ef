import { describe, expect, it } from 'vitest'
import { combineTelemetry } from '../../../src/adapters/telemetry/combine.ts'
import { sampleRecord } from '../../conformance/ledger/sample-record.ts'

describe('combined telemetry', () => {
  it('tells every sink, also when one of them fails, and reports that once', () => {
    const heard: string[] = []
    const problems: string[] = []
    const broken = {
      started() {
        throw new Error('no disk')
      },
      finished() {
        throw new Error('no disk')
      },
    }
    const working = {
      started: () => heard.push('started'),
      finished: ({ id }: { id: string }) => heard.push(id),
    }
    const telemetry = combineTelemetry([broken, working], (message) => problems.push(message))
    telemetry.started()
    telemetry.finished(sampleRecord('wb_1'))
    expect(heard).toEqual(['started', 'wb_1'])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('no disk')
  })
})
