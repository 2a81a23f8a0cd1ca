import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startUpstream, withEdge } from './fixture.ts'

const plan = `capability: users
steps:
  - record: { exchanges: 5, within: 10s }
  - shadow: { route: users.read, share: 100% }
    gate: { mismatches: { atMost: 1%, samples: 20 }, within: 8s }
  - flip: { route: users.read, serve: service }
    gate: { errors: { atMost: 1%, samples: 20 }, within: 8s }
  - replay: { mismatches: { atMost: 1%, samples: 5 } }
`

/** An edge under a trickle of reads, and a plan beside its route table. */
async function underTraffic(text: string) {
  const place = await withEdge()
  writeFileSync(join(place.folder, 'users.yaml'), text)
  const ask = () => void place.get('/api/customers/7').catch(() => undefined)
  let asking = setInterval(ask, 10)
  onTestFinished(() => clearInterval(asking))
  /** Does something while nobody asks and no shadow is under way: a late verdict would be about what was before. */
  const inQuiet = async (work: () => Promise<unknown>) => {
    clearInterval(asking)
    // Longer than a shadow to a server on this machine takes, with its verdict; the status tells of no verdict under way.
    await delay(2_000)
    await work()
    asking = setInterval(ask, 10)
  }
  return { ...place, inQuiet }
}

test('a plan halts with exit code 3 at arms that differ, says where, flips nothing; goes on when they agree, to its end', async () => {
  const { banyan, edit, edge, text, get, inQuiet } = await underTraffic(plan)
  const halted = await banyan('plan', 'run', 'users.yaml')
  expect(halted).toMatchObject({ code: 3, stdout: expect.stringContaining('$.arm') })
  expect(halted.stderr).toMatch(/the gate of step 2 failed: \d+ of \d+ mismatched, at most 1 %\. nothing flipped/)
  expect(text()).toMatch(/users\.read[\s\S]*?serve: legacy/)
  const status = await banyan('plan', 'status', 'users.yaml')
  expect(status.stdout).toMatch(/1 {2}done .*\n +2 {2}halted .*\n +3 {2}to do/)

  const same = await startUpstream('legacy')
  await inQuiet(async () => {
    edit(/users: \{ url: [^ ,]+/, `users: { url: ${same}`)
    await edge.reload()
  })
  const done = await banyan('plan', 'run', 'users.yaml')
  expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('every step is done') })
  expect(done.stdout).toMatch(/- {2}record .*done before/)
  expect(text()).toMatch(/users\.read[\s\S]*?serve: service/)
  expect(await get('/api/customers/7')).toContain('legacy')
  expect((await banyan('plan', 'status', 'users.yaml', '--json')).stdout).not.toContain('to do')
  expect(await banyan('history')).toMatchObject({ code: 0, stdout: expect.stringContaining('step 2 halted') })
})

test('a service that fails after a flip is flipped back at once', async () => {
  const { banyan, edit, edge, text } = await underTraffic(
    'capability: users\nsteps:\n  - flip: { route: users.read, serve: service }\n    gate: { errors: { atMost: 1%, samples: 20 } }\n',
  )
  edit(/users: \{ url: [^ ,]+/, 'users: { url: http://127.0.0.1:1')
  await edge.reload()
  const before = text()
  const run = await banyan('plan', 'run', 'users.yaml')
  expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('users.read flipped back to legacy') })
  expect(text()).toBe(before)
})

test('two runs of a plan at once: the second is refused', async () => {
  const { banyan, folder } = await underTraffic(plan)
  mkdirSync(join(folder, '.banyan'), { recursive: true })
  const first = banyan('plan', 'run', 'users.yaml')
  await expect.poll(async () => (await banyan('plan', 'status', 'users.yaml')).stdout).toContain('begun')
  expect(await banyan('plan', 'run', 'users.yaml')).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('is held by process'),
  })
  await first
})

test('every mistake in a plan is said at once, with exit code 4', async () => {
  const { banyan } = await underTraffic('capability: users\nsteps:\n  - backfil\n  - flip: { route: a }\n')
  const { code, stderr } = await banyan('plan', 'status', 'users.yaml')
  expect(code).toBe(4)
  expect(stderr).toMatch(/users\.yaml:3:5 [\s\S]*users\.yaml:4:11 /)
})
