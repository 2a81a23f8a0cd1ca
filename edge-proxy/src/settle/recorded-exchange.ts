import type { BodyCopy } from '../passage/body-copy.ts'
import { type Outcome, type Passage, servedBy } from '../passage/passage.ts'
import type { FrameHead } from './recording-frame.ts'

/** A passage that may be recorded: with secrets, for the thread that redacts them; it never leaves the process so. */
export interface RecordedPassage {
  readonly head: Omit<FrameHead, 'to'>
  readonly request: Buffer
  readonly answer: Buffer
}

const nothing = Buffer.alloc(0)

/** The exchange that a passage was; undefined when it has no whole answer of an upstream. */
export function recordedPassage(passage: Passage, outcome: Outcome): RecordedPassage | undefined {
  if (outcome.kind !== 'answered') return undefined
  const { request, decision, caller, requestCopy, answerCopy, notes } = passage
  const exchange = {
    id: request.id,
    at: new Date(request.at).toISOString(),
    route: decision.route,
    capability: decision.capability?.name,
    servedBy: notes.fallback?.arm ?? servedBy(decision),
    caller: caller.id,
    tookMs: Math.round((performance.now() - request.startedMs) * 1000) / 1000,
  }
  return {
    head: {
      exchange,
      method: request.method,
      target: request.target,
      sent: request.raw.rawHeaders,
      status: outcome.status,
      answered: outcome.headers,
      requestBytes: requestCopy?.length() ?? 0,
      answerBytes: answerCopy?.length() ?? 0,
      answerSha256: answerCopy?.sha256(),
    },
    request: keptOf(requestCopy),
    answer: keptOf(answerCopy),
  }
}

function keptOf(copy: BodyCopy | undefined): Buffer {
  return copy === undefined || copy.length() === 0 ? nothing : copy.bytes()
}
