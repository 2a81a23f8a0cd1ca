import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { systemClock } from '@banyan/toolkit/base'
import { openJournal } from '@banyan/toolkit/plan'
import { buildShoppers } from '../monolith/shoppers/shoppers.ts'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'
import { banyan } from './banyan.ts'
import { type DemoOutcome, demoSummary } from './demo-summary.ts'
import { buildDemoView, type PlanSeen } from './demo-view.ts'
import { isLive } from './paint.ts'
import { freePorts } from './ports.ts'
import { type Stack, startStack } from './stack.ts'
import { markRunning, near, removeState, runningDemo, stateFolder } from './state.ts'
import { askedToStop, interrupted, runsAlready, tell } from './tell.ts'

const help = `npm run demo            a whole first extraction on real processes, unattended, in about a minute
npm run demo -- --step  waits for Enter before each step`

const plan = 'migration-plans/users.yaml'
const shoppersPerSecond = 200

const say = (text: string) => void process.stdout.write(`${text}\n`)

await tell('demo', main)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { step: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    say(help)
    return 0
  }
  const state = path.join(stateFolder(process.env), 'demo')
  const other = runningDemo(state)
  if (other !== undefined) throw runsAlready('demo', other.pid)
  removeState(state)

  const begun = performance.now()
  say('Starting the shop, its edge, and the users service with a planted time-zone bug')
  const leaving = new AbortController()
  void askedToStop().then((name) => leaving.abort(interrupted(name)))
  const { signal } = leaving
  const stack = await startStack({ ports: await freePorts(), state, plantedBug: 'time-zone', signal })
  const unmark = markRunning(state, stack)
  try {
    const outcome = await Promise.race([extraction(stack, state, values.step === true), stopped(stack, signal)])
    const tookMs = performance.now() - begun
    const journalFile = near(path.join(state, 'journal.ndjson'))
    say(demoSummary(outcome, { journalFile, tookMs, live: isLive(process.stdout, process.env) }))
    return outcome.ok ? 0 : 1
  } finally {
    await stack.stop()
    unmark()
  }
}

/** Rejects when a process of the demo ends by itself, or the person leaves. */
async function stopped(stack: Stack, signal: AbortSignal): Promise<never> {
  const left = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  throw new Error(await Promise.race([left, stack.broken]))
}

/** Shoppers shop; the plan halts at the planted bug, goes on without it, and comes to its end. */
async function extraction(stack: Stack, state: string, step: boolean): Promise<DemoOutcome> {
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
      env: { ...stack.env, COLUMNS: String((process.stdout.columns ?? 102) - 2) },
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
  const live = isLive(process.stdout, process.env) && !step
  const write = (text: string) => void process.stdout.write(text)
  const view = buildDemoView({ write, columns: live ? process.stdout.columns : undefined })
  const args = ['plan', 'run', plan, '--routes', stack.routes, '--json', ...(step ? ['--step'] : [])]
  const messages: string[] = []
  const code = await banyan({
    args,
    env: stack.env,
    onLine: view.show,
    onMessage: step ? ask : (line) => void messages.push(line),
  })
  if (code !== 0 && code !== 3) throw new Error(`banyan plan run ended with exit code ${code}:\n${messages.join('\n')}`)
  return { code, seen: view.end() }
}

/** What is asked comes by another pipe than what was done before it, and must not overtake it. */
function ask(line: string): void {
  setTimeout(() => process.stderr.write(`${line}\n`), 50)
}

async function pauseBefore(step: boolean, what: string): Promise<void> {
  if (!step) return
  const keyboard = createInterface({ input: process.stdin, output: process.stderr })
  await keyboard.question(`  Enter: ${what} `)
  keyboard.close()
}
