import { createHash } from 'node:crypto'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type BodyDigestOptions, buildBodyDigest } from './body-digest.ts'

const text = Buffer.from('{"name":"SMITH, JOHN"}'.repeat(5000))
const whole = `sha256:${createHash('sha256').update(text).digest('hex')}`

test.each([
  ['no coding', undefined, text],
  ['gzip', 'gzip', gzipSync(text)],
  ['br', 'br', brotliCompressSync(text)],
  ['deflate', 'Deflate', deflateSync(text)],
])('a body with %s is digested as it decodes, whatever the pieces in which it comes', async (_name, coding, body) => {
  for (const piece of [7, 1000, body.length]) {
    expect(await digestOf(body, piece, { keepBytes: 100, contentEncoding: coding })).toEqual({
      kept: text.subarray(0, 100),
      bytes: text.length,
      truncated: true,
      digest: whole,
    })
  }
})

test('a body that is no longer than what is kept is whole', async () => {
  expect(await digestOf(text, 999, { keepBytes: text.length })).toMatchObject({ kept: text, truncated: false })
})

test('a body that unpacks without end is given up at the bound', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const digested = await digestOf(bomb, 1000, { keepBytes: 10, maxBytes: 100_000, contentEncoding: 'gzip' })
  expect(digested).toMatchObject({ truncated: true, digest: undefined })
  expect(digested.bytes).toBeLessThan(200_000)
})

test('a broken, cut or strangely coded body has no digest', async () => {
  const none = { truncated: true, digest: undefined }
  expect(await digestOf(text, 1000, { keepBytes: 10, contentEncoding: 'gzip' })).toMatchObject(none)
  const cut = gzipSync(text).subarray(0, 100)
  expect(await digestOf(cut, 30, { keepBytes: 10, contentEncoding: 'gzip' })).toMatchObject(none)
  expect(await digestOf(text, 1000, { keepBytes: 10, contentEncoding: 'zstd' })).toMatchObject(none)
})

async function digestOf(body: Buffer, piece: number, options: BodyDigestOptions) {
  const digest = buildBodyDigest(options)
  for (let at = 0; at < body.length; at += piece) await digest.write(body.subarray(at, at + piece))
  return await digest.end()
}
