import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { withArms } from './fixtures/arms.ts'

test('a dry run shows the preflight and each step with what it saw, and changes nothing', async () => {
  const place = await withArms()
  const before = stateOf(place)
  const { code, stdout } = await place.banyan('cutover', 'users', '--to', 'service', '--dry-run')
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was changed') })
  expect(stdout).toMatch(/ok +verification +20 aggregates were equal/)
  expect(stdout).toMatch(/ 4 {2}fence the old owner, when/)
  expect(widest(stdout)).toBeLessThanOrEqual(80)
  expect(stateOf(place)).toEqual(before)
  const json = JSON.parse((await place.banyan('cutover', 'users', '--to', 'service', '--dry-run', '--json')).stdout)
  expect(json).toMatchObject({ formatVersion: 1, dryRun: true, pending: null, preflight: { ok: true } })
  expect(json.steps).toHaveLength(12)
  expect(stateOf(place)).toEqual(before)
})

test('law 5: there and back under writes, none fails, each acknowledged write is on both arms, and the summary says how that is known', async () => {
  const place = await withArms()
  place.follow()
  const writer = startWriter(place.create)
  const there = await place.banyan('cutover', 'users', '--to', 'service', '--confirm=users', '--reason', 'data proven')
  expect(there.code, there.stderr).toBe(0)
  expect(there.stdout).toContain('users is owned by service now (epoch 1)')
  expect(there.stdout).toMatch(/held \d+ requests?, sent on \d+, refused 0/)
  expect(there.stdout).toMatch(/lost 0: \S+/)
  expect(there.stdout).toContain('banyan cutover users --to legacy')
  expect(widest(there.stdout)).toBeLessThanOrEqual(80)
  expect((await place.create('after@x')).arm).toBe('service')
  expect(place.text()).toContain('owner: service')

  expect(await place.banyan('sync', 'verify', 'users', '--exit-code')).toMatchObject({ code: 0 })
  const back = await place.banyan('cutover', 'users', '--to', 'legacy', '--confirm=users')
  expect(back.code, back.stderr + back.stdout).toBe(0)
  const written = await writer.stop()
  expect(written.filter(({ status }) => status !== 201)).toEqual([])
  expect((await place.create('again@x')).arm).toBe('legacy')
  for (const { email } of written) expect(countOf(place.legacy, 'cust', email), email).toBe(1)
})

test('nothing moves without a confirmation, with a wrong one, or with a name typed wrong; the name typed at a terminal moves it', async () => {
  const place = await withArms()
  const before = stateOf(place)
  const refused = await place.banyan('cutover', 'users', '--to', 'service')
  expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining('--confirm=users') })
  expect((await place.banyan('cutover', 'users', '--to', 'service', '--confirm=user')).code).toBe(6)
  expect(refused.stdout).toBe('')
  const typing = (text: string) =>
    place.banyanIn({ env: place.env, ask: async () => text }, 'cutover', 'users', '--to', 'service')
  expect((await typing('usrs')).code).toBe(6)
  expect(stateOf(place)).toEqual(before)
  expect((await typing('users')).code).toBe(0)
  const back = await place.banyan('sync', 'verify', 'users', '--json')
  expect(JSON.parse(back.stdout)).toMatchObject({ direction: 'to legacy' })
  const json = await place.banyan('cutover', 'users', '--to', 'legacy', '--confirm=users', '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({
    formatVersion: 1,
    capability: 'users',
    outcome: 'done',
    owner: 'legacy',
    epoch: 2,
    lost: 0,
  })
})

test('a preflight that does not pass ends with 3, an edge that is down with 5; each says what to do, and nothing is moved', async () => {
  const place = await withArms()
  await place.banyan('fence', 'users', 'off')
  place.service.prepare("UPDATE users SET email = 'other@x' WHERE id = 3").run()
  await place.banyan('sync', 'verify', 'users')
  const drifted = await place.banyan('cutover', 'users', '--to', 'service', '--confirm=users')
  expect(drifted).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/fail +verification +.*drift\n +-> banyan sync verify users/),
  })
  place.edit(/^edges: \[/m, 'edges: [http://127.0.0.1:1, ')
  const down = await place.banyan('cutover', 'users', '--to', 'service', '--confirm=users')
  expect(down).toMatchObject({ code: 5, stdout: expect.stringMatching(/fail +edge 127\.0\.0\.1:1 +no edge answers/) })
  expect((await place.create('still@x')).arm).toBe('legacy')
})

