import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { withData } from './fixtures/data.ts'

const lossy = fileURLToPath(new URL('./fixtures/lossy-manifest.ts', import.meta.url))

test('verify --json gives aggregates, position, drift 0 and the time it took', async () => {
  const { banyan } = await withData()
  expect(await banyan('sync', 'backfill', 'users')).toMatchObject({ code: 0 })
  const { code, stdout } = await banyan('sync', 'verify', 'users', '--json', '--exit-code')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    formatVersion: 1,
    equal: true,
    aggregates: 20,
    position: expect.any(String),
    drift: { missing: 0, extra: 0, different: 0 },
    tookMs: expect.any(Number),
  })
})

test('one value changed by hand in the target: verify names key and field, repair --dry-run shows the fix and writes nothing, repair does it', async () => {
  const { banyan, service } = await withData()
  await banyan('sync', 'backfill', 'users')
  const byHand = () => service.prepare("UPDATE users SET email = 'u7@y' WHERE id = 7").run()
  expect(byHand).toThrow('users is owned by legacy')
  await banyan('fence', 'users', 'off')
  byHand()
  await banyan('fence', 'users', 'enforce')
  const found = await banyan('sync', 'verify', 'users', '--exit-code')
  expect(found).toMatchObject({ code: 2, stderr: expect.stringContaining('banyan sync repair users --dry-run') })
  expect(found.stdout).toMatch(/drift 1\n[\s\S]* 1 different\n +7 {2}email: "u7@y" where "u7@x" is expected/)

  const shown = await banyan('sync', 'repair', 'users', '--dry-run')
  expect(shown.stdout).toContain('  7 (different)\n    email: "u7@y" -> "u7@x"')
  expect(shown.stderr).toContain('nothing was written')
  expect(emailOf(service, 7)).toBe('u7@y')

  expect((await banyan('sync', 'repair', 'users')).stdout).toContain('1 drifted; 1 repaired')
  expect(emailOf(service, 7)).toBe('u7@x')
  expect((await banyan('sync', 'verify', 'users', '--exit-code')).code).toBe(0)
})

test('law 7: where nothing was copied a verification is drift or unknown, never green', async () => {
  const { banyan } = await withData(0)
  const { code, stdout } = await banyan('sync', 'verify', 'users', '--exit-code')
  expect({ code, stdout }).toMatchObject({ code: 3, stdout: expect.stringContaining('unknown') })
})

test('pause, resume and set are shown by status, and what is no setting is typed wrong', async () => {
  const { banyan } = await withData(3)
  await banyan('sync', 'backfill', 'users')
  const { stdout } = await banyan('sync', 'pause', 'users')
  expect(stdout).toContain('paused      yes; go on: banyan sync resume users')
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect((await banyan('sync', 'resume', 'users')).stdout).not.toContain('paused')
  const set = await banyan('sync', 'set', 'users', 'chunk-time=40ms', 'max-rate=2000')
  expect(set.stdout).toContain('chunk-time 40 ms, max-lag 2.0 s, max-rate 2 000/s')
  expect((await banyan('sync', 'set', 'users', 'max-rate=unlimited')).stdout).toContain('max-rate unlimited')
  expect(await banyan('sync', 'set', 'users', 'chunk-tim=40ms')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('Did you mean "chunk-time"?'),
  })
  expect(await banyan('sync', 'set', 'users', 'max-lag=5')).toMatchObject({ code: 64, stdout: '' })
})

test('what cannot be translated is shown by status, and taken up again by retry', async () => {
  const { banyan, legacy } = await withData(3)
  legacy.prepare("UPDATE cust SET st_cd = 'Q' WHERE cust_id = 2").run()
  await banyan('sync', 'backfill', 'users')
  const { stdout } = await banyan('sync', 'status', 'users')
  expect(stdout).toMatch(/quarantine {2}1\n {4}2: .*"Q"/)
  expect((await banyan('sync', 'retry', 'users')).stdout).toContain('1 of 1 aggregates in quarantine')
})

