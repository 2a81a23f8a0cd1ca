import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RefusedRequest } from '../admin/admin-api.ts'
import { buildMemory } from './memory.ts'

function seenAt(ms: number, id: string): RefusedRequest {
  const none = { method: undefined, target: undefined, client: undefined, route: undefined }
  return { kind: 'refused', id, at: new Date(ms).toISOString(), status: 400, code: 'test', detail: '', ...none }
}

function memoryWith() {
  const memory = buildMemory()
  const pass = (ms: number, id: string, failed = false) => {
    if (memory.takes(failed, ms)) memory.keep({ seen: seenAt(ms, id) }, failed)
  }
  return { memory, pass }
}

test('law 9: whatever comes, what is remembered is bounded, and the last minute and a half is there', () => {
  const { memory, pass } = memoryWith()
  for (let second = 0; second < 300; second++) {
    for (let n = 0; n < 200; n++)
      for (const failed of [true, false]) pass(second * 1000 + n * 5, `${second}-${n}`, failed)
  }
  const { remembered, since, leftOut } = memory.report()
  expect(remembered).toBe(2 * 64 * 128)
  expect(leftOut).toBeGreaterThan(2 * (300 * (200 - 64) - 1024 - 200))
  expect(Date.parse(since ?? '')).toBeLessThanOrEqual((300 - 90) * 1000)
})

test('a burst after a quiet while is remembered whole, and whatever comes without end a share of', () => {
  const { memory, pass } = memoryWith()
  for (let n = 0; n < 1000; n++) pass(60_000, `burst-${n}`)
  expect(memory.report()).toMatchObject({ remembered: 1000, leftOut: 0 })
  for (let n = 0; n < 1000; n++) pass(60_000, `more-${n}`)
  expect(memory.report()).toMatchObject({ remembered: 1024, leftOut: 976 })
  for (let n = 0; n < 1000; n++) pass(61_000, `later-${n}`)
  expect(memory.report()).toMatchObject({ remembered: 1024 + 64 })
})

test('a storm of requests that go well pushes out no failure', () => {
  const { memory, pass } = memoryWith()
  pass(0, 'the-failure', true)
  for (let ms = 0; ms < 400_000; ms++) pass(ms, 'well')
  expect(memory.find('the-failure')).toHaveLength(1)
})

test('the same id is found as often as it came, the newest first', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ gap: fc.nat(5), failed: fc.boolean() }), { maxLength: 50 }), (requests) => {
      const { memory, pass } = memoryWith()
      let now = 1_000_000
      const times: string[] = []
      for (const { gap, failed } of requests) {
        now += gap
        pass(now, 'same', failed)
        times.unshift(new Date(now).toISOString())
      }
      expect(memory.find('same').map(({ at }) => at)).toEqual(times)
      expect(memory.report()).toMatchObject({ remembered: requests.length, since: times.at(-1) })
    }),
  )
})