test('a verification older than --verified-within does not count', async () => {
  const { banyan } = await withArms()
  const dryRun = (within: string) =>
    banyan('cutover', 'users', '--to', 'service', '--dry-run', '--verified-within', within)
  const old = await dryRun('1ms')
  expect({ code: old.code, stdout: old.stdout.replaceAll(/\s+/g, ' ') }).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/fail verification the last one was .* ago, which is more than 1 ms/),
  })
  expect((await dryRun('1h')).code).toBe(0)
  expect((await dryRun('1')).code).toBe(64)
})

test('what fails only while the name is typed is told as the first look tells it, and ends with 3', async () => {
  const place = await withArms()
  const ask = async () => {
    await place.banyan('fence', 'users', 'off')
    return 'users'
  }
  const late = await place.banyanIn({ env: place.env, ask }, 'cutover', 'users', '--to', 'service')
  expect(late).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/fail +fence /),
    stderr: expect.stringContaining('nothing was changed'),
  })
  expect(place.text()).toContain('owner: legacy')
})

test('a pending cutover is shown with who, step and how to cancel; cancelled, legacy owns as before', async () => {
  const place = await withArms()
  await writeIntent(place, Date.now() + 60_000)
  const status = await place.banyan('status')
  expect(status.stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /cutover to service under way for .*, in step "hold", by bob@desk\. Cancel: banyan cutover users --cancel/,
  )
  expect(await place.banyan('cutover', 'users', '--to', 'service', '--confirm=users')).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('bob@desk'),
  })
  const { capabilities } = JSON.parse((await place.banyan('status', '--json')).stdout)
  expect(capabilities[0]).toMatchObject({
    owners: { service: { owner: 'legacy', epoch: 0 } },
    cutover: { step: 'hold' },
  })
  const cancelled = await place.banyan('cutover', 'users', '--cancel')
  expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringMatching(/was undone: users is owned by legacy/) })
  expect((await place.banyan('status')).stdout).not.toContain('under way')
  expect(await place.banyan('cutover', 'users', '--cancel')).toMatchObject({ code: 6 })
  expect((await place.create('after@x')).arm).toBe('legacy')
})

test('a cutover whose coordinator was lost is ended by the next one', async () => {
  const place = await withArms()
  await writeIntent(place, Date.now() - 1000)
  const next = await place.banyan('cutover', 'users', '--to', 'service', '--confirm=users')
  expect(next.code, next.stderr).toBe(0)
  expect(next.stderr).toContain('that bob@desk had begun was undone')
  expect((await place.create('after@x')).arm).toBe('service')
})

test('where the route table says another owner than the databases it is named, and the cutover that is done already mends it', async () => {
  const place = await withArms()
  await place.banyan('cutover', 'users', '--to', 'service', '--confirm=users')
  place.edit('owner: service', 'owner: legacy')
  await place.edge.reload()
  const named = 'the databases say service (epoch 1), the route table says legacy'
  expect((await place.banyan('status')).stderr).toContain(named)
  expect((await place.banyan('doctor')).stdout).toMatch(
    /fail {2}owner of users[\s\S]*-> banyan cutover users --to service/,
  )
  expect((await place.banyan('cutover', 'users', '--to', 'service')).stdout).toContain('it says service now')
  expect(place.text()).toContain('owner: service')
  expect((await place.banyan('status')).stderr).not.toContain(named)
})

test('law 6: a cutover has a way back: undo names it, history holds it, and a monolith that writes past the edge is told', async () => {
  const place = await withArms()
  await place.banyan('cutover', 'users', '--to', 'service', '--confirm=users', '--reason', 'data proven')
  expect(await place.banyan('undo')).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('banyan cutover users --to legacy'),
  })
  expect(await place.banyan('history')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/cutover users to service, epoch\s[\s\S]*data proven/),
  })
  const nightly = () => place.legacy.prepare("UPDATE cust SET nm = 'GOLD' WHERE cust_id = 1").run()
  expect(nightly).toThrow('banyan cutover users --to legacy')
  place.legacy.prepare("UPDATE cust SET lst_ord_dt = '2026-11-21' WHERE cust_id = 1").run()
})

