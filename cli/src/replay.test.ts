import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { readRecording, writeRecording } from '@banyan/toolkit/traffic'
import { expect, onTestFinished, test } from 'vitest'
import { inFolder, startUpstream, withEdge } from './fixture.ts'

/** A folder with a recording of reads of one customer, as the edge would have stored it. */
async function withRecording(count: number) {
  const place = await inFolder()
  const file = await writeReads(place.folder, count)
  return { ...place, file }
}

async function writeReads(folder: string, count: number): Promise<string> {
  const file = join(folder, 'traffic.ndjson')
  const header = { banyanRecording: 1, startedAt: '2026-11-21T10:00:00.000Z', routes: ['users.read'] } as const
  const sink = await writeRecording(file, header)
  const data = '{"arm":"legacy","url":"/api/customers/7"}'
  const body = { encoding: 'utf8', data, bytes: data.length, truncated: false } as const
  const request = { method: 'GET', target: '/api/customers/7', headers: [], body: undefined }
  const response = { status: 200, headers: [['content-type', 'application/json']], body } as const
  const who = { route: 'users.read', capability: 'users', servedBy: 'legacy', caller: undefined } as const
  for (let number = 0; number < count; number++)
    await sink.write({ ...who, id: `read-${number}`, at: header.startedAt, request, response, tookMs: 1 })
  await sink.close()
  return file
}

test('a recording holds what was asked for, can be replayed, and is never overwritten unasked', async () => {
  const { banyan, folder, get } = await withEdge()
  const recording = banyan('record', '--out', 'traffic.ndjson', '--count', '3', '--for', '10s', '--only', 'users.read')
  const asking = setInterval(() => void get('/api/customers/7').catch(() => undefined), 10)
  const ran = await recording
  clearInterval(asking)
  expect(ran).toMatchObject({ code: 0, stdout: '3 exchanges in traffic.ndjson\n' })
  const routes: string[] = []
  for await (const { route } of readRecording(join(folder, 'traffic.ndjson'))) routes.push(route)
  expect(routes).toEqual(['users.read', 'users.read', 'users.read'])
  expect(await banyan('record', '--out', 'traffic.ndjson', '--for', '1s')).toMatchObject({ code: 6 })

  const same = await startUpstream('legacy')
  const match = await banyan('replay', 'traffic.ndjson', '--legacy', same, '--service', same, '--exit-code')
  expect(match).toMatchObject({ code: 0, stdout: expect.stringMatching(/users\.read +3 +0 /) })
  const other = await startUpstream('other')
  const args = ['replay', 'traffic.ndjson', '--legacy', same, '--service', other]
  expect(await banyan(...args)).toMatchObject({ code: 0, stdout: expect.stringMatching(/users\.read +3 +3 /) })
  expect(await banyan(...args, '--exit-code')).toMatchObject({ code: 2 })
  expect(await banyan(...args, '--exit-code', '--max-mismatch', '100%')).toMatchObject({ code: 0 })
  expect(await banyan(...args, '--exit-code', '--max-mismatch', '0.1%')).toMatchObject({ code: 3 })
  const { stdout } = await banyan(...args, '--json')
  expect(JSON.parse(stdout)).toMatchObject({ formatVersion: 1, outcome: 'fail', exchanges: { sent: 3 } })
})

test('law 7: a replay that could compare nothing is unknown, and never exit code 0 with --exit-code', async () => {
  const { banyan } = await withRecording(1)
  const nobody = 'http://127.0.0.1:1'
  const replay = await banyan('replay', 'traffic.ndjson', '--legacy', nobody, '--service', nobody, '--exit-code')
  expect(replay).toMatchObject({ code: 2, stdout: expect.stringContaining('unknown') })
})

test('a recording that was cut in the middle of a line is replayed as far as it goes, and that is said', async () => {
  const { banyan, file } = await withRecording(2)
  writeFileSync(file, '{"id":"cut', { flag: 'a' })
  const same = await startUpstream('legacy')
  const replay = await banyan('replay', 'traffic.ndjson', '--legacy', same, '--service', same)
  expect(replay).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/users\.read +2 +0 /),
    stderr: expect.stringContaining('was cut'),
  })
})

