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
  '%s: each service starts with its command and environment, as a plain process, and a backfill ends',
  {
    timeout: 240_000,
  },
  async (name) => {
    const machine = await startAll(readComposeFile(root, name))

    const page = await fetch(machine.translate('http://127.0.0.1:8080/'))
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<html')
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

/** The sync worker finds the edge and its token: the edge knows how far follow is. */
async function edgeHears(machine: Machine, capability: string): Promise<void> {
  const token = readFileSync(machine.translate('/state/admin-token'), 'utf8').trim()
  const status = async () => {
    const headers = { authorization: `Bearer ${token}` }
    return await (await fetch(machine.translate('http://127.0.0.1:8081/status'), { headers })).json()
  }
  const heard = expect.objectContaining({ capability, appliedThrough: expect.any(String) })
  await expect.poll(status, { timeout: 20_000 }).toMatchObject({ capabilities: expect.arrayContaining([heard]) })
}
