import { durationMs, formatDurationMs } from '@banyan/toolkit/base'
import { formatCount } from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { readData } from '../data-report.ts'
import { edgeClients } from '../edge-client.ts'
import { edgesToAsk, noEdges } from '../edges-to-ask.ts'
import { grid } from '../grid.ts'
import { nearAll } from '../near.ts'
import { ownersText, pendingText } from '../owner-text.ts'
import { paintFor } from '../paint.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import { standingText } from '../recording/standing-text.ts'
import { routesShown } from '../routes-shown.ts'
import type { Shell } from '../shell.ts'
import {
  type ArmReport,
  type CapabilityReport,
  type RouteReport,
  readStatus,
  type StatusReport,
} from '../status-report.ts'
import { fallbackText, upstreamLines } from '../upstream-report.ts'
import { wrap } from '../wrap.ts'

interface StatusOptions extends PlaceOptions {
  readonly json?: true
  readonly watch?: string | true
}

/** `banyan status`: what every route does now, as its edges count it. */
export function addStatus(program: Command, shell: Shell): void {
  withPlace(program.command('status'))
    .summary('who serves what now: requests, errors, latency, mismatches, lag')
    .description(
      'Asks every edge of the route table; counts are since the edge started. Exit code 5 when none answers, 4 when the file is not valid: then it shows what is live all the same.',
    )
    .option('--json', 'one JSON document (with --watch: one per line)')
    .option('--watch [every]', 'again and again, every 2s or as given, until Ctrl-C')
    .addHelpText('after', '\nExample:\n  banyan status --watch 1s\nNext:\n  banyan flip ROUTE --serve 5%')
    .action(async (options: StatusOptions) => await status(options, shell))
}

async function status(options: StatusOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const everyMs = options.watch === undefined ? undefined : options.watch === true ? 2000 : durationMs(options.watch)
  do {
    const { urls, revision, table, invalid } = await edgesToAsk(place)
    if (urls.length === 0) throw noEdges(place)
    const data = table === undefined ? [] : await readData(table, { place, shell })
    const report = await readStatus(edgeClients(urls, place), { file: place.routes, revision, data }).catch(
      (thrown) => {
        throw invalid ?? thrown
      },
    )
    shell.out(options.json === true ? JSON.stringify(report) : textOf(report, shell))
    for (const warning of report.warnings) shell.say(nearAll(`! ${warning}`, shell.cwd))
    if (invalid !== undefined) shell.endWith(invalid.exitCode)
    if (everyMs !== undefined) await shell.clock.sleep(everyMs, shell.signal)
  } while (everyMs !== undefined)
}

const columns = [
  { head: 'route' },
  { head: 'serve' },
  { head: 'shadow', right: true },
  { head: 'arm' },
  { head: 'requests', right: true },
  { head: 'errors', right: true },
  { head: 'p50', right: true },
  { head: 'p99', right: true },
]

function textOf(whole: StatusReport, shell: Shell): string {
  const { routes, others } = routesShown(whole.routes)
  const report: StatusReport = { ...whole, routes }
  const compared = report.routes
    .filter((route) => route.compared !== undefined)
    .map((route) => comparedRow(route, shell))
  const parts = [
    grid(
      shell,
      columns,
      report.routes.flatMap((route) => rowsOf(route)),
    ),
    ...(others === undefined ? [] : [wrap(others, shell.columns)]),
    ...lastMinute(report, shell),
    ...(compared.length === 0 ? [] : [grid(shell, comparedColumns, compared)]),
    ...unproven(report, shell),
    ...upstreamParts(report, shell),
    ...(report.capabilities.length === 0
      ? []
      : [report.capabilities.map((capability) => capabilityLines(capability, shell)).join('\n')]),
    ...recordingLines(report, shell),
  ]
  return parts.join('\n\n')
}

const minuteColumns = [
  { head: 'last minute' },
  { head: 'arm' },
  { head: 'per second', right: true },
  { head: 'errors', right: true },
  { head: 'p50', right: true },
  { head: 'p99', right: true },
]

/** Only what was asked in it: a long table of zeros tells nobody anything. */
function lastMinute({ routes }: StatusReport, shell: Shell): readonly string[] {
  const rows = routes.flatMap(({ route, arms }) =>
    arms.flatMap(({ arm, lastMinute }) => (lastMinute.requests === 0 ? [] : [minuteRow(route, arm, lastMinute)])),
  )
  return rows.length === 0 ? [] : [grid(shell, minuteColumns, rows)]
}