test('a service is not asked for what the route table never sends to it', async () => {
  const { banyan, file } = await withRecording(2)
  const line = readFileSync(file, 'utf8').split('\n')[1] ?? ''
  writeFileSync(file, `${line.replace('"route":"users.read"', '"route":"everything-else"')}\n`, { flag: 'a' })
  const same = await startUpstream('legacy')
  const both = await banyan('replay', 'traffic.ndjson', '--legacy', same, '--service', same)
  expect(both.stdout).toMatch(/2 of 3 exchanges sent.*left out: 1 of routes\s+without arms/)
  const alone = await banyan('replay', 'traffic.ndjson', '--legacy', same, '--json')
  expect(JSON.parse(alone.stdout)).toMatchObject({ exchanges: { sent: 3, skipped: {} } })
})

test('a service is not asked for what the route table sends to another one, unless it names neither', async () => {
  const { banyan, edit, file } = await withRecording(2)
  const line = readFileSync(file, 'utf8').split('\n')[1] ?? ''
  writeFileSync(file, `${line.replace('"route":"users.read"', '"route":"orders.read"')}\n`, { flag: 'a' })
  const same = await startUpstream('legacy')
  const args = ['replay', 'traffic.ndjson', '--legacy', same, '--service', same]
  expect((await banyan(...args)).stdout).toMatch(/3 of 3 exchanges sent/)
  edit(/http:\/\/127\.0\.0\.1:4101\b/, same)
  expect((await banyan(...args)).stdout).toMatch(/2 of 3 exchanges sent.*left out: 1 of other\s+services/)
})

test('what was refused, and a route that nobody recorded, are told with what to do', async () => {
  const { banyan } = await withRecording(2)
  const server = createServer((_request, response) => response.writeHead(401).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const arm = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const args = ['replay', 'traffic.ndjson', '--legacy', arm, '--service', arm]
  expect((await banyan(...args)).stderr).toMatch(/! 2 requests were refused .*--header-file/)
  expect((await banyan(...args, '--only', 'nobody')).stderr).toMatch(/holds nothing of the routes that --only names/)
})

test('no arm, no recording and a bad header file are each said', async () => {
  const { banyan, folder } = await inFolder()
  expect(await banyan('replay', 'nothing.ndjson', '--legacy', 'http://127.0.0.1:1')).toMatchObject({ code: 4 })
  writeFileSync(join(folder, 'headers'), 'not a header\n')
  expect(await banyan('replay', 'nothing.ndjson', '--header-file', 'headers')).toMatchObject({ code: 64 })
  expect(await banyan('replay', 'nothing.ndjson')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--legacy'),
  })
})

test('what production shows and was never compared is reported, from another recording and from the edges', async () => {
  const { banyan, folder, get } = await withEdge()
  const file = await writeReads(folder, 2)
  const line = readFileSync(file, 'utf8').split('\n')[1] ?? ''
  const other = line.replace('"status":200', '"status":410').replace('"route":"users.read"', '"route":"users.list"')
  writeFileSync(join(folder, 'all.ndjson'), `${readFileSync(file, 'utf8')}${other}\n`)
  const same = await startUpstream('legacy')
  const args = ['replay', 'traffic.ndjson', '--legacy', same, '--service', same, '--json']
  const covered = JSON.parse((await banyan(...args, '--covers', 'all.ndjson')).stdout).coverage
  expect(covered).toMatchObject({
    seen: 3,
    lacking: expect.arrayContaining([expect.objectContaining({ route: 'users.list' })]),
  })
  await get('/products')
  const counted = JSON.parse((await banyan(...args, '--covers', 'edges')).stdout).coverage
  expect(counted.lacking).toEqual([{ route: 'everything-else', what: 'route', value: 'everything-else', count: 1 }])
})
