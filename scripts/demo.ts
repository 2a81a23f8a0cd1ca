import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { formatDurationMs, isJsonObject, messageOf, systemClock } from '@banyan/toolkit/base'
import { formatCount, type JournalEntry, openJournal } from '@banyan/toolkit/plan'
import { buildShoppers } from '../monolith/shoppers/shoppers.ts'
import type { ShoppersSummary } from '../monolith/shoppers/tally.ts'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'
import { banyan } from './banyan.ts'
import { root } from './child.ts'
import { buildDemoView, type PlanSeen } from './demo-view.ts'
import { freePorts } from './ports.ts'
import { type Stack, startStack } from './stack.ts'
import { markRunning, removeState, runningDemo, stateFolder } from './state.ts'

const help = `npm run demo            a whole first extraction on real processes, unattended, in about a minute
npm run demo -- --step  waits for Enter before each step`

const plan = 'migration-plans/users.yaml'
const shoppersPerSecond = 200

const say = (text: string) => void process.stdout.write(`${text}\n`)

try {
  process.exitCode = await main()
} catch (thrown) {
  process.stderr.write(`banyan: ${messageOf(thrown)}\n`)
  process.exitCode = 1
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { step: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    say(help)
    return 0
  }
  const state = path.join(stateFolder(process.env), 'demo')
  const other = runningDemo(state)
  if (other !== undefined) throw new Error(`the demo runs already (process ${other.pid})`)
  removeState(state)

  const begun = performance.now()
  say('The shop, the users service (with a planted time-zone bug), its sync worker and the edge are starting ...')
  const stack = await startStack({ ports: await freePorts(), state, plantedBug: 'time-zone' })
  const unmark = markRunning(state, stack)
  try {
    const outcome = await Promise.race([extraction(stack, state, values.step === true), stopped(stack)])
    say(summary(outcome, state, performance.now() - begun))
    return outcome.ok ? 0 : 1
  } finally {
    await stack.stop()
    unmark()
  }
}

/** Rejects when a process of the demo ends by itself, or the person leaves. */
async function stopped(stack: Stack): Promise<never> {
  const left = new Promise<string>((resolve) => {
    process.once('SIGINT', () => resolve('Ctrl-C: stopped before the end'))
    process.once('SIGTERM', () => resolve('SIGTERM: stopped before the end'))
  })
  throw new Error(await Promise.race([left, stack.broken]))
}

interface Outcome {
  readonly ok: boolean
  readonly halted: PlanSeen
  readonly done: PlanSeen
  readonly shoppers: ShoppersSummary
  readonly journal: readonly JournalEntry[]
}

/** Shoppers shop; the plan halts at the planted bug, goes on without it, and comes to its end. */
async function extraction(stack: Stack, state: string, step: boolean): Promise<Outcome> {
  const leaving = new AbortController()
  const shopping = buildShoppers({
    url: stack.urls.edge,
    ratePerSecond: shoppersPerSecond,
    seed: 1,
    apiKeys: demoApiKeys().map(({ key }) => key),
    signal: leaving.signal,
  })
  try {
    say(`${shoppersPerSecond} requests a second of shoppers go through ${stack.urls.edge}\n\n${plan}:`)
    const first = await runPlan(stack, step)
    say('\n  The users service is started again, without the bug.\n')
    await pauseBefore(step, 'the plan goes on')
    await stack.restartUsersWithoutBug()
    const second = await runPlan(stack, step)
    leaving.abort()
    const shoppers = await shopping
    say('\nJournal:')
    await banyan({
      args: ['history', '--state', state],
      env: stack.env,
      onLine: (line) => say(`  ${line}`),
      onMessage: () => {},
    })
    const journal = openJournal(path.join(state, 'journal.ndjson'), systemClock)
    const intact = (await journal.verify()).ok
    const haltedByBug = first.code === 3 && first.seen.gates.at(-1)?.reading.outcome === 'fail'
    return {
      ok: haltedByBug && second.code === 0 && shoppers.failed === 0 && intact,
      halted: first.seen,
      done: second.seen,
      shoppers,
      journal: (await journal.read()).entries,
    }
  } finally {
    leaving.abort()
    await shopping.catch(() => undefined)
  }
}

async function runPlan(stack: Stack, step: boolean): Promise<{ readonly code: number; readonly seen: PlanSeen }> {
  const live = process.stdout.isTTY === true && process.env.NO_COLOR === undefined && !step
  const view = buildDemoView((text) => process.stdout.write(text), live)
  const args = ['plan', 'run', plan, '--routes', stack.routes, '--json', ...(step ? ['--step'] : [])]
  const messages: string[] = []
  const code = await banyan({
    args,
    env: stack.env,
    onLine: view.show,
    ...(step ? {} : { onMessage: (line) => messages.push(line) }),
  })
  if (code !== 0 && code !== 3) throw new Error(`banyan plan run ended with exit code ${code}:\n${messages.join('\n')}`)
  return { code, seen: view.end() }
}

async function pauseBefore(step: boolean, what: string): Promise<void> {
  if (!step) return
  const keyboard = createInterface({ input: process.stdin, output: process.stderr })
  await keyboard.question(`  Enter: ${what} `)
  keyboard.close()
}

/** A flip that changed who serves; a flip of the shadow alone moves nobody. */
function isMove({ kind, evidence: { before, after } }: JournalEntry): boolean {
  return kind === 'flip' && isJsonObject(before) && isJsonObject(after) && before.serve !== after.serve
}

function summary({ ok, halted, done, shoppers, journal }: Outcome, state: string, tookMs: number): string {
  const flips = journal.filter(isMove)
  const line = (name: string, text: string) => `  ${name.padEnd(10)} ${text}`
  const gates = [...halted.gates, ...done.gates].map(({ action, reading }) =>
    line(
      reading.outcome === 'pass' ? 'v gate' : 'x gate',
      `${action.padEnd(24)} ${reading.conditions.map(({ text }) => text).join('; ')}`,
    ),
  )
  return [
    '\nSummary:',
    ...gates,
    line('recorded', `${formatCount(halted.recorded)} exchanges`),
    line('requests', `${formatCount(shoppers.requests)}   failed ${shoppers.failed}   flips ${flips.length}`),
    line('journal', path.relative(root, path.join(state, 'journal.ndjson'))),
    `\n${ok ? 'Every gate held; the planted bug was found before it was served.' : 'NOT as it should be: see above.'}   ${formatDurationMs(tookMs)}`,
  ].join('\n')
}
