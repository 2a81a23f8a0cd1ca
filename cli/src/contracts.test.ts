import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { inFolder, type Ran, startUpstream, withEdge } from './fixture.ts'

/** The real process, as a person starts it in the repository. */
async function process_(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const bin = fileURLToPath(new URL('../bin/banyan.mjs', import.meta.url))
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...process.env, ...env } })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code: Number(code), ...text }
}

test('the process: data on standard output, messages on standard error, exit code, no colour in a pipe', async () => {
  const { folder } = await inFolder()
  const list = await process_(folder, ['routes', 'list'])
  expect(list).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('users.read'),
    stderr: expect.stringContaining('revision'),
  })
  expect(list.stdout).not.toContain('\u001b')
  const unknown = await process_(folder, ['flip', 'users.red', '--serve', '5%'])
  expect(unknown).toMatchObject({ code: 64, stdout: '' })
  expect(unknown.stderr).toMatch(/^banyan: no route "users\.red"\. Did you mean "users\.read"\?\n {2}known: .*\n$/)
})

test('the process: a signal that arrives twice at once, as Ctrl-C does, drains an edge and leaves nothing behind', async () => {
  const { folder, edit } = await inFolder()
  edit('http://127.0.0.1:4000', await startUpstream('legacy'))
  const bin = fileURLToPath(new URL('../bin/banyan.mjs', import.meta.url))
  const args = [bin, 'edge', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  const edge = spawn(process.execPath, args, { cwd: folder, detached: true })
  let said = ''
  edge.stderr.on('data', (chunk) => {
    said += chunk
    // As a terminal does: to every process of the group, of which one passes it on to the other.
    if (said.includes('Ctrl-C') && !said.includes('draining')) process.kill(-Number(edge.pid), 'SIGINT')
  })
  const [code] = await once(edge, 'close')
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('draining') })
})

test('the process: an edge whose messages nobody reads any more drains all the same', async () => {
  const { folder, edit } = await inFolder()
  edit('http://127.0.0.1:4000', await startUpstream('legacy'))
  const bin = fileURLToPath(new URL('../bin/banyan.mjs', import.meta.url))
  const edge = spawn(process.execPath, [bin, 'edge', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'], {
    cwd: folder,
  })
  edge.stdout.resume()
  let said = ''
  edge.stderr.on('data', (chunk) => {
    said += chunk
    if (!said.includes('Ctrl-C')) return
    edge.stderr.destroy()
    edge.kill('SIGTERM')
  })
  expect(await once(edge, 'exit')).toEqual([0, null])
})

test.each([
  [['routs'], /unknown command 'routs'[\s\S]*Did you mean routes/],
  [['flip', 'users.read', '--serv', '5%'], /unknown option '--serv'[\s\S]*Did you mean --serve/],
  [['flip', 'users.read'], /say what to change/],
  [['flip', 'users.read', '--serve', '5'], /serve/],
  [['flip', 'everything-else', '--serve', '5%'], /plain upstream/],
  [['routes', 'explain', 'GET', '/a/../b'], /refuses/],
  [['routes', 'explain', 'GET', '/', '-H', 'nonsense'], /is not a header/],
  [['completion', 'fish'], /bash or zsh/],
])('what was typed wrong ends with 64 and a hint, nothing on standard output: %s', async (args, message) => {
  const { banyan } = await inFolder()
  const { code, stdout, stderr } = await banyan(...args)
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  expect(stderr).toMatch(message)
})

test('a route that serves the owner is not flipped: exit code 6 names the cutover', async () => {
  const { banyan } = await inFolder()
  expect(await banyan('flip', 'users.write', '--serve', 'service')).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('banyan cutover users'),
  })
})

