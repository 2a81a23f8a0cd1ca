import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { revisionOf } from '@banyan/toolkit/routing'
import { expect, onTestFinished, test } from 'vitest'
import { openRouteTable } from './route-table-source.ts'

const tableOf = (routes: readonly string[]) =>
  ['version: 1', 'upstreams: { monolith: { url: "http://127.0.0.1:9" } }', 'routes:', ...routes, rest].join('\n')
const rest = '  - { name: rest, upstream: monolith, match: { path: /* } }'
const route = (name: string) => `  - { name: ${name}, upstream: monolith, match: { path: /${name}/:id } }`

test('what is written into the file while its first content is read is live once it is open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-source-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'routes.yaml')
  // So large that a thread reads it, which takes longer than the change.
  await writeFile(file, tableOf(Array.from({ length: 2_000 }, (_, n) => route(`area-${n}`))))
  const refused: string[] = []
  const listener = {
    swapped: () => undefined,
    refused: (problems: readonly string[]) => void refused.push(...problems),
    disagrees: () => undefined,
  }
  const opening = openRouteTable(file, listener)
  await wait(50)
  const next = tableOf([route('alone')])
  await writeFile(file, next)
  const source = await opening
  onTestFinished(() => source.close())
  expect([source.current().revision, refused]).toEqual([revisionOf(next), []])
})
