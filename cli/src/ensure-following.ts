import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { AppliedThrough, CutoverEdges, Sync } from '@banyan/toolkit/data-sync'
import type { Shell } from './shell.ts'

const startedWithinMs = 30_000

/** What following needs. */
export interface Following {
  readonly sync: () => Promise<Sync>
  /** Told how far follow is; undefined: no edge is named. */
  readonly appliedThrough?: AppliedThrough
  /** Asked when a cutover must be recovered. */
  readonly edges?: CutoverEdges
  readonly shell: Shell
}

/** Follows in this process while nobody else does; `stop` ends that, and waits until it has ended. */
export interface Follower {
  /** Returns who follows, once the lag is known. */
  ensure(signal: AbortSignal): Promise<string>
  stop(): Promise<void>
}

/** Builds a follower that does nothing until it is asked. */
export function buildFollower({ sync, shell, ...edges }: Following): Follower {
  const stopping = new AbortController()
  let working: Promise<void> | undefined
  let failure: unknown
  const start = async () => {
    const opened = await sync()
    await opened.install()
    working = opened.work({ signal: stopping.signal, wait: true, ...edges }).catch((thrown: unknown) => {
      failure = thrown
    })
  }
  return {
    ensure: async (signal) => {
      const opened = await sync()
      const { worker } = await opened.status()
      if (worker?.alive !== true && working === undefined) {
        shell.say('no sync worker runs: following in this process while the plan runs')
        await start()
      }
      return await whoFollows(opened, { signal, clock: shell.clock, failure: () => failure })
    },
    stop: async () => {
      stopping.abort()
      await working
    },
  }
}

interface Waiting {
  readonly signal: AbortSignal
  readonly clock: Shell['clock']
  readonly failure: () => unknown
}

async function whoFollows(sync: Sync, { signal, clock, failure }: Waiting): Promise<string> {
  const deadline = clock.monotonic() + startedWithinMs
  while (clock.monotonic() < deadline) {
    if (failure() !== undefined) throw failure()
    const { worker, lag } = await sync.status()
    if (worker?.alive === true && lag !== undefined) return worker.holder
    await clock.sleep(100, signal)
  }
  throw new Fault('follow-silent', 'nothing follows: no worker has reported within 30 s', {
    hint: 'see: banyan sync status',
    exitCode: exitCodes.gateFailed,
  })
}
