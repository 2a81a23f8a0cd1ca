import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from './eventually.ts'
import { policiesOf, startPolicies } from './policy-fixture.ts'
import { freePort, startAnswering, startJson } from './upstream.ts'

test('a request goes to the address with the fewest requests under way', async () => {
  const first = await startAnswering(({ target }, response) =>
    target === '/plain/slow' ? undefined : void response.end('1'),
  )
  const second = await startAnswering(({ target }, response) =>
    target === '/plain/slow' ? undefined : void response.end('2'),
  )
  const edge = await startPolicies({ legacy: first.url, service: [first.url, second.url] })
  void edge.get('/plain/slow').catch(() => undefined)
  const [busy, idle] = await eventually(() => {
    if (first.seen.length + second.seen.length === 0) return undefined
    return first.seen.length > 0 ? [first, second] : [second, first]
  })
  for (let i = 0; i < 6; i++) expect(await edge.get('/plain/x')).toMatchObject({ status: 200 })
  expect([busy?.seen.length, idle?.seen.length]).toEqual([1, 6])
})

test('what is sent again goes to another address, however busy that is', async () => {
  const service = await startAnswering(({ target }, response) =>
    target === '/plain/slow' ? undefined : void response.end(),
  )
  const dead = `http://127.0.0.1:${await freePort()}`
  const edge = await startPolicies({ legacy: service.url, service: [dead, service.url], users: 'eject: off' })
  for (let i = 0; i < 2; i++) void edge.get('/plain/slow').catch(() => undefined)
  await eventually(() => service.seen.length === 2)
  for (let i = 0; i < 4; i++) expect(await edge.get('/plain/x')).toMatchObject({ status: 200 })
})

test('idle addresses take turns', async () => {
  const [a, b, c] = await Promise.all([startJson('a'), startJson('b'), startJson('c')])
  const edge = await startPolicies({ legacy: a.url, service: [a.url, b.url, c.url] })
  for (let i = 0; i < 9; i++) await edge.get('/plain/x')
  expect([a, b, c].map(({ seen }) => seen.length)).toEqual([3, 3, 3])
})

test('an address that stands behind one that is down gets no more turns than the others', async () => {
  const [a, b] = await Promise.all([startJson('a'), startJson('b')])
  const dead = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`]
  const users = 'eject: { failures: 1, for: 1m }'
  const edge = await startPolicies({ legacy: a.url, service: [...dead, a.url, b.url], users })
  for (let i = 0; i < 8; i++) await edge.get('/plain/x')
  const before = [a, b].map(({ seen }) => seen.length)
  for (let i = 0; i < 12; i++) expect(await edge.get('/plain/x')).toMatchObject({ status: 200 })
  expect([a, b].map(({ seen }, at) => seen.length - (before[at] ?? 0))).toEqual([6, 6])
})

test('all addresses of a name get requests, with the name as their Host', async () => {
  const seen: string[] = []
  const port = await serveAt('127.0.0.2', 0, seen)
  await serveAt('127.0.0.3', port, seen)
  const edge = await startPolicies({
    legacy: `http://127.0.0.2:${port}`,
    service: [`http://users.example:${port}`],
    users: 'host: upstream',
    options: { lookup: async () => ['127.0.0.3', '127.0.0.2'] },
  })
  await eventually(async () => (await policiesOf(edge)).endpoints.length === 2)
  for (let i = 0; i < 4; i++) await edge.get('/plain/x')
  const host = `users.example:${port}`
  expect(seen.toSorted()).toEqual([...twice(`127.0.0.2 ${host}`), ...twice(`127.0.0.3 ${host}`)])
  expect((await policiesOf(edge)).endpoints.map(({ url }) => url)).toEqual([
    `http://${host} (127.0.0.2)`,
    `http://${host} (127.0.0.3)`,
  ])
})

function twice(text: string): readonly string[] {
  return [text, text]
}

async function serveAt(host: string, port: number, seen: string[]): Promise<number> {
  const server = createServer((request, response) => {
    seen.push(`${host} ${request.headers.host}`)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
