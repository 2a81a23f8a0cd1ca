import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { toAnswer } from './answer.ts'
import { decodeBody } from './decode.ts'

const text = Buffer.from('{"name":"SMITH, JOHN"}')

test.each([
  ['gzip', gzipSync(text)],
  ['X-GZIP', gzipSync(text)],
  ['br', brotliCompressSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['identity', text],
  ['', text],
  ['deflate, gzip', gzipSync(deflateSync(text))],
])('a body in the coding "%s" is decoded', async (coding, body) => {
  expect(await decodeBody(body, coding, 1000)).toEqual({ ok: true, body: text })
})

test('a small body that would unpack to a large one is refused, at little cost', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  expect(await decodeBody(bomb, 'gzip', 100_000)).toEqual({ ok: false, why: 'too-large' })
  const brotli = brotliCompressSync(Buffer.alloc(5_000_000))
  expect(await decodeBody(brotli, 'br', 100_000)).toEqual({ ok: false, why: 'too-large' })
})

test('a broken body, an unknown coding and a pile of codings are told apart from a decoded one', async () => {
  expect(await decodeBody(text, 'gzip', 1000)).toEqual({ ok: false, why: 'broken' })
  expect(await decodeBody(gzipSync(text).subarray(0, 20), 'gzip', 1000)).toEqual({ ok: false, why: 'broken' })
  expect(await decodeBody(text, 'zstd', 1000)).toEqual({ ok: false, why: 'unknown-coding' })
  expect(await decodeBody(text, 'gzip, gzip, gzip, gzip', 1000)).toEqual({ ok: false, why: 'unknown-coding' })
})

test('a wire answer becomes comparable: names in lower case, repeated headers kept, too large is truncated', async () => {
  const headers = [
    ['Content-Encoding', 'gzip'],
    ['Set-Cookie', 'a=1'],
    ['SET-COOKIE', 'b=2'],
  ] as const
  const wire = { status: 200, headers, body: gzipSync(text), truncated: false }
  const answer = await toAnswer(wire, 1000)
  expect(answer).toMatchObject({ body: text, truncated: false })
  expect(answer.headers.get('set-cookie')).toEqual(['a=1', 'b=2'])
  expect(await toAnswer(wire, 5)).toMatchObject({ truncated: true })
  expect(await toAnswer({ ...wire, body: text }, 1000)).toMatchObject({ body: text, truncated: false })
})
