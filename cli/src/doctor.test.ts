import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkNode } from './check-machine.ts'
import { inFolder, withEdge } from './fixture.ts'

test('with an edge and its upstreams nothing fails; what is not set is a warning with its remedy', async () => {
  const { banyan } = await withEdge()
  const { code, stdout } = await banyan('doctor')
  expect({ code, failed: stdout.match(/^fail .*/gm) }).toEqual({ code: 0, failed: null })
  expect(stdout).toMatch(/ok {4}edge .* runs the file/)
  expect(stdout).toMatch(/warn {2}data of users +MONOLITH_DATABASE_URL is not set[\s\S]*-> such as: export/)
})

test('the doctor sends a probe through each shadow, and until then the status says that it is unknown', async () => {
  const { banyan, edit, edge } = await withEdge()
  edit('shadow: 0%', 'shadow: 100%')
  await edge.reload()
  expect((await banyan('status')).stdout).toMatch(/shadow of \S+: unknown, nothing was compared/)
  expect((await banyan('doctor')).stdout).toMatch(/ok {4}shadow of \S+ +reaches its arm and the tally/)
  expect((await banyan('status')).stdout).not.toContain('shadow of')
})

test('what is down, open to others or of another revision fails, each with what to do', async () => {
  const { banyan, edit, folder, edge } = await withEdge()
  await edge.close()
  edit(/users: \{ url: [^ ,]+/, 'users: { url: http://127.0.0.1:1')
  chmodSync(join(folder, '.banyan/admin-token'), 0o644)
  const { code, stdout } = await banyan('doctor')
  expect(code).toBe(1)
  expect(stdout).toMatch(/fail {2}admin token[\s\S]*-> chmod 600/)
  expect(stdout).toMatch(/fail {2}upstream users/)
  expect(stdout).toMatch(/fail {2}edge +no edge answers[\s\S]*-> start one with: banyan edge/)
})

test('a route table with mistakes does not keep the doctor from the rest', async () => {
  const { banyan, edit } = await inFolder()
  edit('version: 1', 'version: 9')
  const { code, stdout } = await banyan('doctor', '--json')
  expect(code).toBe(1)
  const findings: { check: string; outcome: string }[] = JSON.parse(stdout).findings
  expect(findings.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
    'node ok',
    'state folder warn',
    'admin token warn',
    'journal ok',
    'route table fail',
  ])
})

test('while the file is garbage, doctor and status show what is live all the same, and name the mistake', async () => {
  const { banyanWith, edge, edit, folder } = await withEdge()
  edit('version: 1', 'version: [')
  const env = { BANYAN_EDGES: edge.adminAddress }
  const doctor = await banyanWith(env, 'doctor')
  expect(doctor.code).toBe(1)
  expect(doctor.stdout).toMatch(/fail {2}route table +routes\.yaml: 1 problem\n {10,}routes\.yaml:\d+:\d+ /)
  expect(doctor.stdout).toMatch(/ok {4}edge \S+ +still runs the last good route table/)
  expect(doctor.stdout).not.toContain(folder)
  const status = await banyanWith(env, 'status')
  expect(status).toMatchObject({ code: 4, stdout: expect.stringMatching(/users\.read +legacy/) })
  expect(status.stderr).toContain('the file is')
  expect(await banyanWith({ BANYAN_EDGES: 'http://127.0.0.1:1' }, 'status')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('keeps its last good route table'),
  })
})

test('columns of the doctor are aligned, whatever a check is called', async () => {
  const { banyan } = await withEdge()
  const { stdout } = await banyan('doctor')
  const columns = stdout.match(/^(?:ok {2}|warn|fail) {2}(?:\S+ )*\S+ {2,}/gm)?.map((start) => start.length)
  expect(columns?.length).toBeGreaterThan(8)
  expect(new Set(columns).size).toBe(1)
})

test('Node 20.19 is the floor', () => {
  expect([checkNode('20.18.9').outcome, checkNode('20.19.0').outcome, checkNode('26.0.0').outcome]).toEqual([
    'fail',
    'ok',
    'ok',
  ])
})