test('a plan verifies, cuts over and back; what is done already stays done', async () => {
  const place = await withArms()
  const steps = ['follow', 'verify', 'cutover: { to: service, maxHold: 5s }', 'verify', 'cutover: { to: legacy }']
  writeFileSync(
    join(place.folder, 'plan.yaml'),
    `capability: users\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`,
  )
  const run = await place.banyan('plan', 'run', 'plan.yaml')
  expect(run.code, run.stderr + run.stdout).toBe(0)
  expect(run.stdout).toMatch(/3\/5 {2}v {2}cutover to service/)
  expect(run.stderr).toContain('make the new owner the owner: service (epoch 1)')
  expect((await place.create('after@x')).arm).toBe('legacy')
})

test.each([
  [['cutover', 'user', '--to', 'service'], 64, 'Did you mean "users"?'],
  [['cutover', 'users'], 64, 'say where to'],
  [['cutover', 'users', '--to', 'servce'], 64, '"servce" is no arm'],
  [['cutover', 'users', '--to', 'service', '--max-hold', '2'], 64, 'is not a duration'],
])('what was typed wrong is refused before anything is asked: %s', async (args, code, message) => {
  const place = await withArms(0)
  expect(await place.banyan(...args)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) })
})

test('Ctrl-C before the commit undoes the cutover, with exit code 130, and the journal says so', async () => {
  const place = await withArms()
  const stopping = new AbortController()
  const shell = {
    env: place.env,
    signal: stopping.signal,
    say: (line: string) => line.includes('hold new writes') && stopping.abort(new Error('stopped by SIGINT')),
  }
  const cut = await place.banyanIn(shell, 'cutover', 'users', '--to', 'service', '--confirm=users')
  expect(cut).toMatchObject({ code: 130, stdout: expect.stringContaining('was undone: legacy owns it as before') })
  expect((await place.create('after@x')).arm).toBe('legacy')
  expect((await place.banyan('history')).stdout).toMatch(/cutover users to service undone/)
})

test('a coordinator that was killed leaves only a beginning in the journal; the next cutover writes down what became of it', async () => {
  const place = await withArms()
  const evidence = { capability: 'users', to: 'service', file: place.routes, epoch: 0 }
  await place.journal.append({ kind: 'cutover-begun', who: 'bob@desk', why: undefined, evidence })
  expect((await place.banyan('history')).stdout).toContain('cutover users to service begun')
  await writeIntent(place, Date.now() + 60_000)
  await place.banyan('cutover', 'users', '--cancel')
  const { entries } = await place.journal.read()
  expect(entries.at(-1)).toMatchObject({ kind: 'cutover', evidence: { intention: 1, outcome: 'undone', epoch: 2 } })
  expect((await place.banyan('history')).stdout).not.toContain('begun')
})

/** What a coordinator leaves that was lost between its intent and its hold. */
async function writeIntent({ service, legacy, banyan }: Place, expiresAt: number): Promise<void> {
  await banyan('fence', 'users', 'enforce')
  const begun = { to: 'service', epoch: 1, coordinator: 'bob@desk', startedAt: Date.now() - 2000, step: 'hold' }
  const intent = JSON.stringify({ id: 'lost', ...begun, expiresAt })
  for (const database of [service, legacy]) database.prepare('UPDATE banyan_owner SET intent = ?').run(intent)
}

function startWriter(create: (email: string) => Promise<{ status: number }>) {
  const written: { email: string; status: number }[] = []
  let going = true
  onTestFinished(() => {
    going = false
  })
  const run = (async () => {
    for (let at = 0; going; at++) {
      const email = `w${at}@x`
      // A test that failed has closed its edge.
      written.push({ email, ...(await create(email).catch(() => ({ status: 0 }))) })
    }
  })()
  return {
    stop: async () => {
      going = false
      await run
      return written
    },
  }
}

type Place = Awaited<ReturnType<typeof withArms>>

function countOf(database: Database.Database, table: string, email: string): unknown {
  return database.prepare(`SELECT count(*) FROM ${table} WHERE email = ?`).pluck().get(email)
}

/** All that a dry run must leave alone: the route table's file, the journal, and every object and owner row of both databases. */
function stateOf({ text, journalFile, legacy, service }: Place) {
  const rows = (database: Database.Database) => {
    const objects = database.prepare('SELECT name, sql FROM sqlite_master ORDER BY name').all()
    const tables = ['banyan_owner'].filter((table) => objects.some((each) => (each as { name: string }).name === table))
    return { objects, owners: tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all()) }
  }
  return {
    file: createHash('sha256').update(text()).digest('hex'),
    journal: existsSync(journalFile),
    legacy: rows(legacy),
    service: rows(service),
  }
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}
