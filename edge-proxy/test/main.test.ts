import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ask, routesOf } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort, startJson } from './upstream.ts'

interface Started {
  readonly child: ChildProcess
  readonly address: string
  readonly environment: Record<string, string>
  readonly errors: () => string
}

/** The edge as a process of its own, its log going to the file descriptor or a pipe. */
async function startProcess(environment: Record<string, string>, log: number | 'pipe' = 'pipe'): Promise<Started> {
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=banyan-source', main], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', log, 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdout?.resume()
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += String(chunk)
  })
  return { child, environment, address: `http://127.0.0.1:${environment.EDGE_PORT}`, errors: () => errors }
}

async function world(): Promise<Record<string, string>> {
  const state = await mkdtemp(join(tmpdir(), 'banyan-main-'))
  onTestFinished(() => rm(state, { recursive: true, force: true }))
  const legacy = await startJson({ ok: true })
  const file = join(state, 'routes.yaml')
  await writeFile(file, routesOf({ legacy: legacy.url }))
  const ports = { EDGE_PORT: String(await freePort()), ADMIN_PORT: String(await freePort()) }
  return { ...ports, EDGE_ROUTES: file, BANYAN_STATE: state }
}

const get = (url: string) => ask(url, { method: 'GET', headers: {}, body: undefined })

test('the process serves, says which port is taken when it is started twice, and ends with 0 on SIGTERM', async () => {
  const environment = await world()
  const first = await startProcess(environment)
  await eventually(() => get(`${first.address}/`), 15_000)
  const second = await startProcess(environment)
  const [code] = await once(second.child, 'exit')
  expect(code).toBe(6)
  expect(second.errors()).toContain(`port ${environment.EDGE_PORT} on 127.0.0.1 is taken`)
  expect(second.errors()).toContain('EDGE_PORT moves it')
  expect(second.errors()).not.toContain('    at ')
  const exit = once(first.child, 'exit')
  first.child.kill('SIGTERM')
  expect((await exit)[0]).toBe(0)
})

test('a log that cannot be written, as on a full disk, loses lines and hurts neither a request nor an end', async () => {
  const full = await open('/dev/full', 'w')
  onTestFinished(() => full.close())
  const edge = await startProcess(await world(), full.fd)
  await eventually(() => get(`${edge.address}/`), 15_000)
  for (let n = 0; n < 200; n++) expect(await get(`${edge.address}/api/customers/${n}`)).toMatchObject({ status: 200 })
  expect(edge.child.exitCode).toBeNull()
  const exit = once(edge.child, 'exit')
  edge.child.kill('SIGTERM')
  expect((await exit)[0]).toBe(0)
})

test('a log whose reader has gone keeps nobody from ending the process', async () => {
  const edge = await startProcess(await world())
  await eventually(() => get(`${edge.address}/`), 15_000)
  edge.child.stdout?.destroy()
  // One line and the signal at once: the last flush is then the first write to fail.
  expect(await get(`${edge.address}/api/customers/1`)).toMatchObject({ status: 200 })
  const exit = once(edge.child, 'exit')
  edge.child.kill('SIGTERM')
  expect((await exit)[0]).toBe(0)
})

test('a SIGHUP that comes while an edge of several processes starts does not end it', async () => {
  const environment = await world()
  const edge = await startProcess({ ...environment, EDGE_WORKERS: '2' })
  // Made before anything listens, and workers take a while to start.
  await eventually(() => access(join(environment.BANYAN_STATE ?? '', 'admin-token')).then(() => true), 15_000)
  edge.child.kill('SIGHUP')
  await eventually(() => get(`${edge.address}/`), 30_000)
  const exit = once(edge.child, 'exit')
  edge.child.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
})
