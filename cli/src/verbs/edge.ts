import { buildEdge, buildEdgeOfWorkers, certificateFiles, type Edge, formatCut } from '@banyan/edge-proxy'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import { readRouteTable } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { parseAddress } from '../address.ts'
import { near } from '../near.ts'
import { locate, type Place, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

/** More processes than any machine of today has cores for. */
const mostWorkers = 256

interface EdgeOptions extends PlaceOptions {
  readonly listen?: string
  readonly admin?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly workers?: string
}

/** `banyan edge`: runs an edge in front of the upstreams of a route table. */
export function addEdge(program: Command, shell: Shell): void {
  withPlace(program.command('edge'))
    .summary('run an edge in front of the upstreams of a route table')
    .description(
      'Routes each request as the route table says, until Ctrl-C drains it. The access log goes to standard output.',
    )
    .option('--listen <address>', 'where callers come in (default: EDGE_HOST:EDGE_PORT, 127.0.0.1:8080)')
    .option('--admin <address>', 'the admin listener (default: the first of "edges:" in the route table)')
    .option('--tls-cert <file>', 'serve HTTPS: the certificate, PEM (default: EDGE_TLS_CERT, else listen.tls)')
    .option('--tls-key <file>', 'its private key, PEM (default: EDGE_TLS_KEY, else listen.tls)')
    .option(
      '--workers <number>',
      'processes behind the one port, one for each core it may use (default: EDGE_WORKERS, 1)',
    )
    .addHelpText(
      'after',
      '\nSignals:\n  SIGTERM drains and stops it; SIGHUP reads the files again, and\n  replaces workers one by one\nExample:\n  banyan edge --routes routes.yaml --listen 127.0.0.1:8080\nNext:\n  banyan status      in another terminal',
    )
    .action(async (options: EdgeOptions) => await edge(options, shell))
}

async function edge(options: EdgeOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const { env } = shell
  const workers = workersOf(options.workers ?? env.EDGE_WORKERS ?? '1')
  const wanted = {
    routesFile: place.routes,
    stateDir: place.state,
    listen: parseAddress(options.listen ?? `${env.EDGE_HOST ?? '127.0.0.1'}:${env.EDGE_PORT ?? '8080'}`),
    admin: parseAddress(options.admin ?? (await adminAddress(place, env))),
    tls: certificateFiles(options.tlsCert ?? env.EDGE_TLS_CERT, options.tlsKey ?? env.EDGE_TLS_KEY),
    log: shell.log,
  }
  const running =
    workers > 1 ? buildEdgeOfWorkers({ ...wanted, workers, nodeOptions: env.NODE_OPTIONS }) : buildEdge(wanted)
  const listening = running.listen()
  // Heard from the beginning, for unheard the signal would end it.
  const readAgain = async () => void ('roll' in running ? await running.roll() : await running.reload())
  const saidBelow = () => undefined
  process.on('SIGHUP', () => void listening.then(readAgain, saidBelow))
  await listening
  shell.say(
    `edge     ${running.address}\nadmin    ${running.adminAddress}\nroutes   ${near(place.routes, shell.cwd)}\nCtrl-C drains and stops it.`,
  )
  await drainWhenAsked(running, shell)
}

function workersOf(text: string): number {
  const workers = Number(text)
  if (Number.isInteger(workers) && workers >= 1 && workers <= mostWorkers) return workers
  throw new Fault('workers-invalid', `"${text}" is not a number of workers`, {
    hint: `a whole number from 1 to ${mostWorkers}: banyan edge --workers 4`,
    exitCode: exitCodes.usage,
  })
}

async function adminAddress(place: Place, env: Shell['env']): Promise<string> {
  if (env.ADMIN_PORT !== undefined) return `127.0.0.1:${env.ADMIN_PORT}`
  const { table } = await readRouteTable(place.routes)
  const [first] = table.edges
  return first === undefined ? '127.0.0.1:8081' : new URL(first).host
}

async function drainWhenAsked(running: Pick<Edge, 'close'>, shell: Shell): Promise<void> {
  if (!shell.signal.aborted) {
    await new Promise((resolve) => shell.signal.addEventListener('abort', resolve, { once: true }))
  }
  shell.say('draining ...')
  const drained = await running.close()
  const cut = formatCut(drained)
  if (cut !== undefined) shell.say(cut)
  shell.endWith(cut === undefined ? exitCodes.done : exitCodes.unexpected)
}