test('status --watch gives a line a second until Ctrl-C, and every line says where it stands', async () => {
  const place = await withData(3)
  await place.banyan('sync', 'backfill', 'users')
  const stopping = new AbortController()
  const lines: string[] = []
  const out = (line: string) => {
    if (lines.push(line) === 2) stopping.abort()
  }
  const shell = { env: place.env, signal: stopping.signal, out }
  expect(await place.banyanIn(shell, 'sync', 'status', 'users', '--watch')).toMatchObject({ code: 130 })
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(line).toMatch(/^copied 3\/3 \(100\.0 %\), done · lag/)
})

test('what the mapping loses is named before data is copied', async () => {
  const { banyan, edit } = await withData(3)
  edit(/manifest: .*/, `manifest: ${lossy}`)
  expect((await banyan('sync', 'backfill', 'users')).stderr).toContain(
    'nm: legacy has no lower case ("Ian" becomes "IAN")',
  )
})

test('an observing fence shows who writes; without a mode nothing is changed', async () => {
  const { banyan, legacy } = await withData(3)
  await banyan('sync', 'backfill', 'users')
  expect((await banyan('fence', 'users')).stdout).toContain(
    "fence: none in legacy's database, enforce in the service's",
  )
  expect((await banyan('fence', 'users', 'off')).stdout).not.toContain('observed')
  const observing = await banyan('fence', 'users', 'observe')
  expect(observing.stderr).toContain('banyan fence users enforce')
  expect(observing.stdout).toContain('no writer was observed until now')
  legacy.prepare("UPDATE cust SET nm = 'M' WHERE cust_id = 2").run()
  const { stdout } = await banyan('fence', 'users')
  expect(stdout).toMatch(/legacy +cust +update +nm +1/)
  expect(JSON.parse((await banyan('fence', 'users', '--json')).stdout)).toMatchObject({
    formatVersion: 1,
    fences: { legacy: 'observe', service: 'observe' },
    observed: { legacy: [{ table: 'cust', columns: ['nm'], count: 1 }], service: [] },
  })
  expect(await banyan('fence', 'users', 'obsrve')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('observe'),
  })
})

test.each([['status'], ['verify'], ['repair', '--dry-run'], ['totals']])(
  '--json of sync %s is one document with a format version',
  async (verb, ...args) => {
    const { banyan } = await withData(3)
    await banyan('sync', 'backfill', 'users')
    const { code, stdout } = await banyan('sync', verb, 'users', '--json', ...args)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ formatVersion: 1, capability: 'users' })
  },
)

test.each([['status'], ['verify'], ['totals'], ['pause'], ['retry']])(
  'sync %s of a capability that is none names the nearest',
  async (verb) => {
    const { banyan } = await withData(0)
    expect(await banyan('sync', verb, 'user')).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining('Did you mean "users"?'),
    })
  },
)

function emailOf(database: Awaited<ReturnType<typeof withData>>['service'], id: number): unknown {
  return database.prepare('SELECT email FROM users WHERE id = ?').pluck().get(id)
}

test('uninstall asks for the name, refuses beside a worker, and leaves no trigger, outbox or fence in either database', async () => {
  const { banyan, legacy, service } = await withData(3)
  const own = (database: typeof legacy) =>
    database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'banyan%'").pluck().all()
  await banyan('sync', 'backfill', 'users')
  expect([...own(legacy), ...own(service)].length).toBeGreaterThan(5)
  expect(await banyan('sync', 'uninstall', 'users')).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('--confirm=users'),
  })
  expect(await banyan('sync', 'uninstall', 'users', '--confirm=users')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no trigger, outbox or fence is left'),
  })
  expect([...own(legacy), ...own(service)]).toEqual([])
  expect((await banyan('sync', 'backfill', 'users')).code).toBe(0)
  expect((await banyan('sync', 'verify', 'users', '--exit-code')).code).toBe(0)
})
