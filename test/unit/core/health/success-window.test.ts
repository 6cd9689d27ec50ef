import { expect, it } from 'vitest'
import { SuccessWindow } from '../../../../src/core/health/success-window.ts'

const none = () => ({ calls: 0, failures: 0, slow: 0 })

it('slides on after its length was changed', () => {
  const window = new SuccessWindow()
  for (let at = 0; at < 5; at++) window.add(true, false, 100_000 + at, 10_000)
  expect(window.count(100_010, 10_000, none())).toMatchObject({ calls: 5, failures: 5 })
  // What was counted in other buckets says nothing in these.
  expect(window.count(100_020, 60_000, none())).toMatchObject({ calls: 0 })
  window.add(true, false, 100_030, 60_000)
  expect(window.count(100_040, 60_000, none())).toMatchObject({ calls: 1 })
  expect(window.count(100_030 + 5 * 3_600_000, 60_000, none())).toMatchObject({ calls: 0 })
})
