import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { composeFiles, inOrder, readComposeFile } from './compose.ts'
import { buildMachine, type Machine } from './compose-machine.ts'

const root = path.dirname(import.meta.dirname)
const machines: Machine[] = []

afterEach(async () => {
  await machines.pop()?.stop()
}, 60_000)

test.each(composeFiles)(
  '%s: every service starts with its command and environment, as a plain process, and a backfill ends',
  {
    timeout: 120_000,
  },
  async (name) => {
    const compose = readComposeFile(root, name)
    const machine = await buildMachine(compose)
    machines.push(machine)
    for (const [service] of inOrder(compose)) await machine.start(service)

    const page = await fetch(machine.translate('http://127.0.0.1:8080/'))
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<html')
    for (const capability of ['users', 'orders']) {
      const said = await machine.exec(`${capability}-sync`, ['banyan', 'sync', 'backfill', capability])
      expect(said).toMatch(/done/)
      await edgeHears(machine, capability)
    }
  },
)

/** The sync worker finds the edge and its token: the edge knows how far follow is. */
async function edgeHears(machine: Machine, capability: string): Promise<void> {
  const token = readFileSync(machine.translate('/state/admin-token'), 'utf8').trim()
  await expect
    .poll(
      async () => {
        const headers = { authorization: `Bearer ${token}` }
        return await (await fetch(machine.translate('http://127.0.0.1:8081/status'), { headers })).json()
      },
      { timeout: 10_000 },
    )
    .toMatchObject({ capabilities: expect.arrayContaining([expect.objectContaining({ name: capability })]) })
}
