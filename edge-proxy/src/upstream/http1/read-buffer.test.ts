import { expect, test } from 'vitest'
import { buildCopyBudget } from '../../passage/body-copy.ts'
import { apart, giveBack } from '../spare-buffers.ts'
import { ReadBuffer } from './read-buffer.ts'

const part = 16 * 1024

/** What a connection reads next, filled with one byte. */
function read(buffer: ReadBuffer, bytes: number, filledWith: number): Buffer {
  buffer.next()
  return buffer.read(bytes).fill(filledWith)
}

test('bytes that a reader keeps are not written over by what is read next, here or on another connection', () => {
  const [one, other] = [new ReadBuffer(), new ReadBuffer()]
  for (const buffer of [one, other]) buffer.expect(true)
  const kept: Buffer[] = []
  for (let n = 0; n < 50; n++) kept.push((n % 2 === 0 ? one : other).keep(read(n % 2 === 0 ? one : other, part + n, n)))
  expect(kept.every((bytes, n) => bytes.length === part + n && bytes.every((byte) => byte === n))).toBe(true)
})

test('two parts of one read are kept apart from each other, though only one of them has the buffer', () => {
  const buffer = new ReadBuffer()
  buffer.expect(true)
  const both = read(buffer, 2 * part, 1)
  const [first, second] = [buffer.keep(both.subarray(0, part)), buffer.keep(both.subarray(part))]
  giveBack(first)
  read(buffer, 2 * part, 2)
  read(new ReadBuffer(), 2 * part, 3)
  expect(second.every((byte) => byte === 1)).toBe(true)
})

test('law 9: copies that are kept take about as much memory as they count and stay what they were, also where an upstream answers in parts of 16 KiB', () => {
  const budget = buildCopyBudget(16 * 1024 * 1024)
  const before = process.memoryUsage().arrayBuffers
  const copy = budget.copy(16 * 1024 * 1024)
  const buffer = new ReadBuffer()
  buffer.expect(true)
  for (let n = 0; n < 256; n++) {
    const all = read(buffer, 4 * part, n)
    for (let at = 0; at < all.length; at += part) {
      const bytes = buffer.keep(all.subarray(at, at + part))
      copy.add(apart(bytes))
      giveBack(bytes)
    }
  }
  expect(budget.heldBytes()).toBe(16 * 1024 * 1024)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1.5 * budget.heldBytes())
  const all = copy.bytes()
  for (let n = 0; n < 256; n++) expect(all[n * 4 * part]).toBe(n)
  copy.release()
})
