import type { Upstream } from '@banyan/toolkit/routing'
import type { Logger } from 'pino'

/** The last failure of each upstream, for the status; a change of state is said in the log, not each failure. */
export interface UpstreamErrors {
  failed(upstream: Upstream, fault: string, detail: string): void
  answered(upstream: Upstream): void
  lastOf(upstream: string): string | undefined
}

/** Builds an empty memory that logs when an upstream begins to fail, and when it answers again. */
export function buildUpstreamErrors(log: Logger): UpstreamErrors {
  const failing = new Map<string, string>()
  return {
    failed: ({ name, urls }, fault, detail) => {
      if (!failing.has(name)) log.warn({ upstream: name, url: urls[0]?.origin, fault, detail }, 'upstream fails')
      failing.set(name, `${fault}: ${detail}`)
    },
    answered: ({ name }) => {
      if (failing.size > 0 && failing.delete(name)) log.info({ upstream: name }, 'upstream answers again')
    },
    lastOf: (name) => failing.get(name),
  }
}
