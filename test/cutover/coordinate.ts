import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { CutoverReport, StepName } from '@banyan/toolkit/data-sync'
import { nodeFlags } from '../../scripts/child.ts'

/** How a coordinator ended. */
export interface Coordinated {
  /** The steps that it reached. */
  readonly steps: readonly StepName[]
  /** Undefined when it was killed, or could not end the cutover. */
  readonly report: CutoverReport | undefined
  /** What it said on stderr. */
  readonly said: string
}

/** A process that will run one cutover of users. */
export interface Coordinator {
  /** Runs it; `during` is awaited in the midst of each step, and may kill whom it likes. */
  run(to: 'legacy' | 'service', during: (step: StepName) => Promise<void> | void): Promise<Coordinated>
  kill(): void
}

/** Starts coordinators ahead of their turn, for a process takes longer to start than a cutover takes. */
export function buildCoordinators(env: Readonly<Record<string, string>>) {
  let next = startCoordinator(env)
  return {
    next: (): Coordinator => {
      const ready = next
      next = startCoordinator(env)
      return ready
    },
    close: () => next.kill(),
  }
}

function startCoordinator(env: Readonly<Record<string, string>>): Coordinator {
  const file = path.join(import.meta.dirname, '../fixtures/cutover-coordinator.ts')
  const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as const
  const child = fork(file, [], { execArgv: [...nodeFlags], env: { ...process.env, ...env }, stdio: [...stdio] })
  return { run: (to, during) => run(child, to, during), kill: () => void child.kill('SIGKILL') }
}

async function run(
  child: ChildProcess,
  to: 'legacy' | 'service',
  during: (step: StepName) => Promise<void> | void,
): Promise<Coordinated> {
  const steps: StepName[] = []
  let report: CutoverReport | undefined
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  child.on('message', async (message: { readonly step?: StepName; readonly report?: CutoverReport }) => {
    report ??= message.report
    if (message.step === undefined) return
    steps.push(message.step)
    await during(message.step)
    if (child.connected) child.send('go on', () => undefined)
  })
  child.send(to)
  await once(child, 'close')
  return { steps, report, said }
}
