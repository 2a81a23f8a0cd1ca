import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { Exchange, RecordingHeader } from '../exchange.ts'
import { readLines } from './lines.ts'
import { readRecording } from './recording.ts'
import { writeRecording } from './recording-sink.ts'

const header: RecordingHeader = {
  banyanRecording: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  routes: ['users.read'],
  redaction: { keyId: '0123456789ab' },
}

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

test('what was written is read again, in order, and only its owner may read the file', async () => {
  const path = await newPath()
  const sink = await writeRecording(path, header)
  const exchanges = Array.from({ length: 300 }, (_, index) => exchange(index))
  for (const one of exchanges) await sink.write(one)
  expect(await sink.close()).toEqual({ exchanges: 300, dropped: 0, parts: 1 })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const recording = readRecording(path)
  expect(await recording.header()).toEqual(header)
  expect(await collect(recording)).toEqual(exchanges)
  expect(recording.report()).toEqual({
    exchanges: 300,
    malformed: 0,
    malformedLines: [],
    cut: undefined,
    dropped: 0,
    parts: 1,
  })
})

test('the header stands in the file before any exchange', async () => {
  const path = await newPath()
  const sink = await writeRecording(path, header)
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(header)
  await sink.close()
  expect(await collect(readRecording(path))).toEqual([])
})

test('an existing file is not replaced unless that is asked for, and is then closed to others', async () => {
  const path = await newPath()
  await writeFile(path, 'precious', { mode: 0o644 })
  await expect(writeRecording(path, header)).rejects.toMatchObject({ code: 'recording-exists', exitCode: 6 })
  expect(await readFile(path, 'utf8')).toBe('precious')
  await (await writeRecording(path, header, { overwrite: true })).close()
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a file that cannot be created says so', async () => {
  const rejected = writeRecording('/nowhere/at/all.ndjson', header)
  await expect(rejected).rejects.toMatchObject({
    code: 'recording-unwritable',
    message: expect.stringContaining('/nowhere'),
  })
})

test('a disk that is full from the start is said at once', async () => {
  const rejected = writeRecording('/dev/full', header)
  await expect(rejected).rejects.toMatchObject({
    code: 'recording-disk-full',
    message: 'the recording /dev/full ended: the disk is full. 0 exchanges are stored in it',
  })
})

test('a queue that is full drops what is offered and counts it, and makes who can wait wait', async () => {
  const path = await newPath()
  const sink = await writeRecording(path, header, { maxQueuedBytes: 2000 })
  const offered = Array.from({ length: 50 }, (_, index) => sink.offer(exchange(index)))
  const accepted = offered.filter(Boolean).length
  expect(accepted).toBeGreaterThan(0)
  expect(accepted).toBeLessThan(50)
  for (let index = 0; index < 200; index++) await sink.write(exchange(index))
  expect(await sink.close()).toEqual({ exchanges: accepted + 200, dropped: 50 - accepted, parts: 1 })
  expect(await collect(readRecording(path))).toHaveLength(accepted + 200)
})

test('a recording cut in the middle of its last line gives all before it, and says where it was cut', async () => {
  const path = await recorded(5)
  const { size } = await stat(path)
  await truncate(path, size - trailer(5).length - 30)
  const recording = readRecording(path)
  expect(await collect(recording)).toHaveLength(4)
  const { cut, malformed } = recording.report()
  expect(cut).toMatchObject({ line: 6 })
  expect(cut?.bytes).toBeGreaterThan(50)
  expect(malformed).toBe(0)
})

test('a last line that only lacks its line break is whole', async () => {
  const path = await recorded(3)
  await truncate(path, (await stat(path)).size - trailer(3).length - 1)
  const recording = readRecording(path)
  expect(await collect(recording)).toHaveLength(3)
  expect(recording.report().cut).toBeUndefined()
})

test('lines that are no exchange are counted and named, and the rest is read', async () => {
  const path = await recorded(2)
  await appendFile(path, `garbage\n{"id":7}\n${'x'.repeat(5000)}\n${JSON.stringify(exchange(9))}\n\n`)
  await appendFile(path, `${JSON.stringify({ end: true, exchanges: 3, dropped: 4 })}\n`)
  const recording = readRecording(path, 4000)
  expect(await collect(recording)).toHaveLength(3)
  const report = recording.report()
  expect(report).toMatchObject({ exchanges: 3, malformed: 3, dropped: 4 })
  expect(report.malformedLines.map(({ line }) => line)).toEqual([5, 6, 7])
  expect(report.malformedLines[1]?.why).toContain('id')
})

