import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { watchWorkers } from './watch-workers.ts'

test('a worker that owes ten signs of life is told of once, and one that gives them now and then never', async () => {
  const asked = { silent: 0, slow: 0 }
  let owedBySlow = 0
  const silent = { name: 'silent', ask: () => ++asked.silent }
  const slow = {
    name: 'slow',
    ask: () => {
      asked.slow += 1
      owedBySlow = asked.slow % 9 === 0 ? 0 : owedBySlow + 1
      return owedBySlow
    },
  }
  const stuck: string[] = []
  const watch = watchWorkers({ workers: () => [silent, slow], stuck: ({ name }) => stuck.push(name), everyMs: 1 })
  onTestFinished(watch.close)
  await eventually(() => asked.slow > 40)
  expect(stuck).toEqual(['silent'])
  watch.close()
  const { silent: before } = asked
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(asked.silent).toBe(before)
})
