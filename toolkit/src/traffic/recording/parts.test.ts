import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { Exchange, RecordingHeader } from '../exchange.ts'
import { firstPartPath, partPath } from './part-path.ts'
import { readRecording } from './recording.ts'
import { type RecordingOptions, writeRecording } from './recording-sink.ts'

const header: RecordingHeader = { banyanRecording: 1, startedAt: '2026-01-01T00:00:00.000Z', routes: [] }

test('a gzip recording is read as a plain one is, and is much smaller', async () => {
  const folder = await newFolder()
  await record(join(folder, 'a.ndjson'), 500)
  await record(join(folder, 'a.ndjson.gz'), 500)
  expect(await idsIn(join(folder, 'a.ndjson.gz'))).toEqual(ids(0, 500))
  const [plain, zipped] = await Promise.all(['a.ndjson', 'a.ndjson.gz'].map((name) => stat(join(folder, name))))
  expect((zipped?.size ?? 0) * 4).toBeLessThan(plain?.size ?? 0)
  expect(gunzipSync(await readFile(join(folder, 'a.ndjson.gz'))).toString()).toBe(
    await readFile(join(folder, 'a.ndjson'), 'utf8'),
  )
})

test('a gzip recording that nobody closed is readable up to the last exchange that was written', async () => {
  const path = join(await newFolder(), 'a.ndjson.gz')
  const sink = await writeRecording(path, header)
  for (let n = 0; n < 100; n++) await sink.write(exchange(n))
  const before = await settledSize(path)
  expect(await idsIn(path)).toEqual(ids(0, 100))
  await sink.close()
  expect((await stat(path)).size).toBeGreaterThan(before)
})

test('a gzip recording cut at whatever byte gives what stands before the cut', async () => {
  const path = join(await newFolder(), 'a.ndjson.gz')
  await record(path, 60)
  const whole = await readFile(path)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 200, max: whole.length - 1 }), async (length) => {
      await writeFile(path, whole.subarray(0, length))
      const found = await idsIn(path)
      expect(found).toEqual(ids(0, found.length))
    }),
    { numRuns: 40 },
  )
})

test('a gzip that is damaged in the middle costs what follows in its file, is named, and the next part is read', async () => {
  const folder = await newFolder()
  await record(join(folder, 'a.ndjson.gz'), 3000)
  await record(join(folder, 'b.ndjson.gz'), 5, { startedAt: '2026-02-01T00:00:00.000Z' })
  const bytes = await readFile(join(folder, 'a.ndjson.gz'))
  bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 60)
  await writeFile(join(folder, 'a.ndjson.gz'), bytes)
  const recording = readRecording(folder)
  const found = await collect(recording)
  expect(found.slice(-5).map(({ id }) => id)).toEqual(ids(0, 5))
  expect(recording.report().cut?.why).toContain('a.ndjson.gz')
})

test('a recording is rotated by size; its parts are read as one, from whichever is named, and a folder as a whole', async () => {
  const folder = await newFolder()
  const path = join(folder, 'traffic.ndjson')
  const closed: string[] = []
  const summary = await record(path, 100, {}, { partBytes: 5000, onPart: async (part) => void closed.push(part) })
  expect(summary.exchanges).toBe(100)
  expect(summary.parts).toBeGreaterThan(3)
  expect(closed).toEqual(Array.from({ length: summary.parts - 1 }, (_, index) => partPath(path, index + 1)))
  const recording = readRecording(path)
  expect((await collect(recording)).map(({ id }) => id)).toEqual(ids(0, 100))
  expect(recording.report().parts).toBe(summary.parts)
  expect(await idsIn(folder)).toEqual(ids(0, 100))
  const fromSecond = await idsIn(partPath(path, 2))
  expect(fromSecond).toEqual(ids(100 - fromSecond.length, 100))
})

test('a part of another recording that happens to follow by name is left alone', async () => {
  const folder = await newFolder()
  const path = join(folder, 'traffic.ndjson')
  await record(path, 100, {}, { partBytes: 5000 })
  await expect(record(path, 1, {}, { partBytes: 5000 })).rejects.toMatchObject({ code: 'recording-exists' })
  await record(path, 3, {}, { partBytes: 1_000_000, overwrite: true })
  expect((await readdir(folder)).length).toBeGreaterThan(2)
  expect(await idsIn(path)).toEqual(ids(0, 3))
})

