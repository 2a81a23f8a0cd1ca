import { exitCodes, Fault } from '@banyan/toolkit/base'
import { formatCount, formatShare, openJournal } from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { type EdgeClient, edgeClients } from '../edge-client.ts'
import { commitFlip, type PreparedFlip, prepareFlip, requireRevision } from '../flip-route.ts'
import { liveText } from '../live-text.ts'
import { near } from '../near.ts'
import { locate, type Place, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface FlipOptions extends PlaceOptions {
  readonly serve?: string
  readonly shadow?: string
  readonly reason?: string
  readonly revision?: string
  readonly dryRun?: true
  readonly json?: true
}

/** `banyan flip ROUTE`: moves requests between the arms of a route, reversibly. */
export function addFlip(program: Command, shell: Shell): void {
  withPlace(program.command('flip'))
    .summary('move requests of a route to another arm, or change how much is shadowed')
    .description('Changes one value in the route table and answers when every edge runs it.')
    .argument('<route>', 'a route of the route table. See: banyan routes list')
    .option('--serve <who>', 'legacy, service, or the share of callers that the service answers, such as 5%')
    .option('--shadow <share>', 'the share of requests that the other arm also receives, only to compare: 0% to 100%')
    .option('--reason <text>', 'why, for the journal')
    .option('--revision <hash>', 'refuse when the file is not of this revision')
    .option('--dry-run', 'show the effect and write nothing')
    .option('--json', 'one JSON document')
    .addHelpText('after', examples)
    .action(async (route: string, options: FlipOptions) => await flip(route, options, shell))
}

const examples = `
Examples:
  banyan flip users.read --shadow 100%                     only to compare
  banyan flip users.read --serve 5% --reason "first callers"
  banyan flip users.read --serve service --dry-run
Next:
  banyan undo        takes the last flip back
  banyan status      shows requests, errors and mismatches per arm`

async function flip(route: string, options: FlipOptions, shell: Shell): Promise<void> {
  const { serve, shadow } = options
  if (serve === undefined && shadow === undefined) throw nothingToDo(route)
  const place = locate(options, shell)
  const request = { route, ...(serve === undefined ? {} : { serve }), ...(shadow === undefined ? {} : { shadow }) }
  const prepared = await prepareFlip(request, place)
  requireRevision(prepared, options.revision)
  if (options.dryRun === true) await showEffect(prepared, place, { options, shell })
  else await doFlip(prepared, place, { options, shell })
}

interface Asked {
  readonly options: FlipOptions
  readonly shell: Shell
}

async function doFlip(prepared: PreparedFlip, place: Place, { options, shell }: Asked): Promise<void> {
  const journal = openJournal(place.journal, shell.clock)
  const { live, revision, entry } = await commitFlip(prepared, options.reason, { place, journal, shell })
  const { request, before, after } = prepared
  if (options.json === true) {
    shell.out(JSON.stringify({ formatVersion: 1, route: request.route, before, after, revision, entry, ...live }))
    return
  }
  shell.out(entry === undefined ? `${request.route} is so already: ${knobsText(after)}` : changeText(prepared))
  shell.out(liveText(live, revision))
  if (entry !== undefined) shell.out('take it back: banyan undo')
}

async function showEffect(prepared: PreparedFlip, place: Place, { options, shell }: Asked): Promise<void> {
  const { request, before, after, from, to, table } = prepared
  const recent = await recentShare(edgeClients(table.edges, place), request.route)
  if (options.json === true) {
    const effect = { formatVersion: 1, dryRun: true, route: request.route, before, after, from, to, recent }
    shell.out(JSON.stringify(effect))
    return
  }
  const line = table.routes.find(({ name }) => name === request.route)?.line
  shell.out(`${changeText(prepared)}   (${near(place.routes, shell.cwd)}:${line})`)
  shell.out(recent === undefined ? 'recent requests: not known, no edge answers' : recentText(request.route, recent))
  shell.out('nothing was written')
}

function changeText({ request, before, after }: PreparedFlip): string {
  const serve = before.serve === after.serve ? `serve ${after.serve}` : `serve ${before.serve} -> ${after.serve}`
  const shadow =
    before.shadow === after.shadow ? `shadow ${after.shadow}` : `shadow ${before.shadow} -> ${after.shadow}`
  return `${request.route}: ${serve}, ${shadow}`
}

function knobsText({ serve, shadow }: PreparedFlip['after']): string {
  return `serve ${serve}, shadow ${shadow}`
}

interface Recent {
  readonly requests: number
  readonly ofAll: number
}

async function recentShare(edges: readonly EdgeClient[], route: string): Promise<Recent | undefined> {
  const answers = await Promise.allSettled(edges.map((edge) => edge.status()))
  const statuses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  if (statuses.length === 0) return undefined
  const counts = statuses
    .flatMap(({ routes }) => routes)
    .map((each) => ({ route: each.route, requests: each.arms.reduce((sum, arm) => sum + arm.requests, 0) }))
  const sum = (among: typeof counts) => among.reduce((total, { requests }) => total + requests, 0)
  return { requests: sum(counts.filter((count) => count.route === route)), ofAll: sum(counts) }
}

function recentText(route: string, { requests, ofAll }: Recent): string {
  const share = ofAll === 0 ? '' : ` (${formatShare(requests / ofAll)})`
  return `${route} got ${formatCount(requests)} of ${formatCount(ofAll)} requests${share} since the edge started`
}

function nothingToDo(route: string): Fault {
  return new Fault('flip-empty', 'say what to change: --serve, --shadow or both', {
    hint: `such as: banyan flip ${route} --serve 5%`,
    exitCode: exitCodes.usage,
  })
}
