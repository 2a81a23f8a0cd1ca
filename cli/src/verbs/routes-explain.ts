import { type Caller, callerOf } from '@banyan/edge-proxy/caller'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import {
  canonicalPath,
  type Explanation,
  explainRoute,
  type RouteRequest,
  type RouteTable,
  readRouteTable,
} from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { parseHeader } from '../header.ts'
import { near } from '../near.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface ExplainOptions extends PlaceOptions {
  readonly header: readonly string[]
  readonly json?: true
}

/** `banyan routes explain METHOD URL`: which route takes a request, and why each other does not. */
export function addRoutesExplain(routes: Command, shell: Shell): void {
  withPlace(routes.command('explain'))
    .summary('which route takes a request, who would serve it, and why each other route does not')
    .argument('<method>', 'GET, POST ...')
    .argument('<url>', 'a path such as /api/customers/7, or a whole URL')
    .option('-H, --header <name: value>', 'a header of the request; may be repeated', collect, [])
    .option('--json', 'one JSON document')
    .addHelpText('after', `\nExample:\n  banyan routes explain GET /api/customers/7 -H 'x-api-key: ...'`)
    .action(async (method: string, url: string, options: ExplainOptions) => {
      await explain({ method: method.toUpperCase(), url }, options, shell)
    })
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

interface Asked {
  readonly method: string
  readonly url: string
}

async function explain(asked: Asked, options: ExplainOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const { table } = await readRouteTable(place.routes)
  const request = requestOf(asked, options.header)
  const caller = callerOf(request, table.caller)
  const explanation = explainRoute(table, request, caller.id)
  if (options.json === true) shell.out(JSON.stringify(jsonOf(explanation)))
  else shell.out(textOf(explanation, callerText(caller, explanation, table), shell))
}

function requestOf({ method, url }: Asked, headers: readonly string[]): RouteRequest {
  const given = new Map(headers.map(parseHeader))
  const whole = /^https?:\/\//i.test(url) ? new URL(url) : undefined
  const canonical = canonicalPath(whole === undefined ? url : `${whole.pathname}${whole.search}`)
  if (!canonical.ok) {
    throw new Fault('url-refused', `the edge refuses "${url}": ${canonical.reason}`, {
      hint: 'such as: banyan routes explain GET /api/customers/7',
      exitCode: exitCodes.usage,
    })
  }
  const host = given.get('host') ?? whole?.host
  return { method, path: canonical.path, query: canonical.query, host, header: (name) => given.get(name) }
}

/** Who is asking matters only where a share is served. */
function callerText({ by }: Caller, { decision, matched }: Explanation, { caller }: RouteTable): string {
  if (by !== 'nothing') return `told by ${callerWords[by]}, bucket ${decision.bucket ?? 'not asked'}`
  const target = matched.kind === 'route' ? matched.route.target : undefined
  if (target?.kind !== 'capability' || target.serve.kind !== 'share') return 'not asked: no share is served'
  const header = caller.header === undefined ? `cookie: ${caller.cookie ?? 'NAME'}=...` : `${caller.header}: ...`
  return `cannot be told apart; name one: -H '${header}'`
}

const callerWords = { header: 'header', session: 'session', 'edge-cookie': "the edge's cookie" } as const

function textOf({ matched, place, decision, losers }: Explanation, caller: string, { cwd }: Shell): string {
  const upstream = `${decision.served.name} (${decision.served.urls.map((url) => url.origin).join(', ')})`
  const winner = matched.kind === 'route' ? matched.route.name : `the owner of ${matched.capability.name}`
  const width = Math.max(...losers.map(({ route }) => route.name.length))
  return [
    `${winner}   ${near(place, cwd)}`,
    `  served by   ${decision.arm === undefined ? '' : `${decision.arm}, `}${upstream}`,
    `  because     ${decision.why}`,
    `  shadow      ${decision.shadow === undefined ? 'none' : `${decision.shadow.arm}, ${decision.shadow.upstream.name}`}`,
    `  caller      ${caller}`,
    ...(losers.length === 0 ? [] : ['not']),
    ...losers.map(({ route, why }) => `  ${route.name.padEnd(width)}   line ${route.line}: ${why}`),
  ].join('\n')
}

function jsonOf({ matched, place, decision, bucket, losers }: Explanation) {
  return {
    formatVersion: 1,
    route: matched.kind === 'route' ? matched.route.name : undefined,
    owner: matched.kind === 'owner' ? matched.capability.name : undefined,
    place,
    arm: decision.arm,
    upstream: decision.served.name,
    shadow: decision.shadow?.arm,
    why: decision.why,
    bucket,
    losers: losers.map(({ route, lostBy, why }) => ({ route: route.name, line: route.line, lostBy, why })),
  }
}
