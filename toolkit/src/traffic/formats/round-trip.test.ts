import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Exchange, HeaderPair, StoredBody } from '../exchange.ts'
import { exportExchanges } from './export-exchanges.ts'
import { importedFrom, newFolder, streamed } from './formats.fixture.ts'

const segment = fc.stringMatching(/^[A-Za-z0-9._~%-]{0,12}$/)
const target = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.option(fc.stringMatching(/^[\w=&%+.-]{0,20}$/)))
  .map(([path, query]) => `/${path.join('/')}${query === null ? '' : `?${query}`}`)

const header: fc.Arbitrary<HeaderPair> = fc.tuple(
  fc
    .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/)
    .filter((name) => !/^(content-length|transfer-encoding|content-encoding|host)$/i.test(name)),
  fc.stringMatching(/^[!-~¡-ÿ]([ !-~¡-ÿ]{0,20}[!-~¡-ÿ])?$/),
)

const body: fc.Arbitrary<StoredBody | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((data) => bodyOf(Buffer.from(data))),
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((data) => bodyOf(Buffer.from(data))),
)

function bodyOf(bytes: Buffer): StoredBody {
  const data = bytes.toString('utf8')
  const isText = Buffer.from(data).equals(bytes)
  const encoding = isText ? 'utf8' : 'base64'
  return { encoding, data: isText ? data : bytes.toString('base64'), bytes: bytes.length, truncated: false }
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  id: fc.uuid(),
  at: fc
    .date({ min: new Date('2001-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
    .map((at) => at.toISOString()),
  route: fc.constantFrom('users.read', 'everything-else'),
  capability: fc.constantFrom('users', undefined),
  servedBy: fc.constantFrom('legacy', 'service'),
  caller: fc.option(fc.constantFrom('~tok_0123456789ab', '~tok_ba9876543210'), { nil: undefined }),
  request: fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
    target,
    headers: fc.array(header, { maxLength: 5 }),
    body,
  }),
  response: fc.record({
    status: fc.constantFrom(200, 201, 302, 404, 500),
    headers: fc.array(header, { maxLength: 5 }),
    body,
  }),
  tookMs: fc.integer({ min: 0, max: 60_000 }),
})

test('a recording that was exported as HAR and imported again is the same', async () => {
  const folder = await newFolder()
  const roundTrip = async (exchanges: readonly Exchange[]) => {
    const path = join(folder, 'session.har')
    await exportExchanges(streamed(exchanges), path, { format: 'har', overwrite: true })
    const again = await importedFrom(path)
    expect(again.exchanges).toEqual(exchanges)
    expect(again.report.malformed).toBe(0)
  }
  await fc.assert(fc.asyncProperty(fc.array(exchange, { maxLength: 6 }), roundTrip), { numRuns: 60 })
})

test('a recording that was exported as a GoReplay file and imported again has the same requests and answers', async () => {
  const folder = await newFolder()
  const withoutLength = ([name]: HeaderPair) => name !== 'Content-Length'
  const comparable = ({ at, request, response, tookMs }: Exchange) => ({
    ...{ at, tookMs },
    request: { ...request, headers: request.headers.filter(withoutLength) },
    response: { ...response, headers: response.headers.filter(withoutLength) },
  })
  const roundTrip = async (exchanges: readonly Exchange[], packed: boolean) => {
    const path = join(folder, packed ? 'traffic.gor.gz' : 'traffic.gor')
    await exportExchanges(streamed(exchanges), path, { format: 'gor', overwrite: true })
    const again = await importedFrom(path, { format: 'gor' })
    expect(again.exchanges.map(comparable)).toEqual(exchanges.map(comparable))
    expect(again.report).toMatchObject({ malformed: 0, skipped: {}, cut: undefined })
  }
  await fc.assert(fc.asyncProperty(fc.array(exchange, { maxLength: 6 }), fc.boolean(), roundTrip), { numRuns: 60 })
})

test('an export is readable by its owner only, packed where its name says so, and replaces nothing unasked', async () => {
  const path = join(await newFolder(), 'traffic.gor.gz')
  const [one] = fc.sample(exchange, { numRuns: 1, seed: 1 })
  const exchanges = one === undefined ? [] : [one]
  expect(await exportExchanges(streamed(exchanges), path, { format: 'gor' })).toEqual({ exchanges: 1, skipped: {} })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(gunzipSync(await readFile(path)).toString('latin1')).toMatch(/^1 [0-9a-f]{24} \d+ 0\n[A-Z]+ \//)
  const again = exportExchanges(streamed(exchanges), path, { format: 'gor' })
  await expect(again).rejects.toMatchObject({ code: 'export-exists', exitCode: 6 })
})

test('what a GoReplay file cannot hold is counted and left out', async () => {
  const path = join(await newFolder(), 'traffic.gor')
  const [one] = fc.sample(exchange, { numRuns: 1, seed: 1 })
  if (one === undefined) throw new Error('no sample')
  const cut = { ...one, request: { ...one.request, body: { ...bodyOf(Buffer.from('a')), bytes: 9, truncated: true } } }
  const monkeys = { ...one, request: { ...one.request, body: bodyOf(Buffer.from('a\n🐵🙈🙉\n1 b 3\n')) } }
  const report = await exportExchanges(streamed([cut, monkeys, one]), path, { format: 'gor' })
  expect(report).toEqual({ exchanges: 1, skipped: { 'body-not-stored': 1, 'not-writable': 1 } })
  expect((await importedFrom(path)).exchanges).toHaveLength(1)
})
