import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { type ComposeFile, composeFiles, readComposeFile, waves } from './compose.ts'
import { buildMachine, type Machine } from './compose-machine.ts'

const root = new URL('..', import.meta.url).pathname
const machines: Machine[] = []

afterEach(async () => {
  await machines.pop()?.stop()
}, 60_000)

test.each(composeFiles)(
  '%s: each service starts with its command and environment, as a plain process, the pages write through the edge, and a backfill ends',
  {
    timeout: 240_000,
  },
  async (name) => {
    const machine = await startAll(readComposeFile(root, name))

    const page = await fetch(machine.translate('http://127.0.0.1:8080/'))
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<html')
    await pagesWriteThroughTheEdge(machine)
    await Promise.all(
      ['users', 'orders'].map(async (capability) => {
        const said = await machine.exec(`${capability}-sync`, ['banyan', 'sync', 'backfill', capability])
        expect(said).toMatch(/done/)
        await edgeHears(machine, capability)
      }),
    )
  },
)

async function startAll(compose: ComposeFile): Promise<Machine> {
  const machine = await buildMachine(compose)
  machines.push(machine)
  for (const wave of waves(compose)) await Promise.all(wave.map(machine.start))
  return machine
}

/** The monolith has the address of the edge and a key from the secrets: who registers on a page is one more write of users. */
async function pagesWriteThroughTheEdge(machine: Machine): Promise<void> {
  const form = { first: 'Wren', last: 'Doe', email: 'wren@example.org', password: 'secret1' }
  const url = machine.translate('http://127.0.0.1:8080/register')
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
  const written = expect.objectContaining({ arm: 'legacy', requests: 1 })
  const routes = expect.arrayContaining([expect.objectContaining({ route: 'users.write', arms: [written] })])
  expect(await edgeStatus(machine)).toMatchObject({ routes })
}

/** The sync worker finds the edge and its token: the edge knows how far follow is. */
async function edgeHears(machine: Machine, capability: string): Promise<void> {
  const status = () => edgeStatus(machine)
  const heard = expect.objectContaining({ capability, appliedThrough: expect.any(String) })
  await expect.poll(status, { timeout: 20_000 }).toMatchObject({ capabilities: expect.arrayContaining([heard]) })
}

async function edgeStatus(machine: Machine): Promise<unknown> {
  const token = readFileSync(machine.translate('/state/admin-token'), 'utf8').trim()
  const headers = { authorization: `Bearer ${token}` }
  return await (await fetch(machine.translate('http://127.0.0.1:8081/status'), { headers })).json()
}
