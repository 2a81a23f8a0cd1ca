import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildFrameBatch, type FrameHead, framesIn } from './recording-frame.ts'

test('exchanges come out of a batch as they went in, whatever they hold and however large they are', () => {
  const text = fc.string({ unit: 'grapheme' })
  const bytes = fc.uint8Array({ maxLength: 200 }).map((part) => Buffer.from(part))
  const huge = fc.constantFrom(Buffer.alloc(300_000, 'x'), Buffer.alloc(0))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, bytes, fc.oneof({ weight: 9, arbitrary: bytes }, huge)), { maxLength: 12 }),
      (all) => {
        const batches: Uint8Array[] = []
        const batch = buildFrameBatch((full) => void batches.push(full))
        let size = 0
        for (const [name, request, answer] of all) size += batch.add(headOf(name, request, answer), request, answer)
        const last = batch.take()
        if (last !== undefined) batches.push(last)
        expect(batches.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(size)
        const frames = batches.flatMap((one) => [...framesIn(one)])
        expect(frames.map(({ raw }) => raw.request.headers[0]?.[1])).toEqual(all.map(([name]) => name))
        for (const [index, [, request, answer]] of all.entries()) {
          const { raw } = frames[index] ?? { raw: undefined }
          expect(raw?.request.body?.kept ?? Buffer.alloc(0)).toEqual(request)
          expect((raw?.response.body?.kept ?? Buffer.alloc(0)).equals(answer)).toBe(true)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a batch that was given away is not written into again', () => {
  const batch = buildFrameBatch(() => undefined)
  const body = Buffer.alloc(100_000, 'a')
  batch.add(headOf('first', body, body), body, Buffer.alloc(0))
  const first = batch.take()
  const other = Buffer.alloc(100_000, 'b')
  batch.add(headOf('second', other, other), other, Buffer.alloc(0))
  const [frame] = [...framesIn(first ?? new Uint8Array())]
  expect(frame?.raw.request.body?.kept.includes('b')).toBe(false)
  expect(batch.take()?.byteLength).toBe(first?.byteLength === undefined ? 0 : first.byteLength + 1)
  expect(batch.take()).toBeUndefined()
})

function headOf(name: string, request: Buffer, answer: Buffer): FrameHead {
  const exchange = { id: 'x', at: '2026-01-01T00:00:00.000Z', route: 'r', capability: undefined, servedBy: 'legacy' }
  return {
    to: [0, 3],
    exchange: { ...exchange, caller: undefined, tookMs: 1 },
    method: 'GET',
    target: '/',
    sent: ['X-Name', name],
    status: 200,
    answered: [],
    requestBytes: request.length,
    answerBytes: answer.length,
    answerSha256: undefined,
  }
}
