/**
 * Routing on real traffic and real providers: one table of what the strategies must reach and what they
 * reach. Everything runs on the simulator's virtual clock, with the code that decides in the gateway.
 *
 *   npm run bench:routing
 */
import path from 'node:path'
import { formatTable } from '../src/cli/table.ts'
import { adaptiveLines } from './routing/adaptive-lines.ts'
import { hedgeLines } from './routing/hedge-lines.ts'
import { latencyAndCostLines } from './routing/latency-and-cost-lines.ts'
import { readWorld } from './routing/measured-world.ts'
import { speedLine } from './routing/speed-line.ts'
import { troubleLines } from './routing/trouble-lines.ts'

const folder = path.resolve(import.meta.dirname, '../../shared/data')
const world = readWorld(folder)
if (world === null) {
  console.log(`The traces and measurements are not there (${folder}): nothing to compare.`)
} else {
  const lines = [
    ...latencyAndCostLines(world),
    ...troubleLines(world),
    ...hedgeLines(world),
    ...adaptiveLines(folder),
    speedLine(world),
  ]
  const rows = lines.map(({ what, target, measured, ok }) => [
    what,
    target,
    measured,
    ok ? 'yes' : 'NO',
  ])
  console.log(formatTable(['WHAT', 'TARGET', 'MEASURED', 'OK'], rows))
  if (lines.some(({ ok }) => !ok)) process.exitCode = 1
}
