/**
 * What limits cost in process: the time of one admission, and the memory of a million books. Figures of
 * this machine; run it while nothing else does.
 *
 *   npm run bench:limits
 */
import { formatTable } from '../src/cli/table.ts'
import { admissionLine } from './limits/admission-line.ts'
import { memoryLine } from './limits/memory-line.ts'
import { planningLine } from './limits/planning-line.ts'

// Memory first: nothing of the others is about yet.
const lines = [memoryLine(), admissionLine(), planningLine()]
const rows = lines.map(({ what, target, measured, ok }) => [
  what,
  target,
  measured,
  ok ? 'yes' : 'NO',
])
console.log(formatTable(['WHAT', 'TARGET', 'MEASURED', 'OK'], rows))
if (lines.some(({ ok }) => !ok)) process.exitCode = 1
