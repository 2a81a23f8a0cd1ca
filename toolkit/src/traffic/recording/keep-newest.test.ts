import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { keepNewest } from './keep-newest.ts'

test('the oldest recordings go first, with their vault, and nothing that is no recording does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-keep-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const names = ['a.ndjson.gz', 'a.2.ndjson.gz', 'a.vault', 'b.ndjson', 'b.vault', 'c.ndjson', 'notes.txt']
  for (const [index, name] of names.entries()) {
    await writeFile(join(folder, name), 'x'.repeat(100))
    await utimes(join(folder, name), 1000 + index, 1000 + index)
  }
  expect(await keepNewest(folder, 400)).toEqual({ files: [], bytes: 0 })
  expect(await keepNewest(folder, 350)).toEqual({ files: [join(folder, 'a.ndjson.gz')], bytes: 100 })
  expect(await readdir(folder)).toContain('a.vault')
  await keepNewest(folder, 150, join(folder, 'b.ndjson'))
  expect((await readdir(folder)).sort()).toEqual(['b.ndjson', 'b.vault', 'notes.txt'])
})
