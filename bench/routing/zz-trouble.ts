import path from 'node:path'
import { readWorld, catalogOf, prices, scenarioOf } from './measured-world.ts'
import { runLeastMean, runRandom, runStrategy } from './contenders.ts'
import { p99FirstTokenMs, meansOf, attemptsPerRequest } from './figures.ts'
const world = readWorld(path.resolve(import.meta.dirname, '../../../shared/data'))!
const expected = (t:any) => { const m = meansOf(t); return m.firstTokenMs + m.msPerToken*150 }
const fastest = world.targets.reduce((b,o)=>expected(o)<expected(b)?o:b)
const [,, speedS='1', seedsS='1', which='all', fs='10,20'] = process.argv
const speed = Number(speedS)
const minute=60_000, from=20*minute/speed, to=30*minute/speed
const arrivals = world.arrivals.map((a)=>({...a, atMs:a.atMs/speed}))
for (const t of world.targets) console.log(t.name, JSON.stringify(meansOf(t)), t===fastest)
for (const kind of ['brown-out','step']) for (const factor of fs.split(',').map(Number)) {
  if (which!=='all' && which!==kind) continue
  for (const seed of seedsS.split(',').map(Number)) {
    const regime:any = kind==='step'?{kind,from,to,factor}:{kind,from,to,factor,errorRate:0.3}
    const catalog = catalogOf(world.targets, (i)=>prices[i%prices.length]!)
    const run = { catalog, arrivals, seed, scenario: scenarioOf(world.targets,{regimes:(t)=>t===fastest?[regime]:[]}) }
    const during=(o:any[])=>o.filter(({arrivedMs})=>arrivedMs>=from&&arrivedMs<to)
    const lat=during(runStrategy(run,'latency')), ran=during(runRandom(run)), lm=during(runLeastMean(run))
    const hits=(o:any[])=>o.filter((x)=>x.firstTarget===fastest.name).length
    const p=(o:any[])=>p99FirstTokenMs(o).toFixed(0)
    console.log(kind,factor,'seed',seed,'n',lat.length,'latency',p(lat),'hits',hits(lat),'random',p(ran),hits(ran),'least',p(lm),hits(lm),'att',attemptsPerRequest(lat).toFixed(2),
     'x random',(p99FirstTokenMs(ran)/p99FirstTokenMs(lat)).toFixed(2),'x least',(p99FirstTokenMs(lm)/p99FirstTokenMs(lat)).toFixed(2))
    if (process.argv[6]) {
      const sorted=lat.filter((o:any)=>o.failure===null&&o.firstTokenMs!==null).sort((a:any,b:any)=>b.firstTokenMs-a.firstTokenMs).slice(0,60)
      for (const o of sorted) console.log('  ',((o.arrivedMs-from)/1000).toFixed(1),o.firstTarget,o.servedBy??o.target,o.attempts,o.firstTokenMs.toFixed(0),o.outputTokens??'')
    }
  }
}
