import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createTimerWheel } from '../../../src/mock/net/timer-wheel.ts'
import { play, type Stage, type Timer } from '../../../src/mock/play.ts'
import type { Piece } from '../../../src/mock/wire/piece.ts'
import type { PlannedReply } from '../../../src/mock/wire/planned-reply.ts'

/** Time that moves only when told to. */
function manualTimer() {
  let now = 0
  let waiting: { atMs: number; callback: () => void }[] = []
  const timer: Timer = {
    nowMs: () => now,
    soon: (callback) => void timer.at(now, callback),
    at(atMs, callback) {
      const entry = { atMs, callback }
      waiting.push(entry)
      return () => {
        waiting = waiting.filter((one) => one !== entry)
      }
    },
  }
  const goTo = (untilMs: number) => {
    for (;;) {
      const [next] = waiting.filter((one) => one.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)
      if (next === undefined) break
      waiting = waiting.filter((one) => one !== next)
      now = Math.max(now, next.atMs)
      next.callback()
    }
    now = untilMs
  }
  return { timer, goTo, idle: () => waiting.length === 0 }
}

function reply(atMs: readonly number[], headAtMs: number | null = null): PlannedReply {
  const pieces = atMs.map((at, index): Piece => {
    return { bytes: String(index), atMs: at, part: 'output', tokens: index }
  })
  return {
    status: 200,
    headers: [],
    headAtMs,
    length: null,
    pieces: pieces[Symbol.iterator](),
    ending: 'finish',
  }
}

function recorder(timer: Timer, roomFor = Number.POSITIVE_INFINITY) {
  const seen: string[] = []
  let taken = 0
  const stage: Stage = {
    head: () => void seen.push(`${timer.nowMs()}:head`),
    piece: ({ bytes }) => {
      seen.push(`${timer.nowMs()}:${bytes}`)
      return ++taken < roomFor
    },
    flush: () => true,
    end: (ending) => void seen.push(`${timer.nowMs()}:${ending}`),
  }
  return { seen, stage }
}

describe('playing a reply', () => {
  it('sends each piece when it is due, the head with the first', () => {
    const { timer, goTo } = manualTimer()
    const { seen, stage } = recorder(timer)
    play(reply([10, 10, 30]), 0, stage, timer)
    goTo(100)
    expect(seen).toEqual(['10:head', '10:0', '10:1', '30:2', '30:finish'])
  })

  it('sends the head early where that is asked for', () => {
    const { timer, goTo } = manualTimer()
    const { seen, stage } = recorder(timer)
    play(reply([20], 5), 0, stage, timer)
    goTo(100)
    expect(seen).toEqual(['5:head', '20:0', '20:finish'])
  })

  it('waits while there is no room, catches up after it and keeps the pace', () => {
    const { timer, goTo } = manualTimer()
    const { seen, stage } = recorder(timer, 1)
    const playback = play(reply([10, 20, 30, 90]), 0, stage, timer)
    goTo(50)
    expect(seen).toEqual(['10:head', '10:0'])
    stage.piece = ({ bytes }) => seen.push(`${timer.nowMs()}:${bytes}`) > 0
    playback.resume()
    goTo(100)
    expect(seen.slice(2)).toEqual(['50:1', '50:2', '90:3', '90:finish'])
  })

  it('stops for good, leaving nothing behind', () => {
    const { timer, goTo, idle } = manualTimer()
    const { seen, stage } = recorder(timer)
    const playback = play(reply([10, 20]), 0, stage, timer)
    goTo(15)
    playback.stop()
    expect(idle()).toBe(true)
    goTo(100)
    expect(seen).toEqual(['10:head', '10:0'])
  })
})

describe('the timer wheel', () => {
  it('calls back in time and in order, never early, near and far', async () => {
    const wheel = createTimerWheel()
    const calls: { due: number; at: number }[] = []
    const start = wheel.nowMs()
    const delays = [0, 3, 4.5, 17, 40, 41, 80]
    await new Promise<void>((resolve) => {
      for (const delay of delays.toReversed()) {
        wheel.at(start + delay, () => {
          calls.push({ due: start + delay, at: wheel.nowMs() })
          if (calls.length === delays.length) resolve()
        })
      }
    })
    expect(calls.map(({ due }) => due - start)).toEqual([...delays])
    for (const { due, at } of calls) expect(at - due).toBeGreaterThanOrEqual(0)
    wheel.stop()
  })

  it('forgets what is cancelled, and serves what is added while it turns', async () => {
    const wheel = createTimerWheel()
    let cancelled = false
    const cancel = wheel.at(wheel.nowMs() + 5, () => {
      cancelled = true
    })
    cancel()
    let turns = 0
    await new Promise<void>((resolve) => {
      const again = () => {
        if (++turns === 5) resolve()
        else wheel.at(wheel.nowMs() + 1, again)
      }
      wheel.at(wheel.nowMs() + 1, again)
    })
    expect(turns).toBe(5)
    expect(cancelled).toBe(false)
    wheel.stop()
  })

  it('keeps hundreds of streams on their pace without drifting', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const wheel = createTimerWheel()
    const late: number[] = []
    const start = wheel.nowMs() + 20
    for (let stream = 0; stream < 300; stream++) {
      let event = 0
      const dueMs = () => start + (stream % 50) + event * 50
      const tick = () => {
        late.push(wheel.nowMs() - dueMs())
        event++
        if (event < 5) wheel.at(dueMs(), tick)
      }
      wheel.at(dueMs(), tick)
    }
    vi.advanceTimersByTime(20 + 5 * 50 + 10)
    expect(late).toHaveLength(300 * 5)
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
    // A slot is one millisecond wide.
    expect(Math.max(...late)).toBeLessThanOrEqual(2)
    wheel.stop()
  })
})
