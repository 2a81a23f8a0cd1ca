import { expect, test } from 'vitest'
import { buildSilentArms } from './silent-arms.ts'

const users = { name: 'users' }

function timesOut(arms: ReturnType<typeof buildSilentArms>, times: number): void {
  for (let time = 0; time < times; time++) {
    arms.began(users)
    arms.ended(users, true)
  }
}

test('an arm is silent after five time-outs in a row, and is then asked by one shadow at a time', () => {
  const arms = buildSilentArms()
  timesOut(arms, 4)
  arms.began(users)
  expect(arms.isClosed(users)).toBe(false)
  arms.ended(users, true)
  expect(arms.isClosed(users)).toBe(false)
  arms.began(users)
  expect(arms.isClosed(users)).toBe(true)
  arms.ended(users, true)
  expect(arms.isClosed(users)).toBe(false)
})

test('whatever is no time-out ends the silence, and another arm has none', () => {
  const arms = buildSilentArms()
  timesOut(arms, 5)
  arms.began(users)
  expect(arms.isClosed({ name: 'users' })).toBe(false)
  arms.ended(users, false)
  arms.began(users)
  expect(arms.isClosed(users)).toBe(false)
})
