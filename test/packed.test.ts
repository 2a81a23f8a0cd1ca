import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)
const folder = mkdtempSync(path.join(tmpdir(), 'banyan-packed-'))
const app = path.join(folder, 'app')
const bin = path.join(app, 'node_modules/@banyan/cli/bin/banyan.mjs')
const running: ChildProcess[] = []
/** The Node of this run, and those that BANYAN_OTHER_NODES names (paths, as in PATH): CI brings Node 22. */
const others = (process.env.BANYAN_OTHER_NODES ?? '').split(path.delimiter).filter((file) => file !== '')
const nodes = [process.execPath, ...others]

beforeAll(async () => {
  mkdirSync(app)
  writeFileSync(path.join(app, 'package.json'), '{"private":true}')
  const packages = ['toolkit', 'edge-proxy', 'cli'].flatMap((name) => ['-w', name])
  await run('npm', ['pack', ...packages, '--silent', '--pack-destination', folder], { cwd: root })
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs.map((name) => `../${name}`)]
  await run('npm', install, { cwd: app })
}, 120_000)

afterAll(async () => {
  await Promise.all(running.map(stop))
  rmSync(folder, { recursive: true })
})

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** Runs the installed `banyan` under a Node; resolves with what it printed, whatever its exit code. */
async function runBanyan(node: string, cwd: string, args: readonly string[]) {
  const child = spawn(node, [bin, ...args], { cwd, env: plainEnvironment() })
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

/** Nothing of this repository's own run may help the installed command. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(BANYAN|NODE_OPTIONS|VITEST|npm_)/.test(name))
  return Object.fromEntries(kept)
}

/** Serves one page with `http-server`, which nobody here wrote. */
async function serve(page: string): Promise<string> {
  const pages = mkdtempSync(path.join(folder, 'pages-'))
  writeFileSync(path.join(pages, 'index.html'), page)
  const port = await freePort()
  const bin = path.join(root, 'node_modules/http-server/bin/http-server')
  const child = spawn(process.execPath, [bin, pages, '-a', '127.0.0.1', '-p', String(port), '-s', '-c-1'], {
    stdio: 'ignore',
  })
  running.push(child)
  const url = `http://127.0.0.1:${port}`
  await answers(url)
  return url
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing answers at ${url}`)
}

const pageAt = async (url: string) => (await fetch(url)).text()

test('the packages hold what was built, and no test', () => {
  const files = readdirSync(path.join(app, 'node_modules/@banyan'), { recursive: true }).map(String)
  expect(files).toContain('toolkit/dist/routing/index.d.ts')
  expect(files.filter((file) => file.includes('.test.') || /\/src\//.test(file))).toEqual([])
  expect(readdirSync(path.join(app, 'node_modules'))).not.toContain('better-sqlite3')
})

test('the installed command is on the path of npx', async () => {
  const { stdout } = await run(path.join(app, 'node_modules/.bin/banyan'), ['--version'], { env: plainEnvironment() })
  expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/)
})

test.each(nodes.map((node) => ({ node, version: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() })))(
  'on Node $version, in an empty folder, in front of an application from the registry: init, edge, record, flip, undo',
  async ({ node }) => {
    const here = mkdtempSync(path.join(app, 'run-'))
    const banyan = (...args: string[]) => runBanyan(node, here, args)
    const [old, next, edge, admin] = [
      await serve('the old page'),
      await serve('the new page'),
      await freePort(),
      await freePort(),
    ]
    const edgeUrl = `http://127.0.0.1:${edge}`
    const init = ['init', '--legacy', old, '--service', next, '--admin', `http://127.0.0.1:${admin}`]
    expect(await banyan(...init)).toMatchObject({ code: 0, stdout: expect.stringContaining('next: banyan edge') })
    expect(await banyan(...init)).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringContaining('not overwritten'),
    })
    const routes = path.join(here, 'routes.yaml')
    const before = readFileSync(routes, 'utf8')
    expect(before).toContain('# yaml-language-server: $schema=./route-table.schema.json')
    expect(JSON.parse(readFileSync(path.join(here, 'route-table.schema.json'), 'utf8'))).toHaveProperty(
      'properties.routes',
    )

    const process_ = spawn(node, [bin, 'edge', '--listen', `127.0.0.1:${edge}`], {
      cwd: here,
      env: plainEnvironment(),
      stdio: 'ignore',
    })
    running.push(process_)
    await answers(edgeUrl)
    expect(await pageAt(edgeUrl)).toBe('the old page')

    const recording = banyan('record', '--out', 'traffic.ndjson', '--count', '3', '--for', '20s', '--json')
    const asking = setInterval(() => void pageAt(edgeUrl).catch(() => undefined), 50)
    const recorded = await recording
    clearInterval(asking)
    expect(JSON.parse(recorded.stdout)).toMatchObject({ formatVersion: 1, exchanges: 3 })

    expect(await banyan('flip', 'first.read', '--serve', 'service')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('live on the edge'),
    })
    expect(await pageAt(edgeUrl)).toBe('the new page')
    expect(changedLines(before, readFileSync(routes, 'utf8'))).toBe(1)

    expect(await banyan('undo')).toMatchObject({ code: 0, stdout: expect.stringContaining('back to serve legacy') })
    expect(await pageAt(edgeUrl)).toBe('the old page')
    expect(readFileSync(routes, 'utf8')).toBe(before)

    await stop(process_)
    expect(process_.exitCode).toBe(0)
  },
  60_000,
)

function changedLines(before: string, after: string): number {
  const lines = after.split('\n')
  return before.split('\n').filter((line, index) => line !== lines[index]).length
}