test('what is no recording, missing, a folder or empty is refused with its name', async () => {
  const path = await newPath()
  const read = () => collect(readRecording(path))
  await expect(read()).rejects.toMatchObject({ code: 'recording-unreadable', message: expect.stringContaining(path) })
  await writeFile(path, '')
  await expect(read()).rejects.toMatchObject({ code: 'recording-unreadable' })
  await writeFile(path, 'version: 1\nroutes: []\n')
  await expect(read()).rejects.toMatchObject({ code: 'recording-unreadable', exitCode: 4 })
  await expect(readRecording(path).header()).rejects.toMatchObject({ code: 'recording-unreadable' })
  await expect(collect(readRecording(dirname(await newPath())))).rejects.toMatchObject({ code: 'recording-unreadable' })
})

test('a recording of a later format names both formats', async () => {
  const path = await newPath()
  await writeFile(path, '{"banyanRecording":2,"startedAt":"2030-01-01T00:00:00Z","routes":[]}\n')
  const rejected = readRecording(path).header()
  await expect(rejected).rejects.toMatchObject({
    code: 'recording-too-new',
    message: expect.stringMatching(/format 2.*format 1/),
  })
})

test('lines come out whole however the bytes come in', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '"', '😀') })
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (whole, size) => {
      const lines: string[] = []
      for await (const line of readLines(inChunks(Buffer.from(whole), size), 1000)) lines.push(line.text ?? '')
      const expected = whole.split('\n')
      if (expected.at(-1) === '') expected.pop()
      expect(lines).toEqual(expected)
    }),
  )
})

test('room that runs out later loses nothing before it: the file ends with a whole line, and the fault counts them', async () => {
  const path = await newPath()
  const said = await recordWithRoomFor(8, path)
  expect(said).toMatchObject({ code: 'recording-disk-full', message: expect.stringContaining(path) })
  const recording = readRecording(path)
  const stored = await collect(recording)
  expect(recording.report()).toMatchObject({ malformed: 0, cut: undefined })
  expect(stored.length).toBeGreaterThan(10)
  expect(said.message).toContain(`${stored.length} exchanges are stored`)
  expect(stored.map(({ id }) => id)).toEqual(stored.map((_, index) => `x${index}`))
})

/** A process that may not write files larger than `kib`: the nearest thing to a full disk that needs no rights. */
async function recordWithRoomFor(
  kib: number,
  path: string,
): Promise<{ readonly code: string; readonly message: string }> {
  const script = `
    const { writeRecording } = await import(${JSON.stringify(join(import.meta.dirname, 'recording-sink.ts'))})
    const sink = await writeRecording(${JSON.stringify(path)}, ${JSON.stringify(header)})
    const exchange = ${JSON.stringify(exchange(0))}
    try {
      for (let index = 0; index < 500; index++) await sink.write({ ...exchange, id: 'x' + index })
      await sink.close()
    } catch (fault) {
      await sink.close().catch(() => undefined)
      console.log(JSON.stringify({ code: fault.code, message: fault.message }))
    }`
  const command = `ulimit -f ${kib}; trap '' XFSZ; exec "$0" --import tsx --conditions=banyan-source --input-type=module -e "$1"`
  const { stdout } = await promisify(execFile)('bash', ['-c', command, process.execPath, script])
  return JSON.parse(stdout)
}

function trailer(exchanges: number): string {
  return `${JSON.stringify({ end: true, exchanges, dropped: 0 })}\n`
}

async function recorded(count: number): Promise<string> {
  const path = await newPath()
  const sink = await writeRecording(path, header)
  for (let index = 0; index < count; index++) await sink.write(exchange(index))
  await sink.close()
  return path
}

async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-recording-'))
  folders.push(folder)
  return join(folder, 'traffic.ndjson')
}

async function collect(exchanges: AsyncIterable<Exchange>): Promise<Exchange[]> {
  const all: Exchange[] = []
  for await (const one of exchanges) all.push(one)
  return all
}

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
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
