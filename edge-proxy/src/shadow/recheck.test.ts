import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { systemClock } from '@banyan/toolkit/base'
import { buildTally, type Verdict } from '@banyan/toolkit/compare'
import { buildRedactor } from '@banyan/toolkit/traffic'
import { expect, onTestFinished, test } from 'vitest'
import { buildAppliedReports } from '../passage/applied-reports.ts'
import { buildHttp1Sender } from '../upstream/http1/sender-http1.ts'
import type { ArmSender } from './ask-arm.ts'
import { buildComparer } from './compare-in-thread.ts'
import { buildRecheck } from './recheck.ts'
import type { ShadowJob } from './shadow-job.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const mismatch = {
  kind: 'mismatch',
  differences: [{ kind: 'value', path: '$.name', legacy: 'a', service: 'b' }],
} as unknown as Verdict

test('law 9: a mismatch that waits to be asked again does not hold the bodies of its first answer', async () => {
  const applied = buildAppliedReports()
  applied.report('users', 1)
  const sender = { ...buildHttp1Sender(), choose: () => ({}) } as unknown as ArmSender
  const comparer = buildComparer()
  const about = { clock: systemClock, tally: buildTally(systemClock), redact: buildRedactor({ key: Buffer.alloc(32) }) }
  const recheck = buildRecheck({ applied, sender, comparer, ...about })
  onTestFinished(() => {
    recheck.close()
    comparer.close()
    sender.close()
  })
  // A function of its own, so that nothing here refers to what it made.
  const offer = () => {
    const bodies = [Buffer.alloc(1024), Buffer.alloc(1024)] as const
    const answer = { status: 200, headers: [], body: bodies[0], truncated: false }
    const job = { answer, body: bodies[1], capability: { name: 'users' }, answeredAt: 10 } as unknown as ShadowJob
    expect(recheck.offer(job, mismatch)).toBe(true)
    return bodies.map((body) => new WeakRef(body))
  }
  const held = offer()
  await wait(0)
  collect()
  expect(held.map((body) => body.deref())).toEqual([undefined, undefined])
})
