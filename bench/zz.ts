import { featuresOf } from '../src/core/learn/features.ts'
import { createBandit } from '../src/core/learn/bandit.ts'
import { rewardError, expectedCost, expectedReward } from '../src/core/learn/arm.ts'
import { seededRandom } from '../src/core/random.ts'
const needs:any={tools:true,streaming:true}
const req=(p:string):any=>({promptSample:()=>p,needs:()=>needs,inputTokensEstimate:1500,maxOutputTokens:null,streaming:'sse',endpoint:{operation:'chat'}})
const b=createBandit(); const r=seededRandom(1)
for(let i=0;i<100;i++){const f=featuresOf(req('Why '+'word '.repeat(i%17)));for(let t=0;t<32;t++)b.study(f,{target:'p'+t,reward:r(),costNanoUsd:1e5*(t+1),weight:1})}
const arms=[...b.state.arms.values()]
function time(n:string,f:()=>unknown){for(let i=0;i<30000;i++)f();const s=performance.now();for(let i=0;i<30000;i++)f();console.log(n,((performance.now()-s)/30000*1000).toFixed(2),'µs')}
const line=req('Why is the sky blue?'),page=req('Why is the sky blue? Explain it step by step, for a child of eight years, in 3 sentences. '.repeat(11))
const f=featuresOf(line)
time('features line',()=>featuresOf(line)); time('features page',()=>featuresOf(page))
let s=0
time('reward ×32',()=>{for(const a of arms)s+=expectedReward(a,f)})
time('cost ×32',()=>{for(const a of arms)s+=expectedCost(a,f)!.usual})
time('error',()=>{s+=rewardError(arms[3]!,f)})
const ch=arms.map((_,i)=>({target:'p'+i,costNanoUsd:1e5}))
const set:any={budgetNanoUsdPerRequest:null,exploration:0.05,minimumSamples:10,hysteresis:0.002}
let seed=0
time('judge',()=>b.judge(line,ch,set,seed++))
time('judge exploring',()=>b.judge(line,ch,{...set,exploration:1},seed++))
