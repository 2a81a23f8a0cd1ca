import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { revisionOf } from './revision.ts'
import { routesText } from './route-table.fixture.ts'
import { readRouteTable, writeRouteTable } from './store.ts'
import { writeOwner } from './write-owner.ts'

const text = routesText('{ name: r, capability: orders, match: { path: /o }, serve: 5% }')
const toService = { capability: 'users', owner: 'service' } as const
let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banyan-owner-'))
  file = join(folder, 'routes.yaml')
  await writeFile(file, text)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

test('the owner is written once, however many ask for it at once, and the file says who it is', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => writeOwner(file, toService)))
  const expected = text.replace('owner: legacy # mirrors', 'owner: service # mirrors')
  expect(await readFile(file, 'utf8')).toBe(expected)
  expect(answers.filter(({ edited }) => edited)).toHaveLength(1)
  expect(new Set(answers.map(({ table }) => table.revision))).toEqual(new Set([revisionOf(expected)]))
  expect(await readdir(folder)).toEqual(['routes.yaml'])
})

test('flips that come in between are kept, and lose nothing either', async () => {
  const flips = Array.from({ length: 8 }, (_, n) => addLine(`# flip ${n}\n`))
  const owners = Array.from({ length: 8 }, (_, n) =>
    writeOwner(file, { capability: 'users', owner: n % 2 ? 'service' : 'legacy' }),
  )
  await Promise.all([...flips, ...owners])
  await writeOwner(file, toService)
  const { text: now, table } = await readRouteTable(file)
  expect(table.capabilities.get('users')?.owner).toBe('service')
  for (let n = 0; n < 8; n++) expect(now.split(`# flip ${n}\n`)).toHaveLength(2)
})

test('a capability that is not there, and a file that is none, are said and nothing is written', async () => {
  await expect(writeOwner(file, { capability: 'ordres', owner: 'service' })).rejects.toMatchObject({
    code: 'capability-unknown',
  })
  await expect(writeOwner(join(folder, 'none'), toService)).rejects.toMatchObject({ code: 'route-table-missing' })
  expect(await readFile(file, 'utf8')).toBe(text)
})

async function addLine(line: string): Promise<void> {
  for (;;) {
    const { text: now, table } = await readRouteTable(file)
    const written = await writeRouteTable(file, now + line, table.revision).then(
      () => true,
      (error: { code?: string }) => (error.code === 'route-table-changed' ? false : Promise.reject(error)),
    )
    if (written) return
  }
}
