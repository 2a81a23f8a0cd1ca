import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { inFolder, startUpstream } from './fixture.ts'
import { barLine } from './replay/progress.ts'

const log = [
  '127.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /api/customers/7?expand=1 HTTP/1.1" 200 12 "-" "curl"',
  '127.0.0.1 - - [21/Nov/2026:10:00:01 +0000] "GET /api/customers/8 HTTP/1.1" 200 12 "-" "curl"',
  '127.0.0.1 - - [21/Nov/2026:10:00:02 +0000] "POST /api/customers HTTP/1.1" 201 12 "-" "curl"',
  'not a line of a log',
  '127.0.0.1 - - [21/Nov/2026:10:00:03 +0000] "GET /products HTTP/1.1" 200 12 "-" "curl"',
]

async function imported() {
  const place = await inFolder()
  writeFileSync(join(place.folder, 'access.log'), `${log.join('\n')}\n`)
  const ran = await place.banyan('recording', 'import', 'access.log', '--out', 'traffic.ndjson')
  return { ...place, ran }
}

test('an access log becomes a recording with routes, and what is left out is said', async () => {
  const { ran, folder, banyan } = await imported()
  expect(ran).toMatchObject({ code: 0, stdout: '3 exchanges in traffic.ndjson, from access-log\n' })
  expect(ran.stderr).toMatch(/1 are no GETs[\s\S]*1 record.*malformed[\s\S]*at byte \d+/)
  const routes = [...readFileSync(join(folder, 'traffic.ndjson'), 'utf8').matchAll(/"route":"([^"]+)"/g)]
  expect(routes.map(([, route]) => route)).toEqual(['users.read', 'users.read', 'everything-else'])
  expect(await banyan('recording', 'import', 'access.log', '--out', 'traffic.ndjson')).toMatchObject({ code: 6 })
  expect(await banyan('recording', 'import', 'access.log', '--out', 'x', '--format', 'csv')).toMatchObject({ code: 64 })
  expect(await banyan('recording', 'import', 'nothing.har', '--out', 'x')).toMatchObject({ code: 4 })
})

test('an imported log is replayed to both arms, with a page and a CI report that only their owner can read', async () => {
  const { folder, banyan } = await imported()
  const [legacy, service] = [await startUpstream('legacy'), await startUpstream('service')]
  const files = ['--html', 'report.html', '--junit', 'report.xml']
  const ran = await banyan('replay', 'traffic.ndjson', '--legacy', legacy, '--service', service, ...files)
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/x users\.read +2 +2/) })
  for (const file of ['report.html', 'report.xml']) expect(statSync(join(folder, file)).mode & 0o077).toBe(0)
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('2 of 2 answers mismatched')
  expect(readFileSync(join(folder, 'report.xml'), 'utf8')).toMatch(/<testsuite name="users\.read"[\s\S]*<failure/)
  const nowhere = await banyan('replay', 'traffic.ndjson', '--legacy', legacy, '--html', 'no/such/report.html')
  expect(nowhere).toMatchObject({ code: 64, stderr: expect.stringContaining('cannot write') })
})

test('a recording is exported for other tools, and comes back the same', async () => {
  const { folder, banyan } = await imported()
  expect(await banyan('recording', 'export', 'traffic.ndjson', '--out', 'traffic.gor.gz')).toMatchObject({ code: 0 })
  const back = await banyan('recording', 'import', 'traffic.gor.gz', '--out', 'back.ndjson', '--json')
  expect(JSON.parse(back.stdout)).toMatchObject({ formatVersion: 1, format: 'gor', exchanges: 3 })
  const targets = (file: string) => readFileSync(join(folder, file), 'utf8').match(/"target":"[^"]+"/g)
  expect(targets('back.ndjson')).toEqual(targets('traffic.ndjson'))
  expect(await banyan('recording', 'export', 'traffic.ndjson', '--out', 'traffic.pcap')).toMatchObject({ code: 64 })
})

test('a suggested route table passes the check', async () => {
  const { folder, banyan } = await imported()
  const { code, stdout } = await banyan('routes', 'suggest', 'traffic.ndjson', '--legacy', 'http://localhost:3000')
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('/api/customers/:id') })
  writeFileSync(join(folder, 'suggested.yaml'), stdout)
  expect(await banyan('routes', 'check', '--routes', 'suggested.yaml')).toMatchObject({ code: 0 })
})

