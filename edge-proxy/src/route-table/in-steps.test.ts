import { expect, test } from 'vitest'
import { inSteps } from './in-steps.ts'

test('each step has a turn of the event loop of its own, and what the last one gives is the result', async () => {
  let turn = 0
  let over = false
  const spin = () => {
    turn += 1
    if (!over) setImmediate(spin)
  }
  setImmediate(spin)
  function* work(): Generator<void, number[]> {
    const turns: number[] = []
    for (let step = 0; step < 5; step++) {
      turns.push(turn)
      yield
    }
    return turns
  }
  const turns = await inSteps(work())
  over = true
  expect(new Set(turns).size).toBe(5)
})
