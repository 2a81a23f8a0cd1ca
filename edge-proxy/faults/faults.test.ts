import { expect, test } from 'vitest'
import { loadWhileClockJumps } from './clock-jumps.ts'
import { reloadUnderLoad } from './reload-under-load.ts'

test('a route table that is replaced each 50 ms under load fails no request', async () => {
  const { right, wrong, reloads } = await reloadUnderLoad(3)
  expect(wrong).toEqual([])
  expect(right).toBeGreaterThan(100)
  expect(reloads).toBeGreaterThan(5)
})

test('a clock that is set forth and back by hours fails no request, and makes no time negative or long', async () => {
  const { right, wrong, tookMs } = await loadWhileClockJumps(1)
  expect(wrong).toEqual([])
  expect(right).toBeGreaterThan(50)
  expect(tookMs.length).toBeGreaterThan(50)
  expect(tookMs.filter((ms) => ms < 0 || ms > 60_000)).toEqual([])
})
