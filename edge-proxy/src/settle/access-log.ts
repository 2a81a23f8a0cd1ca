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
  const out = unbreakable(destination)
  const messages = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, out)
  return {
    messages,
    served: (passage, outcome) => out.write(`${JSON.stringify(accessLine(passage, outcome))}\n`),
    refused: (id, { status, code, detail }) => messages.info({ id, status, refused: code, detail }, 'request'),
  }
}

/** As pino writes its lines, and made without it: this is the one line that every request pays for. */
function accessLine({ request, decision, table, heldMs }: Passage, outcome: Outcome) {
  return {
    level: 30,
    time: new Date().toISOString(),
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
    heldMs: heldMs === undefined ? undefined : Math.round(heldMs),
    cutBy: outcome.kind === 'cut' ? outcome.by : undefined,
    fault: outcome.kind === 'fault' ? outcome.fault : undefined,
    detail: outcome.kind === 'fault' ? outcome.detail : undefined,
    msg: 'request',
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
