import { formatPercent, formatServe, type Route, readRouteTable } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import { grid } from '../grid.ts'
import { near } from '../near.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface ListOptions extends PlaceOptions {
  readonly json?: true
}

/** `banyan routes list`: every route, as the file says. */
export function addRoutesList(routes: Command, shell: Shell): void {
  withPlace(routes.command('list'))
    .summary('every route, as the file says')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nNext:\n  banyan routes explain GET /api/customers/7\n  banyan status      what the edge does with them',
    )
    .action(async (options: ListOptions) => await list(options, shell))
}

async function list(options: ListOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const { table } = await readRouteTable(place.routes)
  const rows: readonly Row[] = table.routes.map(rowOf)
  if (options.json === true) {
    shell.out(JSON.stringify({ formatVersion: 1, file: place.routes, revision: table.revision, routes: rows }))
    return
  }
  const columns = ['route', 'methods', 'path', 'serve', 'shadow', 'line'].map((head) => ({
    head,
    right: head === 'line',
  }))
  shell.out(
    grid(
      shell,
      columns,
      rows.map(({ route, methods, path, serve, shadow, shadowWrites, line }) => [
        route,
        methods.join(' ') || 'any',
        path,
        serve,
        `${shadow ?? ''}${shadowWrites === undefined ? '' : ', writes too'}`,
        String(line),
      ]),
    ),
  )
  shell.say(`${near(place.routes, shell.cwd)}, revision ${table.revision}`)
}

function rowOf({ name, match, target, line }: Route): Row {
  const about = { route: name, host: match.host, methods: match.methods, path: match.path, line }
  if (target.kind === 'upstream') return { ...about, serve: `-> ${target.upstream.name}` }
  const { capability, serve, shadowPercent, shadowWrites } = target
  const knobs = { serve: formatServe(serve), shadow: formatPercent(shadowPercent) }
  return { ...about, capability: capability.name, ...knobs, shadowWrites: shadowWrites?.reason }
}

interface Row {
  readonly route: string
  readonly host: string | undefined
  readonly methods: readonly string[]
  readonly path: string
  readonly line: number
  readonly capability?: string
  readonly serve: string
  readonly shadow?: string
  /** Why it is safe that what writes is shadowed, too. */
  readonly shadowWrites?: string | undefined
}
