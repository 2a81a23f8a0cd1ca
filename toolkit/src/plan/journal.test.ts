import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../base/index.ts'
import { openJournal } from './journal.ts'

async function journalIn() {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-journal-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const journal = openJournal(join(folder, 'journal.ndjson'), systemClock)
  const note = (route: string) =>
    journal.append({ kind: 'flip', who: 'ann@desk', why: 'first callers', evidence: { route } })
  return { folder, journal, note }
}

test('an entry carries who, when, why and its evidence, and links to the one before', async () => {
  const { journal, note } = await journalIn()
  const first = await note('users.read')
  const second = await note('users.list')
  expect(first).toMatchObject({ seq: 1, kind: 'flip', who: 'ann@desk', why: 'first callers', prev: '0'.repeat(64) })
  expect(second).toMatchObject({ seq: 2, evidence: { route: 'users.list' }, prev: first.hash })
  expect((await journal.read()).entries).toEqual([first, second])
  expect(await journal.verify()).toEqual({ ok: true, entries: 2, cut: false })
})

test('the journal is readable by its owner only', async () => {
  const { journal, note } = await journalIn()
  await note('users.read')
  expect((await stat(journal.file)).mode & 0o777).toBe(0o600)
})

test('a journal that does not exist is empty', async () => {
  expect(await (await journalIn()).journal.verify()).toEqual({ ok: true, entries: 0, cut: false })
})

test.each([
  [
    'changed',
    (lines: string[]) => lines.with(1, (lines[1] ?? '').replace('users.b', 'users.x')),
    /entry 2 was changed/,
  ],
  ['removed', (lines: string[]) => lines.toSpliced(1, 1), /entry 3 stands where entry 2 belongs/],
  ['swapped', (lines: string[]) => [lines[1] ?? '', lines[0] ?? '', ...lines.slice(2)], /entry 2 stands where entry 1/],
  ['not an entry', (lines: string[]) => lines.with(1, '{"seq":2}'), /not a journal entry/],
  [
    'given another field',
    (lines: string[]) => lines.with(1, (lines[1] ?? '').replace('{', '{"x":1,')),
    /not a journal entry/,
  ],
])('verifying names the first entry that was %s', async (_how, tamper, why) => {
  const { journal, note } = await journalIn()
  for (const route of ['users.a', 'users.b', 'users.c']) await note(route)
  const lines = (await readFile(journal.file, 'utf8')).trimEnd().split('\n')
  await writeFile(journal.file, `${tamper(lines).join('\n')}\n`)
  expect(await journal.verify()).toMatchObject({ ok: false, why: expect.stringMatching(why) })
})

test('a last line that a crash cut off is told, kept aside by the next append, and the chain goes on', async () => {
  const { folder, journal, note } = await journalIn()
  await note('users.a')
  const { hash } = await note('users.b')
  await appendFile(journal.file, '{"seq":3,"at":"2026-')
  expect(await journal.verify()).toEqual({ ok: true, entries: 2, cut: true })
  expect(await note('users.c')).toMatchObject({ seq: 3, prev: hash })
  expect(await journal.verify()).toEqual({ ok: true, entries: 3, cut: false })
  const [aside] = (await readdir(folder)).filter((name) => name.includes('.cut-'))
  expect(await readFile(join(folder, aside ?? ''), 'utf8')).toBe('{"seq":3,"at":"2026-')
})

test('an entry that only lacks its line break is whole', async () => {
  const { journal, note } = await journalIn()
  await note('users.a')
  await truncate(journal.file, (await stat(journal.file)).size - 1)
  await note('users.b')
  expect(await journal.verify()).toEqual({ ok: true, entries: 2, cut: false })
})

test('an entry longer than what is read at once is found as the last one', async () => {
  const { journal, note } = await journalIn()
  await note('a'.repeat(100_000))
  await note('b')
  await note('é'.repeat(40_000))
  await note('c')
  expect(await journal.verify()).toEqual({ ok: true, entries: 4, cut: false })
})

test('appends of several processes queue up: no entry is lost and the chain holds', async () => {
  const { journal } = await journalIn()
  const module = fileURLToPath(new URL('./journal.ts', import.meta.url))
  const clock = fileURLToPath(new URL('../base/index.ts', import.meta.url))
  const script = `
    const { openJournal } = await import(${JSON.stringify(module)})
    const { systemClock } = await import(${JSON.stringify(clock)})
    const journal = openJournal(${JSON.stringify(journal.file)}, systemClock)
    for (let i = 0; i < 25; i++) await journal.append({ kind: 'flip', who: String(process.pid), why: undefined, evidence: { i } })`
  const running = [1, 2, 3].map(() =>
    once(
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: 'inherit' }),
      'exit',
    ),
  )
  expect((await Promise.all(running)).map(([code]) => code)).toEqual([0, 0, 0])
  expect(await journal.verify()).toEqual({ ok: true, entries: 75, cut: false })
})
