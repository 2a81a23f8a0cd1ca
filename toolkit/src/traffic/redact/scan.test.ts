import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Exchange } from '../exchange.ts'
import { writeRecording } from '../recording/recording-sink.ts'
import { buildRedactor, type RawExchange } from './redact.ts'
import { buildScan } from './scan.ts'
import { scanRecording } from './scan-recording.ts'

// Put together here, so that nobody's scanner takes this file for a leak.
const marked = [
  `AKIA${'ABCDEFGH23456789'}`,
  `ghp_${'a1B2'.repeat(9)}`,
  `glpat-${'a1B2c'.repeat(4)}`,
  `xoxb-${'1234567890-abcdef'}`,
  `sk_live_${'a1B2c3D4'.repeat(3)}`,
  `AIza${'a1B2c3D'.repeat(5)}`,
  `npm_${'a1B2c3D4e5F6'.repeat(3)}`,
  `sk-${'a1B2c3D4'.repeat(4)}`,
  `$2b$10$${'abcdefghij0123456789./'.repeat(2)}abcdefghi`,
  `-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----`,
]

test.each(marked)('a key that its maker marked is replaced wherever it stands: %s', (key) => {
  const redact = buildRedactor({ key: Buffer.alloc(32) })
  const stored = JSON.stringify(redact(raw(JSON.stringify({ note: `it is ${key} now` }))))
  expect(stored).not.toContain(key.slice(4, 12))
  expect(buildScan()(exchange({ body: `it is ${key} now` }))).toMatchObject([{ kind: 'secret', place: 'answer body' }])
})

test('what was redacted is clean, and tokens are no findings', () => {
  const redact = buildRedactor({ key: Buffer.alloc(32) })
  const stored = redact(raw('{"password":"hunter2","card":"4111111111111111","at":"2026-01-02T03:04:05.000Z"}'))
  expect(buildScan()(stored)).toEqual([])
})

test('what another tool stored is found by its name and its place, and never shown whole', () => {
  const found = buildScan()(
    exchange({
      target: '/login?password=hunter2hunter2',
      headers: [
        ['Cookie', 'SHOPSESSID=canary-session'],
        ['X-Api-Key', 'canary-key'],
      ],
      body: '{"user":{"password":"canary-pass"}}',
    }),
  )
  expect(found.map(({ kind, place }) => [kind, place])).toEqual([
    ['secret', 'request target'],
    ['secret', 'request header cookie'],
    ['secret', 'request header x-api-key'],
    ['secret', 'answer body'],
  ])
  expect(JSON.stringify(found)).not.toMatch(/canary-|hunter2hunter2/)
})

test('a long random word under a harmless name may be a secret; ids, dates, paths and versions are none', () => {
  const scan = buildScan()
  const random = 'q7Zt0Vb3Xw9LmK2pRs8YcD4nHf6GjA1eUoTi5'
  expect(scan(exchange({ body: `{"thing":"${random}"}` }))).toMatchObject([{ kind: 'maybe', place: 'answer body' }])
  const harmless = [
    '{"id":"7f3b1c2e-9d4a-4f6b-8a1e-2c3d4e5f6a7b","sha":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}',
    '{"path":"/assets/2026/11/21/Some-Long-Name-Of-A-File-1234567890.html"}',
    '{"text":"Donaudampfschifffahrtsgesellschaftskapitaen"}',
  ]
  for (const body of harmless) expect(scan(exchange({ body })), body).toEqual([])
  expect(scan(exchange({ headers: [['ETag', `"${random}"`]] }))).toEqual([])
})

test('a recording is scanned whole, by the rules that hold now', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-scan-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'traffic.ndjson.gz')
  const sink = await writeRecording(path, { banyanRecording: 1, startedAt: '2026-01-01T00:00:00Z', routes: [] })
  for (let n = 0; n < 250; n++) await sink.write(exchange({ body: `{"email":"a${n}@x.example"}` }))
  await sink.close()
  expect(await scanRecording(path)).toMatchObject({ secrets: 0, maybes: 0, exchanges: 0, read: { exchanges: 250 } })
  const report = await scanRecording(path, { fields: ['email'] })
  expect(report).toMatchObject({ secrets: 250, exchanges: 250 })
  expect(report.findings).toHaveLength(100)
})

function raw(body: string): RawExchange {
  const { request, response, ...rest } = exchange({})
  const kept = Buffer.from(body)
  return {
    ...rest,
    caller: undefined,
    request: { ...request, body: undefined },
    response: { ...response, body: { kept, bytes: kept.length } },
  }
}

function exchange({
  target = '/a',
  headers = [],
  body = '',
}: {
  readonly target?: string
  readonly headers?: Exchange['request']['headers']
  readonly body?: string
}): Exchange {
  return {
    id: 'x1',
    at: '2026-01-02T03:04:05.000Z',
    route: 'r',
    capability: undefined,
    servedBy: 'monolith',
    caller: undefined,
    tookMs: 1,
    request: { method: 'GET', target, headers, body: undefined },
    response: {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: { encoding: 'utf8', data: body, bytes: body.length, truncated: false },
    },
  }
}
