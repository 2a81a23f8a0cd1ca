import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { CutoverReport, StepName } from '@banyan/toolkit/data-sync'
import { nodeFlags } from '../../scripts/child.ts'

/** How a coordinator of its own process ended. */
export interface Coordinated {
  /** The steps that it reached. */
  readonly steps: readonly StepName[]
  /** Undefined when it was killed, or refused to begin. */
  readonly report: CutoverReport | undefined
  /** What it said on stderr. */
  readonly said: string
}

/** Runs one cutover of users in a process of its own; `during` is awaited in the midst of each step, and may kill whom it likes. */
export async function coordinate(
  to: 'legacy' | 'service',
  env: Readonly<Record<string, string>>,
  during: (step: StepName, coordinator: { kill(): void }) => Promise<void> | void,
): Promise<Coordinated> {
  const file = path.join(import.meta.dirname, '../fixtures/cutover-coordinator.ts')
  const child = fork(file, [to], {
    execArgv: [...nodeFlags],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
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
    await during(message.step, { kill: () => void child.kill('SIGKILL') })
    if (child.connected) child.send('go', () => undefined)
  })
  await once(child, 'close')
  return { steps, report, said }
}
