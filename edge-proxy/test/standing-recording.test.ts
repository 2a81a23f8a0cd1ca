import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Exchange, openVault, readRecording } from '@banyan/toolkit/traffic'
import { expect, test } from 'vitest'
import { routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { startAnswering, startJson } from './upstream.ts'

/** Starting a thread takes long on a busy machine. */
const slowMs = 15_000

test('what the route table wants recorded always is, redacted, into files of their own, as long as the edge runs', async () => {
  const legacy = await startJson({ id: '7', email: 'canary-mail@x.example', password: 'canary-word' })
  const edge = await startEdge({
    legacy: legacy.url,
    routes: recording(legacy.url, 'vault: true, redact: { fields: [email] }'),
  })
  for (let n = 0; n < 50; n++) await edge.get(`/api/customers/${n}`, { cookie: `SHOPSESSID=canary-${n}` })
  await edge.get('/shop')
  await eventually(async () => (await edge.status()).recording?.exchanges === 50, slowMs)
  await edge.edge.close()
  const folder = join(edge.stateDir, 'rec')
  const exchanges = await collect(folder)
  expect(exchanges.map(({ request }) => request.target)).toEqual(
    Array.from({ length: 50 }, (_, n) => `/api/customers/${n}`),
  )
  expect(JSON.stringify(exchanges)).not.toContain('canary')
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  const vaultFile = readdirSync(folder).find((name) => name.endsWith('.vault')) ?? ''
  const vault = await openVault(join(folder, vaultFile), join(edge.stateDir, 'vault-key'))
  const cookie = exchanges[3]?.request.headers.find(([name]) => name.toLowerCase() === 'cookie')?.[1] ?? ''
  expect(vault.reveal(cookie.replace('SHOPSESSID=', ''))).toBe('canary-3')
  expect(JSON.stringify(edge.lines)).not.toContain('canary')
})

test('a share is of callers: all requests of one are recorded, or none', async () => {
  const legacy = await startJson({ ok: true })
  const edge = await startEdge({ legacy: legacy.url, routes: recording(legacy.url, '', '30%') })
  const callers = Array.from({ length: 60 }, (_, n) => `SHOPSESSID=s${n}`)
  for (const cookie of [...callers, ...callers]) await edge.get('/api/customers/1', { cookie })
  await eventually(async () => ((await edge.status()).recording?.exchanges ?? 0) > 10, slowMs)
  await edge.edge.close()
  const byCaller = new Map<string, number>()
  for (const { caller = '' } of await collect(join(edge.stateDir, 'rec'))) {
    byCaller.set(caller, (byCaller.get(caller) ?? 0) + 1)
  }
  expect(byCaller.size).toBeGreaterThan(5)
  expect(byCaller.size).toBeLessThan(35)
  expect(new Set(byCaller.values())).toEqual(new Set([2]))
})

test('a flip of the route table begins and ends it, and keeps no more in the folder than is wanted', async () => {
  const legacy = await startJson({ text: 'words '.repeat(2000) })
  const edge = await startEdge({ legacy: legacy.url })
  await edge.get('/api/customers/1')
  expect((await edge.status()).recording).toBeUndefined()
  mkdirSync(join(edge.stateDir, 'rec'))
  writeFileSync(join(edge.stateDir, 'rec', 'old.ndjson'), 'x'.repeat(300_000))
  await edge.flip(recording(legacy.url, 'part: 1KiB, keep: 8KiB'))
  for (let n = 0; n < 60; n++)
    await edge.get(`/api/customers/${n}?q=${createHash('sha256').update(`${n}`).digest('hex').repeat(4)}`)
  await eventually(async () => (await edge.status()).recording?.exchanges === 60, slowMs)
  await edge.flip(routesOf({ legacy: legacy.url }))
  expect((await edge.status()).recording).toBeUndefined()
  const folder = join(edge.stateDir, 'rec')
  await eventually(() => readdirSync(folder).some((name) => /\.\d+\.ndjson\.gz$/.test(name)))
  await eventually(() => !readdirSync(folder).includes('old.ndjson'))
  await eventually(() => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) < 12_000)
})

test('a folder that cannot be written to costs no request; it is counted and said', async () => {
  const legacy = await startJson({ ok: true })
  const edge = await startEdge({ legacy: legacy.url })
  writeFileSync(join(edge.stateDir, 'rec'), 'a file')
  await edge.flip(recording(legacy.url, ''))
  await eventually(async () => (await edge.status()).recording?.trouble !== undefined, slowMs)
  for (let n = 0; n < 5; n++) expect((await edge.get('/api/customers/1')).status).toBe(200)
  await eventually(async () => (await edge.status()).recording?.dropped === 5, slowMs)
  expect(edge.lines.map(({ msg }) => msg)).toContain('the standing recording cannot be stored')
  rmSync(join(edge.stateDir, 'rec'))
})

test('of an answer of 3 MiB the beginning is stored, with the digest of the whole that the client got', async () => {
  const whole = Buffer.alloc(3 * 1024 * 1024, 'many words ')
  const legacy = await startAnswering((_seen, response) => {
    response.setHeader('content-type', 'text/plain')
    response.end(whole)
  })
  const edge = await startEdge({ legacy: legacy.url, routes: recording(legacy.url, 'body: 128KiB') })
  expect((await edge.get('/api/customers/1')).body.length).toBe(whole.length)
  await eventually(async () => (await edge.status()).recording?.exchanges === 1, slowMs)
  await edge.edge.close()
  const [exchange] = await collect(join(edge.stateDir, 'rec'))
  expect(exchange?.response.body).toMatchObject({
    bytes: whole.length,
    truncated: true,
    notStored: 'too-large',
    digest: `sha256:${createHash('sha256').update(whole).digest('hex')}`,
  })
})

function recording(legacy: string, more: string, share = '100%'): string {
  const section = `recording: { share: ${share}, folder: rec, routes: [users.read]${more === '' ? '' : `, ${more}`} }\nroutes:`
  return routesOf({ legacy }).replace('routes:', section)
}

async function collect(path: string): Promise<Exchange[]> {
  const all: Exchange[] = []
  for await (const one of readRecording(path)) all.push(one)
  return all
}