test('every mistake in a route table is said at once, with exit code 4', async () => {
  const { banyan, edit } = await inFolder()
  edit('serve: legacy', 'serve: legcy')
  edit('upstream: users', 'upstream: usrs')
  const check = await banyan('routes', 'check')
  expect(check).toMatchObject({ code: 4, stdout: '' })
  expect(check.stderr).toMatch(/routes\.yaml:\d+:\d+ routes\[0\]\.serve[\s\S]*routes\[3\]\.upstream/)
  const json = await banyan('routes', 'check', '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({
    formatVersion: 1,
    valid: false,
    problems: [{ path: 'routes[0].serve' }, {}],
  })
})

test.each([
  ['routes', 'list'],
  ['routes', 'check'],
  ['routes', 'explain', 'GET', '/api/customers/7'],
  ['history'],
  ['status'],
])('--json is one document with a format version: %s %s', async (...args) => {
  const { banyan, get } = await withEdge()
  await get('/api/customers/7')
  const { code, stdout } = await banyan(...args, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ formatVersion: 1 })
})

test('explain names the winner, the losers and why, with file and line', async () => {
  const { banyan } = await inFolder()
  const { stdout } = await banyan('routes', 'explain', 'GET', '/api/customers/7', '-H', 'x-api-key: abc')
  expect(stdout).toMatch(/^users\.read {3}.*routes\.yaml:\d+\n/)
  expect(stdout).toMatch(/everything-else +line \d+: .*more specific/)
  expect(stdout).toContain('told by header')
})

test('status shows requests per arm, fits 80 columns, and is unreachable without an edge', async () => {
  const { banyan, get } = await withEdge()
  await get('/api/customers/7')
  const { stdout } = await banyan('status')
  expect(stdout).toMatch(/users\.read +legacy +0% +legacy +1 +0/)
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  const alone = await inFolder()
  expect(await alone.banyan('status')).toMatchObject({
    code: 5,
    stdout: '',
    stderr: expect.stringContaining('banyan edge'),
  })
})

test('history verifies the chain, and a journal that was changed is an error', async () => {
  const { banyan, journal } = await inFolder()
  await banyan('flip', 'users.read', '--serve', '5%', '--reason', 'first callers')
  expect(await banyan('history')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/flip users\.read legacy -> 5% .*first/),
    stderr: expect.stringContaining('chain holds'),
  })
  writeFileSync(journal.file, readFileSync(journal.file, 'utf8').replace('"5%"', '"9%"'))
  expect(await banyan('history')).toMatchObject({ code: 1, stderr: expect.stringContaining('journal.ndjson:1') })
})

test('a running demo is meant when nothing else is said, and that is said', async () => {
  const { banyan, banyanWith, folder, routes } = await inFolder()
  const demo = join(folder, 'demo-routes.yaml')
  writeFileSync(demo, readFileSync(routes, 'utf8').replaceAll('users.read', 'demo.read'))
  await banyan('flip', 'users.read', '--shadow', '1%')
  const mark = (pid: number) => writeFileSync(join(folder, '.banyan/demo.json'), JSON.stringify({ pid, routes: demo }))
  mark(process.pid)
  expect(await banyan('routes', 'list')).toMatchObject({
    stdout: expect.stringContaining('demo.read'),
    stderr: expect.stringContaining("running demo's route table"),
  })
  expect((await banyan('routes', 'list', '--routes', 'routes.yaml')).stdout).not.toContain('demo.read')
  expect((await banyanWith({ BANYAN_ROUTES: 'routes.yaml' }, 'routes', 'list')).stdout).not.toContain('demo.read')
  mark(2 ** 22 + 1)
  expect((await banyan('routes', 'list')).stdout).not.toContain('demo.read')
})

test('what nobody expected is one line without a stack, and with it when asked for', async () => {
  const { banyan, banyanWith, folder } = await inFolder()
  writeFileSync(join(folder, 'state'), 'a file where a folder belongs')
  const args = ['flip', 'users.read', '--serve', '5%', '--state', 'state/inner']
  const { code, stderr } = await banyan(...args)
  expect(code).toBe(1)
  expect(stderr).toContain('BANYAN_DEBUG')
  expect(stderr).not.toContain('    at ')
  expect((await banyanWith({ BANYAN_DEBUG: '1' }, ...args)).stderr).toContain('    at ')
})
