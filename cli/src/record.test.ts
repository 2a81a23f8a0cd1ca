import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Exchange, openVault, readRecording } from '@banyan/toolkit/traffic'
import { expect, test } from 'vitest'
import { withEdge } from './fixture.ts'

test('a vault gives back what stands behind the tokens to who has its key, and to nobody without it', async () => {
  const { banyan, folder, edge } = await withEdge()
  const recording = banyan('record', '--out', 'a.ndjson.gz', '--count', '3', '--for', '20s', '--vault', 'a.vault')
  const asking = setInterval(() => {
    const headers = { cookie: 'SHOPSESSID=canary-session', 'content-type': 'application/json' }
    const body = JSON.stringify({ email: 'ada@x.example', password: 'canary-password' })
    void fetch(`${edge.address}/api/customers`, { method: 'POST', headers, body }).catch(() => undefined)
  }, 20)
  const ran = await recording
  clearInterval(asking)
  expect(ran).toMatchObject({ code: 0, stdout: '3 exchanges in a.ndjson.gz\n' })
  const [file, vaultFile, keyFile] = ['a.ndjson.gz', 'a.vault', 'a.vault.key'].map((name) => join(folder, name))
  const [first] = await collect(file ?? '')
  const cookie = first?.request.headers.find(([name]) => name.toLowerCase() === 'cookie')?.[1] ?? ''
  const password = JSON.parse(first?.request.body?.data ?? '{}').password
  const vault = await openVault(vaultFile ?? '', keyFile ?? '')
  expect(vault.reveal(cookie.replace('SHOPSESSID=', ''))).toBe('canary-session')
  expect(vault.reveal(password)).toBe('canary-password')
  expect(vault.left).toEqual({ lines: 0, values: 0 })
  for (const name of readdirSync(folder).filter((name) => name.startsWith('a.'))) {
    expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
    expect(readFileSync(join(folder, name)).includes('canary'), name).toBe(false)
  }
  rmSync(keyFile ?? '')
  await expect(openVault(vaultFile ?? '', keyFile ?? '')).rejects.toMatchObject({ code: 'vault-key-missing' })
})

test('a recording is rotated by size and read as one', async () => {
  const { banyan, folder, get } = await withEdge()
  const recording = banyan('record', '--out', 'a.ndjson', '--count', '30', '--for', '20s', '--part', '1KiB', '--json')
  const asking = setInterval(() => void get('/api/customers/7').catch(() => undefined), 5)
  const ran = await recording
  clearInterval(asking)
  const { parts, exchanges, scan } = JSON.parse(ran.stdout)
  expect({ exchanges, scan }).toEqual({ exchanges: 30, scan: { secrets: 0, maybes: 0 } })
  expect(parts).toBeGreaterThan(5)
  expect(await collect(join(folder, 'a.ndjson'))).toHaveLength(30)
})

test('a scan names what got through by its place, by the rules of the route table, and refuses the recording', async () => {
  const { banyan, folder, get, edit } = await withEdge()
  const recording = banyan('record', '--out', 'a.ndjson', '--count', '2', '--for', '20s', '--only', 'users.read')
  const asking = setInterval(() => void get('/api/customers/7?ref=C-4711').catch(() => undefined), 20)
  await recording
  clearInterval(asking)
  const clean = await banyan('recording', 'scan', 'a.ndjson')
  expect(clean).toMatchObject({ code: 0, stdout: '2 exchanges scanned: 0 secrets, 0 that may be one, in 0 of them\n' })
  edit(/^routes:/m, 'recording: { redact: { fields: [ref] } }\nroutes:')
  const found = await banyan('recording', 'scan', 'a.ndjson', '--routes', 'routes.yaml')
  expect(found).toMatchObject({
    code: 6,
    stdout: expect.stringContaining('secret  request target: C-47... (6 characters)'),
  })
  writeFileSync(join(folder, 'empty.ndjson'), '{"banyanRecording":1,"startedAt":"2026-01-01T00:00:00Z","routes":[]}\n')
  expect((await banyan('recording', 'scan', 'empty.ndjson')).stdout).toContain('nothing was scanned')
})

async function collect(path: string): Promise<Exchange[]> {
  const all: Exchange[] = []
  for await (const one of readRecording(path)) all.push(one)
  return all
}
