import { expect, it } from 'vitest'
import { createTurns } from '../../../src/gateway/turns.ts'

it('counts each name for itself, from 0', () => {
  const turns = createTurns()
  expect([turns.next('a'), turns.next('a'), turns.next('b'), turns.next('a')]).toEqual([0, 1, 0, 2])
})

it('shows the next turn without taking it', () => {
  const turns = createTurns()
  expect([turns.peek('a'), turns.next('a'), turns.peek('a'), turns.peek('a')]).toEqual([0, 0, 1, 1])
  expect(turns.next('a')).toBe(1)
})

it('does not confuse names with what objects have', () => {
  const turns = createTurns()
  for (const name of ['__proto__', 'constructor', 'toString', '']) {
    expect([turns.next(name), turns.next(name)]).toEqual([0, 1])
  }
})

it('forgets rather than grows without end', () => {
  const turns = createTurns()
  turns.next('first')
  for (let i = 0; i < 10_000; i++) turns.next(`made-up-${i}`)
  expect(turns.next('first')).toBe(0)
  expect(turns.next('first')).toBe(1)
})