test('a byte order mark, lines that are no UTF-8 and one of 20 MiB are coped with and said', async () => {
  const path = join(await newFolder(), 'traffic.ndjson')
  await record(path, 2)
  await writeFile(path, Buffer.concat([Buffer.from('\uFEFF'), await readFile(path)]))
  await appendFile(path, Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}\n')]))
  await appendFile(path, `{"id":"${'x'.repeat(20 * 1024 * 1024)}"}\n${JSON.stringify(exchange(2))}\n`)
  const recording = readRecording(path)
  expect((await collect(recording)).map(({ id }) => id)).toEqual(ids(0, 3))
  const { malformed, malformedLines } = recording.report()
  expect(malformed).toBe(2)
  expect(malformedLines.map(({ line, why }) => [line, why])).toEqual([
    [5, 'not UTF-8'],
    [6, '20971529 bytes, longer than is read'],
  ])
  const bytes = await readFile(path)
  expect(bytes.subarray(malformedLines[0]?.offset).toString('latin1')).toMatch(/^\{"id":"/)
})

test('a file in UTF-16 and a gzip that ends in its header are refused by name', async () => {
  const path = join(await newFolder(), 'traffic.ndjson')
  await writeFile(path, Buffer.from('\uFEFF{"banyanRecording":1}\n', 'utf16le'))
  await expect(collect(readRecording(path))).rejects.toMatchObject({ message: expect.stringContaining('not UTF-8') })
  await record(path, 1, {}, { gzip: true, overwrite: true })
  await truncate(path, 12)
  await expect(collect(readRecording(path))).rejects.toMatchObject({
    code: 'recording-unreadable',
    message: expect.stringContaining('it is damaged: its gzip was cut'),
  })
  await writeFile(path, Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(90, 0xff)]))
  await expect(collect(readRecording(path))).rejects.toMatchObject({
    message: expect.stringContaining('its gzip is damaged'),
  })
})

test('what a recorder left out is in the recording', async () => {
  const path = join(await newFolder(), 'traffic.ndjson')
  const sink = await writeRecording(path, header)
  await sink.write(exchange(0))
  expect(await sink.close(7)).toEqual({ exchanges: 1, dropped: 7, parts: 1 })
  const recording = readRecording(path)
  await collect(recording)
  expect(recording.report().dropped).toBe(7)
})

test('the name of a part and back', () => {
  expect(partPath('/x/traffic.ndjson.gz', 3)).toBe('/x/traffic.3.ndjson.gz')
  expect(partPath('traffic', 2)).toBe('traffic.2')
  for (const path of ['/x/a.ndjson', 'b.ndjson.gz', 'c', 'd.2', 'e.v1.ndjson']) {
    for (const part of [1, 2, 17]) expect(firstPartPath(partPath(path, part), part)).toBe(path)
  }
})

async function record(
  path: string,
  count: number,
  changed: Partial<RecordingHeader> = {},
  options: RecordingOptions = {},
) {
  const sink = await writeRecording(path, { ...header, ...changed }, options)
  for (let n = 0; n < count; n++) await sink.write(exchange(n))
  return sink.close()
}

async function settledSize(path: string): Promise<number> {
  for (let last = -1; ; ) {
    const { size } = await stat(path)
    if (size === last) return size
    last = size
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

async function idsIn(path: string): Promise<string[]> {
  return (await collect(readRecording(path))).map(({ id }) => id)
}

async function collect(exchanges: AsyncIterable<Exchange>): Promise<Exchange[]> {
  const all: Exchange[] = []
  for await (const one of exchanges) all.push(one)
  return all
}

function ids(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `x${from + index}`)
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-parts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

function exchange(index: number): Exchange {
  return {
    id: `x${index}`,
    at: '2026-01-02T03:04:05.000Z',
    route: 'users.read',
    capability: 'users',
    servedBy: 'legacy',
    caller: '~tok_0123456789ab',
    request: { method: 'GET', target: `/api/customers/${index}`, headers: [['Accept', '*/*']], body: undefined },
    response: {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: { encoding: 'utf8', data: `{"id":"${index}"}`, bytes: 10, truncated: false },
    },
    tookMs: 1.5,
  }
}