test.each([
  ['--pace', 'fast'],
  ['--concurrency', '0'],
  ['--timeout', 'soon'],
  ['--ask-twice', '0.1'],
  ['--max-mismatch', '1000%'],
  ['--writes', 'maybe'],
])('a replay that was typed wrong ends with 64 and what is allowed: %s %s', async (...args) => {
  const { banyan } = await inFolder()
  expect(await banyan('replay', 'x.ndjson', '--legacy', 'http://127.0.0.1:1', ...args)).toMatchObject({
    code: 64,
    stdout: '',
    stderr: expect.stringMatching(/banyan: .*\n {2}/),
  })
})

test('law 7: an empty recording is unknown, and its gate ends with 3', async () => {
  const { folder, banyan } = await inFolder()
  const header = { banyanRecording: 1, startedAt: '2026-11-21T10:00:00.000Z', routes: [] }
  writeFileSync(join(folder, 'empty.ndjson'), `${JSON.stringify(header)}\n`)
  const args = ['replay', 'empty.ndjson', '--legacy', 'http://127.0.0.1:1', '--service', 'http://127.0.0.1:2']
  expect(await banyan(...args, '--max-mismatch', '0.1%')).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/unknown/),
  })
})

test('law 7: one address in place of both arms opens no gate', async () => {
  const { banyan } = await imported()
  const legacy = await startUpstream('legacy')
  const args = ['replay', 'traffic.ndjson', '--legacy', legacy, '--service', `${legacy}/`]
  const refused = { code: 64, stderr: expect.stringContaining('it agrees with itself') }
  expect(await banyan(...args, '--max-mismatch', '10%')).toMatchObject(refused)
  expect((await banyan(...args)).stderr).toContain('it is compared with itself')
})

test('a bar on a terminal grows to its end, and never leaves its line', async () => {
  const told: string[] = []
  const { banyanIn } = await imported()
  const legacy = await startUpstream('legacy')
  const around = { messageColumns: 60, progress: (line: string) => void told.push(line) }
  await banyanIn(around, 'replay', 'traffic.ndjson', '--legacy', legacy, '--service', legacy)
  expect(told.at(-1)).toBe('')
  const bars = [0, 500, 1000].map((exchanges) => barLine({ exchanges, sent: exchanges, mismatched: 2 }, 1000, 60))
  for (const bar of bars) expect(bar.length).toBeLessThan(60)
  expect(bars[2]).toMatch(/^█+ {2}100% {2}1 000 of 1 000, 2 mismatched$/)
})

test('what a browser saved keeps its password in a vault, and a replay logs in with it', async () => {
  const { folder, banyan } = await inFolder()
  const bodies: string[] = []
  const shop = createServer((request, response) => {
    request.on('data', (chunk) => bodies.push(String(chunk))).on('end', () => response.end('welcome'))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void shop.close())
  await once(shop, 'listening')
  const { port } = shop.address() as AddressInfo
  const request = {
    ...{
      method: 'POST',
      url: 'http://shop.test/login',
      headers: [{ name: 'Content-Type', value: 'application/json' }],
    },
    postData: { mimeType: 'application/json', text: '{"password":"tide-and-timber"}' },
  }
  const response = { status: 200, headers: [], content: { size: 7, text: 'welcome' } }
  writeFileSync(join(folder, 'session.har'), JSON.stringify({ log: { entries: [{ request, response }] } }))
  const vault = ['--vault', 'session.vault']
  expect(await banyan('recording', 'import', 'session.har', '--out', 's.ndjson', ...vault)).toMatchObject({ code: 0 })
  for (const file of ['s.ndjson', 'session.vault']) {
    expect(readFileSync(join(folder, file), 'utf8')).not.toContain('tide-and-timber')
    expect(statSync(join(folder, file)).mode & 0o077).toBe(0)
  }
  await banyan('replay', 's.ndjson', '--legacy', `http://127.0.0.1:${port}`, '--writes', 'send', ...vault)
  expect(bodies).toEqual(['{"password":"tide-and-timber"}'])
})