function minuteRow(route: string, arm: string, minute: ArmReport['lastMinute']): string[] {
  const { perSecond, errors, p50Ms, p99Ms } = minute
  return [route, arm, rateText(perSecond), formatCount(errors), latencyText(p50Ms), latencyText(p99Ms)]
}

function rateText(perSecond: number): string {
  if (perSecond >= 10) return formatCount(Math.round(perSecond))
  return String(Number(perSecond >= 1 ? perSecond.toFixed(1) : perSecond.toPrecision(1)))
}

/** Law 7: a shadow that nobody has seen work is unknown, however quiet it is. */
function unproven({ routes }: StatusReport, { columns }: Shell): readonly string[] {
  const lines = routes.flatMap(({ route, proof }) =>
    proof === undefined || proof.state === 'proven' ? [] : [`shadow of ${route}: ${proof.state}, ${proof.why}`],
  )
  if (lines.length === 0) return []
  return [[...lines, 'banyan doctor sends a probe through each'].map((line) => wrap(line, columns)).join('\n')]
}

/** What stands between requests and their upstreams now: breakers, addresses, retries, fallbacks. */
function upstreamParts({ routes, upstreams }: StatusReport, { columns }: Shell): readonly string[] {
  const fallen = routes.flatMap(({ route, fallbacks = 0 }) =>
    fallbacks === 0 ? [] : [`${route}: ${fallbackText(fallbacks)}`],
  )
  const lines = [...upstreamLines(upstreams), ...fallen]
  return lines.length === 0 ? [] : [lines.map((line) => wrap(line, columns)).join('\n')]
}

function recordingLines({ recordings, edges }: StatusReport, shell: Shell): readonly string[] {
  if (recordings.length === 0) return []
  const lines = recordings.map(({ url, ...recording }) => {
    const text = wrap(standingText(recording, shell), shell.columns)
    return edges.length === 1 ? text : `${new URL(url).host}: ${text}`
  })
  return [lines.join('\n')]
}

function rowsOf({ route, serve, shadow, capability, arms }: RouteReport): string[][] {
  const first = [route, serve, capability === undefined ? '' : shadow]
  if (arms.length === 0) return [[...first, '', '0', '0', '', '']]
  // A route without a choice names its one arm already: "-> monolith".
  const cells = arms.map((arm) => armCells(serve.startsWith('->') ? { ...arm, arm: '' } : arm))
  return cells.map((each, index) => [...(index === 0 ? first : ['', '', '']), ...each])
}

function armCells({ arm, requests, errors, p50Ms, p99Ms }: ArmReport): string[] {
  return [arm, formatCount(requests), formatCount(errors), latencyText(p50Ms), latencyText(p99Ms)]
}

function latencyText(ms: number | undefined): string {
  if (ms === undefined) return ''
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : formatDurationMs(ms)
}

const comparedColumns = [
  { head: 'compared' },
  { head: 'samples', right: true },
  { head: 'mismatched', right: true },
  { head: 'noise', right: true },
  { head: 'not comparable', right: true },
  { head: 'left out', right: true },
]

function comparedRow({ route, compared }: RouteReport, shell: Shell): string[] {
  if (compared === undefined) return [route]
  const mismatched = formatCount(compared.mismatched)
  const painted = compared.mismatched === 0 ? mismatched : paintFor(shell).red(mismatched)
  const counts = [compared.noise, compared.notComparable, compared.shed].map(formatCount)
  return [route, formatCount(compared.samples), painted, ...counts]
}

function capabilityLines(report: CapabilityReport, { columns, clock }: Shell): string {
  const { capability, owner, lagMs, hold, owners, cutover } = report
  const lag = lagMs === undefined ? 'lag unknown: no sync worker reports' : `lag ${formatDurationMs(lagMs)}`
  const asDatabases = owners?.legacy === undefined && owners?.service === undefined ? owner : ownersText(owners)
  const lines = [
    `${capability}: owner ${asDatabases}, ${lag}`,
    ...(cutover === undefined ? [] : [`  cutover ${pendingText(capability, cutover, clock.now())}`]),
    ...(hold === undefined ? [] : [`  ${holdText(hold)}`]),
  ]
  return lines.map((line) => wrap(line, columns)).join('\n')
}

function holdText({ epoch, phase, held, leftMs }: NonNullable<CapabilityReport['hold']>): string {
  const writes = `${formatCount(held)} ${held === 1 ? 'write' : 'writes'}`
  return `hold for epoch ${epoch}, ${phase}: ${writes} held, ${formatDurationMs(leftMs)} left`
}
