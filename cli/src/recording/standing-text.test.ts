import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withEdge } from '../fixture.ts'

test('a status shows what is always recorded: of whom, how much, where; and why nothing is, if nothing is', async () => {
  const { banyan, edge, edit, folder, get } = await withEdge()
  expect((await banyan('status')).stdout).not.toContain('recording')
  edit(/^routes:/m, 'recording: { share: 100%, folder: rec, keep: 64MiB, routes: [users.read] }\nroutes:')
  await edge.reload()
  await get('/api/customers/7')
  const stored = await stdoutWith(
    banyan,
    /recording 100% of callers: 1 exchange; .* [KM]?i?B of at most 64 MiB in rec$/m,
  )
  expect(stored).not.toContain('nothing is stored')
  const { recordings } = JSON.parse((await banyan('status', '--json')).stdout)
  expect(recordings).toMatchObject([
    { url: edge.adminAddress, percent: 100, exchanges: 1, folder: join(folder, 'rec') },
  ])
  expect(statSync(recordings[0].folder).isDirectory()).toBe(true)

  writeFileSync(join(folder, 'file'), '')
  edit('folder: rec', 'folder: file/rec')
  await edge.reload()
  await get('/api/customers/7')
  await stdoutWith(banyan, /nothing is stored: .*ENOTDIR/)
})

async function stdoutWith(banyan: (...args: string[]) => Promise<{ readonly stdout: string }>, text: RegExp) {
  let stdout = ''
  await expect.poll(async () => (stdout = (await banyan('status')).stdout), { timeout: 15_000 }).toMatch(text)
  return stdout
}
