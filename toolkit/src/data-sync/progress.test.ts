import { expect, test } from 'vitest'
import { formatProgress, type Progress } from './progress.ts'

const running: Progress = {
  direction: 'to service',
  phase: 'running',
  copied: 61_000,
  total: 98_640,
  perSecond: 24_300,
  etaMs: 1549,
  lag: { changes: 0, ms: 20 },
  quarantined: 0,
  trouble: undefined,
}

test('progress is one line', () => {
  expect(formatProgress(running)).toBe('copied 61 000/98 640 (61.8 %) · 24 300/s · lag 0.02 s, 0 changes · ETA 2 s')
})

test('what is not known is not shown as none, and trouble is said', () => {
  const line = formatProgress({
    ...running,
    lag: undefined,
    perSecond: undefined,
    etaMs: undefined,
    quarantined: 2,
    trouble: 'sqlite:x: locked',
  })
  expect(line).toBe('copied 61 000/98 640 (61.8 %) · lag unknown · 2 in quarantine · sqlite:x: locked')
})

test('an empty database, and each phase, have their words', () => {
  expect(
    formatProgress({ ...running, phase: 'done', copied: 0, total: 0, perSecond: undefined, etaMs: undefined }),
  ).toBe('copied 0/0, done · lag 0.02 s, 0 changes')
  expect(formatProgress({ ...running, phase: 'never' })).toMatch(/^no backfill yet/)
  expect(formatProgress({ ...running, phase: 'wanted' })).toMatch(/^backfill wanted/)
})

test('the way back to legacy needs no backfill, and says so', () => {
  expect(
    formatProgress({ ...running, direction: 'to legacy', phase: 'never', perSecond: undefined, etaMs: undefined }),
  ).toBe('following back to legacy · lag 0.02 s, 0 changes')
})
