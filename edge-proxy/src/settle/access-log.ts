import type { DestinationStream, Logger } from 'pino'
import { pino } from 'pino'
import { type Outcome, type Passage, servedBy } from '../passage/passage.ts'
import type { Refusal } from '../request/refusal.ts'

/** One JSON line a request, and the edge's own messages, in the order in which they happen. */
export interface EdgeLog {
  readonly messages: Logger
  served(passage: Passage, outcome: Outcome): void
  refused(requestId: string, refusal: Refusal): void
}

/**
 * Logs to `destination`, one JSON object a line. Queries, header values and bodies are never logged, for they
 * hold what must not be stored (law 8). A destination that fails loses lines; it never hurts a request.
 */
export function buildEdgeLog(destination: DestinationStream): EdgeLog {
  const messages = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, unbreakable(destination))
  return {
    messages,
    served: (passage, outcome) => messages.info(accessLine(passage, outcome), 'request'),
    refused: (id, { status, code, detail }) => messages.info({ id, status, refused: code, detail }, 'request'),
  }
}

function accessLine({ request, decision, table }: Passage, outcome: Outcome) {
  return {
    id: request.id,
    traceId: request.trace.traceId,
    method: request.method,
    path: request.path.length > 2048 ? `${request.path.slice(0, 2048)}...` : request.path,
    peer: request.peer,
    route: decision.route,
    arm: servedBy(decision),
    upstream: decision.served.name,
    revision: table.revision,
    why: decision.why,
    status: outcome.status,
    tookMs: Math.round((performance.now() - request.startedMs) * 1000) / 1000,
    ...ending(outcome),
  }
}

function ending(outcome: Outcome) {
  switch (outcome.kind) {
    case 'answered':
      return {}
    case 'cut':
      return { cutBy: outcome.by }
    case 'fault':
      return { fault: outcome.fault, detail: outcome.detail }
    default: {
      const never: never = outcome
      return never
    }
  }
}

function unbreakable(destination: DestinationStream): DestinationStream {
  return {
    write: (line) => {
      try {
        destination.write(line)
      } catch {
        // A full disk or a closed pipe: there is no better place to say it, and requests go on.
      }
    },
  }
}
