import { setTimeout as delay } from 'node:timers/promises'
import { type NodeFlags, type Places, runPiece, startPiece } from './child.ts'
import type { Measured } from './report.ts'
import { openRows, type Rows } from './rows.ts'
import type { Side } from './side.ts'

const perSecond = 500
const tickMs = 10
const forMs = 8000

/** How long after its commit in legacy a write can be read in the service's database, at 500 writes a second. */
export async function measureLag(side: Side, flags: NodeFlags): Promise<readonly Measured[]> {
  const places = { legacy: await side.legacy(), service: await side.freshService() }
  await runPiece('install', places, [])
  const worker = startPiece('work', places, flags)
  try {
    const lags = await writeAndWatch(places)
    const { cpuMs, tookMs, rssMiB } = await worker.end()
    const at = (share: number) => lags[Math.min(lags.length - 1, Math.floor(share * lags.length))]
    const what = `lag at ${perSecond} writes/s, ${side.name}`
    return [
      { what: `${what}, p50`, value: at(0.5), unit: 'ms' },
      { what: `${what}, p99`, value: at(0.99), unit: 'ms', goal: { atMost: 250 }, cpu: cpuMs / tookMs, rssMiB },
    ]
  } finally {
    await worker.end()
    await runPiece('uninstall', places, [])
  }
}

/** All lags in ms, in ascending order. */
async function writeAndWatch({ legacy, service }: Places): Promise<readonly number[]> {
  const source = await openRows(legacy, 'legacy')
  const target = await openRows(service, 'service')
  try {
    // Again and again: what was written before the worker read the feed's head for the first time is not followed.
    for (; (await target.noted(1, 1)).length === 0; await delay(50)) await source.note(1, 'ready?')
    return await watchWrites(source, target)
  } finally {
    await target.close()
    await source.close()
  }
}

async function watchWrites(source: Rows, target: Rows): Promise<readonly number[]> {
  const committedAt = new Map<number, number>()
  const lags: number[] = []
  let written = 1
  let watching = true
  const watch = async () => {
    while (watching || committedAt.size > 0) {
      const [first = written] = committedAt.keys()
      const seen = await target.noted(first, written)
      const now = performance.now()
      for (const id of seen) {
        const at = committedAt.get(id)
        if (at !== undefined && committedAt.delete(id)) lags.push(now - at)
      }
      await delay(2)
    }
  }
  const watched = watch()
  const started = performance.now()
  for (let due = 0; performance.now() - started < forMs; await delay(tickMs)) {
    due = ((performance.now() - started) * perSecond) / 1000
    while (written - 1 < due) {
      const id = ++written
      await source.note(id, `lag ${id}`)
      committedAt.set(id, performance.now())
    }
  }
  watching = false
  await watched
  return lags.sort((a, b) => a - b)
}
