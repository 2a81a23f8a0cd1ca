import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../fixtures/shop.ts'
import type { Cutover } from './build-cutover.ts'
import { type CutoverLab, openSqliteLab } from './fixtures/cutover-lab.ts'
import { serveEdges } from './fixtures/edge-link.ts'
import { otherArm } from './plan.ts'

const longestWithoutWriterMs = 10_000

test('law 5: a coordinator killed with -9 after each single action is recovered by another, and nothing is lost', async () => {
  const lab = await openSqliteLab(20)
  const other = await lab.coordinator()
  const stop = lab.write(2)
  const actions = await countActions(lab)
  const outcomes: string[] = []
  let next = startCoordinator(lab)

  for (let dieAfter = 1; dieAfter <= actions.length; dieAfter++) {
    await lab.sync.verify()
    const to = otherArm(lab.edge.owner())
    const victim = await next
    if (dieAfter < actions.length) next = startCoordinator(lab)
    await killedAfter(victim, { to, dieAfter })
    const killedAt = performance.now()
    outcomes.push(await eventually(() => recoveredBy(other)))
    expect(await answered(lab, `w-kill-${dieAfter}`)).toBe('acknowledged')
    expect(performance.now() - killedAt).toBeLessThan(longestWithoutWriterMs)
    const { legacy, service } = await other.owners()
    expect({ after: actions[dieAfter - 1], legacy: legacy?.owner, epoch: legacy?.epoch }).toEqual({
      after: actions[dieAfter - 1],
      legacy: lab.edge.owner(),
      epoch: service?.epoch,
    })
    expect(service?.owner).toBe(legacy?.owner)
  }

  expect(outcomes.slice(actions.indexOf('commit: move'), -1)).toEqual(
    Array(actions.length - actions.indexOf('commit: move') - 1).fill('done'),
  )
  const written = await stop()
  const own = actions.map((_, index) => `w-kill-${index + 1}`)
  await lab.assertNothingLost({ ...written, acknowledged: [...written.acknowledged, ...own] })
}, 60_000)

/** How it was ended; undefined: not yet. */
async function recoveredBy(other: Cutover): Promise<string | undefined> {
  const recovered = await other.recover()
  if (recovered !== undefined) return recovered.outcome
  return (await other.pending()) === undefined ? 'ended before' : undefined
}

/** The actions of a whole cutover, which this does: `commit: move`. */
async function countActions(lab: CutoverLab): Promise<readonly string[]> {
  const actions: string[] = []
  const cutover = await lab.coordinator()
  const report = await cutover.run('service', {
    onAction: ({ step, do: what }, when) => void (when === 'after' && actions.push(`${step}: ${what}`)),
  })
  expect(report.outcome).toBe('done')
  return actions
}

// A write may meet a hold that runs out behind the fence: then it is sent again, as a client does that is told to retry.
async function answered(lab: CutoverLab, id: string): Promise<string> {
  return await eventually(async () => ((await lab.edge.write(id)) === 'acknowledged' ? 'acknowledged' : undefined))
}

async function startCoordinator({ urls, edge }: CutoverLab): Promise<ChildProcess> {
  const path = new URL('./fixtures/coordinator-main.ts', import.meta.url).pathname
  const child = fork(path, [urls.legacy, urls.service], {
    execArgv: ['--import', 'tsx', '--conditions=banyan-source'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child, 'message')
  serveEdges(child, edge.edges)
  return child
}

async function killedAfter(
  child: ChildProcess,
  order: { readonly to: string; readonly dieAfter: number },
): Promise<void> {
  const gone = once(child, 'exit')
  child.on('message', (message: { readonly threw?: string }) => {
    if (message.threw !== undefined) child.kill('SIGTERM')
  })
  child.send(order)
  const [, signal] = await gone
  expect(signal).toBe('SIGKILL')
}
