import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildOutcomeWindow } from './outcome-window.ts'

test('a window counts all of the last moments, and nothing that is older by more than a tenth of it', () => {
  const event = fc.record({ afterMs: fc.integer({ min: 0, max: 700 }), failed: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 100, size: 'max' }),
      fc.integer({ min: 10, max: 2_000 }),
      (events, windowMs) => {
        const window = buildOutcomeWindow(windowMs)
        const past: { readonly atMs: number; readonly failed: boolean }[] = []
        let nowMs = 0
        for (const { afterMs, failed } of events) {
          nowMs += afterMs
          window.note(failed, nowMs)
          past.push({ atMs: nowMs, failed })
          const within = (ms: number) => past.filter(({ atMs }) => nowMs - atMs < ms)
          const { total, failed: bad } = window.counts(nowMs)
          expect(total).toBeLessThanOrEqual(within(windowMs + 1e-6).length)
          expect(total).toBeGreaterThanOrEqual(within(windowMs * 0.9 - 1e-6).length)
          expect(bad).toBeLessThanOrEqual(total)
          expect(bad).toBeGreaterThanOrEqual(within(windowMs * 0.9 - 1e-6).filter((each) => each.failed).length)
        }
      },
    ),
  )
})

test('a window that is cleared knows nothing', () => {
  const window = buildOutcomeWindow(1_000)
  window.note(true, 5)
  window.clear()
  expect(window.counts(5)).toEqual({ total: 0, failed: 0 })
})
