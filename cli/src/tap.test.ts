import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Ran, withEdge } from './fixture.ts'

interface NdjsonLine {
  readonly event: string
  readonly request: { readonly id: string; readonly target: string; readonly shadow?: { readonly verdict: string } }
}

const linesOf = ({ stdout }: Ran): NdjsonLine[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** Runs a verb that watches, and sends requests meanwhile until it has ended. */
async function whileRunning(running: Promise<Ran>, request: () => Promise<unknown>): Promise<Ran> {
  let over = false
  void running.finally(() => {
    over = true
  })
  while (!over) {
    await request()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return await running
}

async function idOf(address: string, path: string): Promise<string> {
  return String((await fetch(`${address}${path}`)).headers.get('x-request-id'))
}

test('tap prints requests as they pass as NDJSON in a pipe, and ends when it has seen enough', async () => {
  const { banyan, get } = await withEdge()
  const ran = await whileRunning(banyan('tap', '--count', '2'), () => get('/shop'))
  expect(ran.code).toBe(0)
  expect(linesOf(ran).map(({ event, request }) => [event, request.target])).toEqual([
    ['request', '/shop'],
    ['request', '/shop'],
  ])
})

test('on a terminal tap shows a line a request within 80 columns, with its arm and id, and the verdict under the same id', async () => {
  const { banyan, banyanIn, edge, get } = await withEdge()
  await banyan('flip', 'users.read', '--shadow', '100%')
  const long = `/api/customers/${'7'.repeat(200)}`
  const ran = await whileRunning(
    banyanIn({ isTerminal: true }, 'tap', '--route', 'users.read', '--for', '1s'),
    async () => await Promise.all([get('/shop'), get(long), get('/api/customers/7')]),
  )
  const lines = ran.stdout.trimEnd().split('\n')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  const shown = lines.find((line) => /GET \/api\/customers\/7 /.test(line)) ?? ''
  expect(shown).toMatch(/^\d\d:\d\d:\d\d 200 +[\d.]+ m?s {2}GET \/api\/customers\/7 {2}users\.read legacy +[\w-]+$/)
  const id = shown.split(' ').at(-1) ?? ''
  expect(lines.filter((line) => line.endsWith(id)).join('\n')).toMatch(/ service mismatch: \$\.arm/)
  expect(ran.stdout).not.toContain('/shop')
  expect(ran.stderr).toContain('watching 1 edge')
  expect(edge.address).not.toBe('')
})

test('tap names what is wrong with what it was asked', async () => {
  const { banyan } = await withEdge()
  expect(await banyan('tap', '--route', 'users.raed')).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('Did you mean "users.read"?'),
  })
  expect(await banyan('tap', '--rate', '0')).toMatchObject({ code: 64 })
})

test('tap says that its edge has ended, and ends with 5', async () => {
  const { banyan, edge, folder } = await withEdge()
  const running = banyan('tap')
  const metrics = async () =>
    await readFile(join(folder, '.banyan/admin-token'), 'utf8').then(
      async (token) =>
        await (
          await fetch(`${edge.adminAddress}/metrics`, { headers: { authorization: `Bearer ${token.trim()}` } })
        ).text(),
    )
  while (!(await metrics()).includes('banyan_taps 1')) await new Promise((resolve) => setTimeout(resolve, 20))
  await edge.close()
  expect(await running).toMatchObject({ code: 5, stderr: expect.stringContaining('the edge has ended') })
})

test('why tells how a request of a moment ago went: route, arm, revision, address, times and its shadow', async () => {
  const { banyan, edge } = await withEdge()
  await banyan('flip', 'users.read', '--shadow', '100%')
  const id = await idOf(edge.address, '/api/customers/7?token=canary-0123456789')
  let ran = await banyan('why', id)
  for (let tries = 0; tries < 200 && !ran.stdout.includes('mismatch'); tries++)
    ran = await banyan('why', `urn:request:${id}`)
  const { stdout, stderr, code } = ran
  expect(code).toBe(0)
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect(stdout).toMatch(/^GET \/api\/customers\/7\?token=\S+ {2}-> {2}200, (just now|\d+ s ago)/)
  expect(stdout).toContain('users.read: GET, HEAD /api/customers/:id (routes.yaml:')
  expect(stdout).toMatch(/served by {2}legacy; serve: legacy/)
  expect(stdout).toMatch(/upstream {3}monolith, http:\/\/127\.0\.0\.1:\d+/)
  expect(stdout).toMatch(/time {7}[\d.]+ ms: .*answer began after/)
  expect(stdout).toMatch(/shadow {5}service: mismatch\n {13}\$\.arm {2}legacy/)
  expect(stdout).not.toContain('canary')
  expect(stderr).toContain("next: banyan routes explain GET '/api/customers/7'")
  const json = JSON.parse((await banyan('why', id, '--json')).stdout)
  expect(json).toMatchObject({ formatVersion: 1, requests: [{ id, shadow: { verdict: 'mismatch' } }] })
})

test('why tells of a refusal, and of what no edge remembers', async () => {
  const { banyan, edge } = await withEdge()
  const id = await idOf(edge.address, '/a%5cb')
  expect((await banyan('why', id)).stdout).toContain('path-refused')
  const unknown = await banyan('why', 'nobody-sent-this')
  expect(unknown.code).toBe(64)
  expect(unknown.stderr).toContain('no edge remembers a request "nobody-sent-this"')
  expect(unknown.stderr).toMatch(/remembered: 1 since /)
})

test('status shows what passed in the last minute, by route and arm', async () => {
  const { banyan, get } = await withEdge()
  for (let n = 0; n < 3; n++) await get('/shop')
  const { stdout } = await banyan('status')
  expect(stdout).toMatch(/last minute +arm +per second +errors +p50 +p99/)
  expect(stdout).toMatch(/everything-else +monolith +\d[\d.]* +0 +[\d.]+ ms +[\d.]+ ms/)
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})
