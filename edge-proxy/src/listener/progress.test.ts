import { expect, test } from 'vitest'
import { judgeProgress } from './progress.ts'

const limits = { stallMs: 30_000, minBytesPerSecond: 1_024 }
const judge = (nowMs: number, bytes: number, pending = 0) =>
  judgeProgress({ sinceMs: 0, from: 0 }, { nowMs, bytes, pending }, limits)

test.each([
  ['nothing for less than a stall', judge(29_999, 0), 'waiting'],
  ['nothing for a stall', judge(30_000, 0), 'slow'],
  ['a byte now and then', judge(30_000, 30), 'slow'],
  ['just the rate', judge(30_000, 30 * 1_024), 'moving'],
  ['a large part that may be half through', judge(30_000, 0, 65_536), 'waiting'],
  ['the same after twice the time', judge(65_000, 0, 65_536), 'slow'],
])('%s: %s', (_name, verdict, expected) => expect(verdict).toBe(expected))
