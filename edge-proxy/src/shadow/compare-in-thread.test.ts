import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import type { FlatAnswer } from '@banyan/toolkit/compare'
import { expect, onTestFinished, test } from 'vitest'
import { buildComparer, type Comparer } from './compare-in-thread.ts'

function comparing(start?: () => Worker): Comparer {
  const comparer = buildComparer(start)
  onTestFinished(() => comparer.close())
  return comparer
}

function answer(json: unknown, packed = false): FlatAnswer {
  const body = Buffer.from(JSON.stringify(json))
  const type = ['Content-Type', 'application/json']
  const headers = packed ? [...type, 'Content-Encoding', 'gzip'] : type
  return { status: 200, headers, body: packed ? gzipSync(body) : body, truncated: false }
}

test('answers are compared in a thread as they are anywhere else: unpacked, by rules, with paths', async () => {
  const comparer = comparing()
  const rules = [{ path: '$.at', ignore: true, reason: 'a clock' }] as const
  const legacy = answer({ id: 7, at: 1, name: 'Ida' }, true)
  expect(await comparer.compare({ legacy, service: answer({ name: 'Ida', id: 7, at: 2 }) }, rules)).toMatchObject({
    kind: 'noise',
  })
  expect(await comparer.compare({ legacy, service: answer({ name: 'IDA', id: 7, at: 2 }) }, rules)).toMatchObject({
    kind: 'mismatch',
    differences: [{ path: '$.name', legacy: 'Ida', service: 'IDA' }],
  })
  const many = Array.from({ length: 200 }, (_, id) =>
    comparer.compare({ legacy: answer({ id }), service: answer({ id: id % 2 === 0 ? id : -id }) }, []),
  )
  const kinds = (await Promise.all(many)).map(({ kind }) => kind)
  expect(kinds).toEqual(kinds.map((_, id) => (id % 2 === 0 ? 'match' : 'mismatch')))
})

test('law 8: no secret of an answer leaves the thread, wherever its name stands', async () => {
  const page = (secret: string): FlatAnswer => ({
    status: 200,
    headers: ['Content-Type', 'text/html'],
    body: Buffer.from(`<form><input name="csrf_token" value="CANARY${secret}"></form><p>${secret.length}</p>`),
    truncated: false,
  })
  const verdict = await comparing().compare({ legacy: page('of-legacy'), service: page('of-the-service') }, [])
  expect(verdict.kind).toBe('mismatch')
  expect(JSON.stringify(verdict)).toContain('~tok_')
  expect(JSON.stringify(verdict)).not.toContain('CANARY')
})

test('the event loop goes on while large answers are compared', async () => {
  const comparer = comparing()
  const item = (id: number, price: number) => ({ id, price, name: `item ${id}`, tags: ['a', 'b', 'c'] })
  const list = (price: number) => answer(Array.from({ length: 12_000 }, (_, id) => item(id, price)))
  const both = { legacy: list(1), service: list(2) }
  await comparer.compare({ legacy: answer(1), service: answer(1) }, [])
  let longestMs = 0
  let before = performance.now()
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - before)
    before = performance.now()
  }, 5)
  onTestFinished(() => clearInterval(timer))
  const started = performance.now()
  const verdicts = await Promise.all(Array.from({ length: 3 }, () => comparer.compare(both, [])))
  expect(verdicts.every(({ kind }) => kind === 'mismatch')).toBe(true)
  expect(longestMs).toBeLessThan((performance.now() - started) / 2)
})

test('a thread that dies fails only what waits for it, and another one takes over a second later', async () => {
  let started = 0
  const dying = () => {
    started += 1
    return new Worker('require("node:worker_threads").parentPort.on("message", () => process.exit(3))', { eval: true })
  }
  const comparer = comparing(dying)
  const failed = { kind: 'not-comparable', why: 'comparer-failed' }
  const both = { legacy: answer(1), service: answer(1) }
  expect(await Promise.all([comparer.compare(both, []), comparer.compare(both, [])])).toEqual([failed, failed])
  expect(await comparer.compare(both, [])).toEqual(failed)
  expect(started).toBe(1)
  await expect.poll(async () => (await comparer.compare(both, [])) && started, { timeout: 5000, interval: 100 }).toBe(2)
})
