import { expect, test } from 'vitest'
import { giveBack, lend, takeBuffer } from './spare-buffers.ts'

test('a buffer that came back is taken again', () => {
  const bytes = lend(takeBuffer().subarray(0, 100))
  giveBack(bytes)
  expect(takeBuffer().buffer).toBe(bytes.buffer)
})

test('a buffer that comes back twice is taken once: two readers must never share one', () => {
  const bytes = lend(takeBuffer())
  giveBack(bytes)
  giveBack(bytes)
  expect(takeBuffer().buffer).toBe(bytes.buffer)
  expect(takeBuffer().buffer).not.toBe(bytes.buffer)
})

test('who gives back late does not take away what another one has meanwhile', () => {
  const early = lend(takeBuffer().subarray(0, 10))
  giveBack(early)
  const late = lend(takeBuffer().subarray(0, 10))
  expect(late.buffer).toBe(early.buffer)
  giveBack(early)
  expect(takeBuffer().buffer).not.toBe(late.buffer)
})

test('what nobody lent does not come back: neither a buffer that is read into, nor bytes of somebody else', () => {
  const readInto = takeBuffer()
  giveBack(readInto)
  const own = Buffer.allocUnsafeSlow(readInto.length)
  giveBack(own)
  const taken = takeBuffer().buffer
  expect(taken).not.toBe(readInto.buffer)
  expect(taken).not.toBe(own.buffer)
})

test('not more than 64 are kept', () => {
  const lentOnes = Array.from({ length: 70 }, () => lend(takeBuffer()))
  for (const bytes of lentOnes) giveBack(bytes)
  const known = new Set(lentOnes.map(({ buffer }) => buffer))
  expect(Array.from({ length: 70 }, takeBuffer).filter(({ buffer }) => known.has(buffer))).toHaveLength(64)
})
