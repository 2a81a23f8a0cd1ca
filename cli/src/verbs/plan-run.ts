import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { exitCodes, Fault, withFileLock } from '@banyan/toolkit/base'
import {
  describeStep,
  openJournal,
  type Plan,
  type PlanOutcome,
  readPlan,
  runPlan,
  type Step,
} from '@banyan/toolkit/plan'
import { readRouteTable } from '@banyan/toolkit/routing'
import { buildCutoverEdges, buildEdgeReports } from '@banyan/toolkit/sync-worker/edges'
import type { Command } from 'commander'
import { adminToken } from '../admin-token.ts'
import { capabilityNamed } from '../capability.ts'
import { edgeClients } from '../edge-client.ts'
import { buildFollower } from '../ensure-following.ts'
import { type OpenedSync, openSync } from '../open-sync.ts'
import { locate, type Place, type PlaceOptions, withPlace } from '../place.ts'
import { planActions } from '../plan-actions.ts'
import { planProgress } from '../plan-progress.ts'
import { planReadings } from '../plan-readings.ts'
import { readHeaders } from '../read-headers.ts'
import type { Shell } from '../shell.ts'

interface PlanRunOptions extends PlaceOptions {
  readonly headerFile?: string
  readonly again?: true
  readonly step?: true
  readonly json?: true
}

/** `banyan plan run PLAN`: does the steps that are not done yet; halts at a gate that does not open. */
export function addPlanRun(plan: Command, shell: Shell): void {
  withPlace(plan.command('run'))
    .summary('do the steps that are not done yet; a gate that does not open halts it (exit code 3)')
    .description(
      'What is done is in the journal: run it again after a halt or Ctrl-C, and it goes on with the step that was cut off.',
    )
    .argument('<plan>', 'such as migration-plans/users.yaml')
    .option(
      '--header-file <file>',
      'credentials for replay steps, one `name: value` a line (default: replay-headers in the state folder)',
    )
    .option('--again', 'forget what is done, and begin with the first step')
    .option('--step', 'wait for Enter before each step')
    .option('--json', 'one JSON line per event')
    .addHelpText(
      'after',
      '\nExample:\n  banyan plan run migration-plans/users.yaml\nNext:\n  banyan history     every step and gate, with its evidence',
    )
    .action(async (file: string, options: PlanRunOptions) => await planRun(file, options, shell))
}

async function planRun(file: string, options: PlanRunOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const plan = await readPlan(resolve(shell.cwd, file))
  const lock = join(place.state, `plan-${plan.capability}.lock`)
  const outcome = await withFileLock(lock, { clock: shell.clock, waitMs: 0 }, () =>
    runWith(plan, place, { options, shell }),
  )
  if (outcome.kind === 'halted') throw haltedFault(outcome, file)
  if (options.json !== true) shell.out('every step is done')
}

interface Invocation {
  readonly options: PlanRunOptions
  readonly shell: Shell
}

async function runWith(plan: Plan, place: Place, { options, shell }: Invocation): Promise<PlanOutcome> {
  const { table } = await readRouteTable(place.routes)
  const capability = capabilityNamed(plan.capability, table)
  const edges = edgeClients(table.edges, place)
  const journal = openJournal(place.journal, shell.clock)
  if (options.again === true) await beginAnew(plan, place, shell)
  // Opened when the first step needs it: a plan without data steps needs no database.
  let opened: Promise<OpenedSync> | undefined
  const sync = async () => {
    opened ??= openSync(capability, place, shell)
    return (await opened).sync
  }
  const admin = { capability: plan.capability, urls: table.edges, readToken: adminToken(place) }
  const toEdges = { appliedThrough: buildEdgeReports(admin), edges: buildCutoverEdges(admin) }
  const follower = buildFollower({ sync, ...(admin.urls.length === 0 ? {} : toEdges), shell })
  const replayHeaders = await headersFor(options, place, shell)
  const tools = { plan, capability, edges, admin, sync, place, journal, shell, replayHeaders }
  const actions = planActions({ ...tools, ensureFollowing: follower.ensure })
  const readings = planReadings(edges, sync)
  const onEvent = planProgress(plan, shell, options.json === true)
  const waiting = options.step === true ? { beforeStep: waitForEnter(shell) } : {}
  try {
    return await runPlan(plan, {
      ...tools,
      actions,
      readings,
      clock: shell.clock,
      signal: shell.signal,
      who: shell.who,
      onEvent,
      ...waiting,
    })
  } finally {
    await follower.stop()
    await (await opened)?.sync.close()
  }
}

function waitForEnter(shell: Shell): (step: Step) => Promise<void> {
  return async (step) => {
    shell.say(`Enter: ${describeStep(step)}   (Ctrl-C leaves; what is done stays done)`)
    await shell.enter()
  }
}

async function headersFor({ headerFile }: PlanRunOptions, place: Place, shell: Shell) {
  const usual = join(place.state, 'replay-headers')
  if (headerFile !== undefined) return await readHeaders(resolve(shell.cwd, headerFile))
  return existsSync(usual) ? await readHeaders(usual) : []
}

async function beginAnew({ capability, revision, file }: Plan, place: Place, shell: Shell): Promise<void> {
  const evidence = { capability, revision, plan: file }
  await openJournal(place.journal, shell.clock).append({
    kind: 'plan-begun-anew',
    who: shell.who,
    why: undefined,
    evidence,
  })
}

function haltedFault(
  { step, reading, flippedBack }: Extract<PlanOutcome, { readonly kind: 'halted' }>,
  file: string,
): Fault {
  const texts = reading.conditions.filter(({ outcome }) => outcome !== 'pass').map(({ text }) => text)
  const back =
    flippedBack === undefined ? 'nothing flipped' : `${flippedBack.route} flipped back to ${flippedBack.serve}`
  const word = reading.outcome === 'fail' ? 'failed' : 'stayed unknown'
  const left =
    reading.outcome === 'unknown' && step.action.kind === 'flip'
      ? `; what step ${step.number} flipped stays (banyan undo takes it back)`
      : ''
  return new Fault(
    `gate-${reading.outcome}`,
    `the gate of step ${step.number} ${word}: ${texts.join('; ')}. ${back}${left}`,
    {
      hint: `when it is mended: banyan plan run ${file}`,
      exitCode: exitCodes.gateFailed,
    },
  )
}
