import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { revisionOf } from '@banyan/toolkit/routing'
import { expect, test } from 'vitest'
import { inFolder, startEdge, withEdge } from './fixture.ts'

test('a flip changes one line, answers when the edge runs it, and says how to take it back', async () => {
  const { banyan, text, get } = await withEdge()
  const before = text()
  expect(await get('/api/customers/7')).toContain('legacy')
  const flip = await banyan('flip', 'users.read', '--serve', 'service', '--reason', 'try it')
  expect(flip).toMatchObject({ code: 0, stderr: '' })
  expect(flip.stdout).toMatch(
    /users\.read: serve legacy -> service, .*\nlive on the edge .*\ntake it back: banyan undo\n/,
  )
  expect(await get('/api/customers/7')).toContain('service')
  const changed = text()
    .split('\n')
    .filter((line, index) => line !== before.split('\n')[index])
  expect(changed).toEqual(['    serve: service'])
})

test('law 6: every flip has a way back: undo restores the exact bytes, flip by flip, and then there is nothing left to undo', async () => {
  const { banyan, text, get } = await withEdge()
  const texts = [text()]
  for (const [knob, value] of [
    ['--shadow', '100%'],
    ['--serve', '12.5%'],
    ['--serve', 'service'],
  ] as const) {
    expect((await banyan('flip', 'users.read', knob, value)).code).toBe(0)
    texts.push(text())
  }
  for (const before of texts.slice(0, -1).toReversed()) {
    expect((await banyan('undo')).code).toBe(0)
    expect(text()).toBe(before)
  }
  expect(await get('/api/customers/7')).toContain('legacy')
  expect(await banyan('undo')).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('no flip') })
})

test('a dry run of undo says what it would restore, also as one JSON document, and writes nothing', async () => {
  const { banyan, text } = await inFolder()
  await banyan('flip', 'users.read', '--serve', '5%')
  const before = text()
  expect((await banyan('undo', '--dry-run')).stdout).toMatch(/back to serve legacy.* UTC by .*\nnothing was written\n$/)
  const { stdout } = await banyan('undo', '--dry-run', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ formatVersion: 1, dryRun: true, after: { serve: 'legacy' } })
  expect(text()).toBe(before)
})

test('undo refuses a file that is not what the flip wrote, and names the flip that does it', async () => {
  const { banyan, edit, text } = await inFolder()
  await banyan('flip', 'users.read', '--serve', '5%')
  edit('# admin address', '# the admin address')
  const edited = text()
  const undo = await banyan('undo')
  expect(undo).toMatchObject({ code: 6, stdout: '' })
  expect(undo.stderr).toContain('banyan flip users.read --serve legacy --shadow 0%')
  expect(text()).toBe(edited)
})

test('with no edge running a flip is written, not live, and that is no failure', async () => {
  const { banyan, text } = await inFolder()
  const flip = await banyan('flip', 'users.read', '--serve', '5%')
  expect(flip).toMatchObject({ code: 0, stdout: expect.stringContaining('written, not live') })
  expect(text()).toContain('serve: 5%')
})

test('a dry run shows the effect with its share of recent requests, and writes nothing', async () => {
  const { banyan, text, get, journal } = await withEdge()
  const before = text()
  for (const path of ['/api/customers/7', '/', '/', '/']) await get(path)
  const { code, stdout } = await banyan('flip', 'users.read', '--serve', 'service', '--dry-run')
  expect(code).toBe(0)
  expect(stdout).toContain('users.read got 1 of 4 requests (25 %)')
  expect(stdout).toContain('nothing was written')
  expect(text()).toBe(before)
  expect((await journal.read()).entries).toEqual([])
})

test('a flip that changes nothing writes nothing and journals nothing', async () => {
  const { banyan, text, journal } = await inFolder()
  const before = text()
  expect(await banyan('flip', 'users.read', '--serve', 'legacy')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is so already'),
  })
  expect(text()).toBe(before)
  expect((await journal.read()).entries).toEqual([])
})

test('a file that changed meanwhile is refused with exit code 6, and nothing is written', async () => {
  const { banyan, text, edit, journal } = await inFolder()
  const seen = revisionOf(text())
  edit('# admin address', '# the admin address')
  const before = text()
  expect(await banyan('flip', 'users.read', '--serve', '5%', '--revision', seen)).toMatchObject({
    code: 6,
    stdout: '',
    stderr: expect.stringContaining('changed meanwhile'),
  })
  expect(text()).toBe(before)
  expect((await journal.read()).entries).toEqual([])
})

test('flips of two at once both come through or are refused; none is lost, and the journal tells which', async () => {
  const { banyan, text, journal } = await inFolder()
  const values = ['1%', '2%', '3%', '4%', '5%', '6%']
  const codes = await Promise.all(
    values.map(async (value) => (await banyan('flip', 'users.read', '--serve', value)).code),
  )
  expect(codes.every((code) => code === 0 || code === 6)).toBe(true)
  const flips = (await journal.read()).entries.filter(({ kind }) => kind === 'flip')
  expect(flips).toHaveLength(codes.filter((code) => code === 0).length)
  expect(flips.at(-1)?.evidence.to).toBe(revisionOf(text()))
  expect(await journal.verify()).toMatchObject({ ok: true })
})

test('the journal never claims a flip that was not written: an intention without an outcome is settled by the file', async () => {
  const { banyan, text, journal, routes } = await inFolder()
  const from = revisionOf(text())
  const evidence = { file: routes, route: 'users.read', before: {}, after: {}, edits: [], from, to: '0'.repeat(12) }
  const lost = await journal.append({ kind: 'flip-intended', who: 'bob@desk', why: undefined, evidence })
  const written = await journal.append({
    kind: 'flip-intended',
    who: 'bob@desk',
    why: 'late',
    evidence: { ...evidence, from: '1'.repeat(12), to: from },
  })
  await banyan('flip', 'users.read', '--serve', '5%')
  const { entries } = await journal.read()
  const outcomeOf = (intention: number) => entries.find((entry) => entry.evidence.intention === intention)?.kind
  expect([outcomeOf(lost.seq), outcomeOf(written.seq)]).toEqual(['flip-abandoned', 'flip'])
  const { stdout } = await banyan('history')
  expect(stdout).toContain('never written')
})

test('an edge that refuses the route table is said, with exit code 6, and the way back', async () => {
  const { banyan, folder, routes, edit, edge } = await withEdge()
  const other = join(folder, 'other.yaml')
  copyFileSync(routes, other)
  const second = await startEdge(other, join(folder, '.banyan'))
  edit(/^edges: .*$/m, `edges: [${edge.adminAddress}, ${second.adminAddress}]`)
  const flip = await banyan('flip', 'users.read', '--serve', '5%')
  expect(flip.code).toBe(6)
  expect(flip.stderr).toContain(second.adminAddress)
  expect(flip.stderr).toContain('banyan undo')
})

test('one of two edges that does not run is unreachable: exit code 5', async () => {
  const { banyan, edit, edge } = await withEdge()
  edit(/^edges: .*$/m, `edges: [${edge.adminAddress}, http://127.0.0.1:1]`)
  expect(await banyan('flip', 'users.read', '--serve', '5%')).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('no edge runs at'),
  })
})

test('a token of another state folder is refused, and the hint names it', async () => {
  const { banyan, folder } = await withEdge()
  mkdirSync(join(folder, 'other'))
  writeFileSync(join(folder, 'other/admin-token'), 'a token of somebody else\n')
  const status = await banyan('status', '--state', 'other')
  expect(status).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('--state') })
})
