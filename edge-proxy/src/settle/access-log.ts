import type { AccessLogRule } from '@banyan/toolkit/routing'
import type { Logger } from 'pino'
import { pino } from 'pino'
import { type AboutRefused, isFailure } from '../observe/observed-request.ts'
import type { Outcome, Passage } from '../passage/passage.ts'
import type { Refusal } from '../request/refusal.ts'
import { accessLine } from './access-line.ts'

/** Where log lines go. */
export interface LogDestination {
  write(line: string): void
  /** How many lines it could not take since the start: its disk is full, or its reader slow. */
  readonly lost?: () => number
}

/** One JSON line a request, and the edge's own messages, in the order in which they happen. */
export interface EdgeLog {
  readonly messages: Logger
  served(passage: Passage, outcome: Outcome): void
  /** `about` says what of the request was read by then. */
  refused(requestId: string, refusal: Refusal, about?: AboutRefused): void
  /** Lines that the destination did not take. */
  lost(): number
}

/** What says which requests get a line. */
export interface AccessLogOptions {
  rule(): AccessLogRule
  /** A number from 0 to below 1. */
  dice(): number
}

/**
 * Logs to `destination`, one JSON object a line. Queries, header values and bodies are never logged, for they
 * hold what must not be stored (law 8). A destination that fails loses lines, which are counted; it never hurts a request.
 */
export function buildEdgeLog(destination: LogDestination, { rule, dice }: AccessLogOptions): EdgeLog {
  const out = unbreakable(destination)
  const messages = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, out)
  return {
    messages,
    served: (passage, outcome) => {
      // Of what failed every one is there: such a line stands for itself alone.
      const percent = isFailure(passage, outcome) ? 100 : rule().percent
      if (percent === 100 || dice() * 100 < percent) out.write(accessLine(passage, outcome, percent))
    },
    refused: (id, { status, code, detail }, about) => {
      const { method, target, peer, route } = about ?? {}
      const client = about?.client === peer ? undefined : about?.client
      const path = target?.split('?', 1)[0]?.slice(0, 2048)
      messages.info({ id, status, refused: code, detail, method, path, peer, client, route }, 'request')
    },
    lost: out.lost,
  }
}

function unbreakable(destination: LogDestination): Required<LogDestination> {
  let broken = 0
  return {
    write: (line) => {
      try {
        destination.write(line)
      } catch {
        // A full disk or a closed pipe: there is no better place to say it, and requests go on.
        broken += 1
      }
    },
    lost: () => broken + (destination.lost?.() ?? 0),
  }
}
