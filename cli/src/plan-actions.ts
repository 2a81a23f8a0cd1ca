import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCodes, Fault, type JsonObject } from '@banyan/toolkit/base'
import { keyName, type Sync } from '@banyan/toolkit/data-sync'
import { type DriftReading, formatCount, type LongAction, type Plan, type PlanActions } from '@banyan/toolkit/plan'
import { type Capability, type FlipRequest, knobsOf, readRouteTable } from '@banyan/toolkit/routing'
import type { Edges } from '@banyan/toolkit/sync-worker/edges'
import { type HeaderPair, readRecording } from '@banyan/toolkit/traffic'
import { planCutover } from './cutover/plan-cutover.ts'
import type { EdgeClient } from './edge-client.ts'
import { commitFlip, type FlipPlace, prepareFlip } from './flip-route.ts'
import { recordTraffic } from './record-traffic.ts'
import { acceptedRules } from './replay/table-rules.ts'
import { replaySettled } from './replay-settled.ts'
import { sayNowAndThen } from './say-progress.ts'

/** What the steps of a plan are done with. */
export interface PlanTools extends FlipPlace {
  readonly plan: Plan
  readonly capability: Capability
  readonly edges: readonly EdgeClient[]
  /** The same edges, as a cutover asks them. */
  readonly admin: Edges
  readonly sync: () => Promise<Sync>
  /** Makes sure that something follows, and says who. */
  readonly ensureFollowing: (signal: AbortSignal) => Promise<string>
  readonly replayHeaders: readonly HeaderPair[]
}

/** Does the steps of a plan as the verbs of the command line do them. */
export function planActions(tools: PlanTools): PlanActions {
  const recording = join(tools.place.state, 'recordings', `${tools.plan.capability}-${tools.plan.revision}.ndjson`)
  return {
    record: async ({ exchanges, withinMs }, signal) => await record(recording, { exchanges, withinMs, signal }, tools),
    backfill: async (signal) => await backfill(signal, tools),
    follow: async (signal) => ({ worker: await tools.ensureFollowing(signal) }),
    shadow: async ({ route, sharePercent }, why) => await flip({ route, shadow: `${sharePercent}%` }, why, tools),
    flip: async ({ route, serve }, why) => await flip({ route, serve }, why, tools),
    knobs: async (route) => await knobs(route, tools),
    replay: async (signal) => await replay(recording, signal, tools),
    verify: async (run) => await verify(run, tools),
    cutover: async (action, run) => await planCutover(action, run, tools),
  }
}

async function verify({ signal, onProgress }: LongAction, tools: PlanTools): Promise<DriftReading> {
  const tell = sayNowAndThen({ clock: tools.shell.clock, say: onProgress })
  const sync = await tools.sync()
  const report = await sync.verify({
    signal,
    onProgress: (aggregates) => tell(`compared ${formatCount(aggregates)} aggregates`),
  })
  signal.throwIfAborted()
  const drift = Object.values(report.drift).reduce((sum, count) => sum + count, 0)
  const samples = report.samples
    .slice(0, 5)
    .map(({ key, kind, path, detail }) => `${report.capability} ${keyName(key)} ${path || kind}: ${detail}`)
  return { equal: report.equal, aggregates: report.aggregates, drift, samples }
}

interface WantedExchanges {
  readonly exchanges: number
  readonly withinMs: number
  readonly signal: AbortSignal
}

async function record(file: string, wanted: WantedExchanges, tools: PlanTools): Promise<JsonObject> {
  await mkdir(join(tools.place.state, 'recordings'), { recursive: true, mode: 0o700 })
  const { table } = await readRouteTable(tools.place.routes)
  const routes = table.routes
    .filter(({ target }) => target.kind === 'capability' && target.capability.name === tools.plan.capability)
    .map(({ name }) => name)
  const signal = AbortSignal.any([wanted.signal, AbortSignal.timeout(wanted.withinMs)])
  const about = { file, routes, count: wanted.exchanges, overwrite: true, clock: tools.shell.clock, signal }
  const recorded = await recordTraffic(tools.edges, about)
  wanted.signal.throwIfAborted()
  if (recorded.exchanges >= wanted.exchanges) return { file, ...recorded }
  throw new Fault(
    'recording-short',
    `only ${recorded.exchanges} of ${wanted.exchanges} exchanges passed through the edge in time`,
    {
      hint: 'is there traffic? Run the plan again, or give the step more time: record: { exchanges: N, within: 10m }',
      exitCode: exitCodes.gateFailed,
    },
  )
}

async function backfill(signal: AbortSignal, tools: PlanTools): Promise<JsonObject> {
  const sync = await tools.sync()
  await sync.install()
  await sync.backfill({ signal })
  signal.throwIfAborted()
  const { backfill, quarantined } = await sync.status()
  return { copied: backfill.copied, total: backfill.total, quarantined }
}

async function flip(request: FlipRequest, why: string, tools: PlanTools): Promise<JsonObject> {
  const prepared = await prepareFlip(request, tools.place)
  const { live, revision, entry } = await commitFlip(prepared, why, tools)
  if (live.edges.length === 0) throw notLive(request.route, live.notRunning)
  const { before, after } = prepared
  return {
    before: { ...before },
    after: { ...after },
    revision,
    live: [...live.edges],
    ...(entry === undefined ? {} : { entry }),
  }
}

function notLive(route: string, edges: readonly string[]): Fault {
  return new Fault('flip-not-live', `the flip of ${route} is written, but no edge runs it`, {
    hint: `start an edge (${edges.join(', ') || 'and name it under "edges:"'}), then run the plan again`,
    exitCode: exitCodes.unreachable,
  })
}

async function knobs(route: string, { place }: PlanTools) {
  const { table } = await readRouteTable(place.routes)
  const found = knobsOf(table, route)
  if (found !== undefined) return found
  throw new Fault('route-unknown', `${place.routes} has no route "${route}" that can be flipped`, {
    hint: `known: ${table.routes.map(({ name }) => name).join(', ')}`,
    exitCode: exitCodes.invalidConfig,
  })
}

async function replay(file: string, signal: AbortSignal, tools: PlanTools) {
  const { table } = await readRouteTable(tools.place.routes)
  const [legacy] = tools.capability.legacy.urls
  const [service] = tools.capability.service.urls
  const wanted = { exchanges: readRecording(file), arms: { legacy, service }, headers: tools.replayHeaders, signal }
  const options = { ...wanted, rulesFor: acceptedRules(table) }
  const tallies = await replaySettled(options, { clock: tools.shell.clock, signal })
  signal.throwIfAborted()
  return tallies
}
