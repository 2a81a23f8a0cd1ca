import { type ForeignExchange, type ForeignRecord, malformed, maxRecordBytes } from './foreign.ts'
import { type GorMeta, gorSeparator, parseAnswer, parseGorRecord, parseRequestLine } from './gor-record.ts'
import { type HttpMessage, parseMessage } from './http-message.ts'
import { splitRecords } from './split-records.ts'
import { type CallerOptions, callerOf } from './web-caller.ts'

/** Requests that wait for their answers: GoReplay writes an answer when it is whole, others in between. */
const maxWaiting = 2_000
const maxWaitingBytes = 64 * 1024 * 1024

interface Waiting {
  readonly offset: number
  readonly meta: GorMeta
  readonly method: string
  readonly target: string
  readonly message: HttpMessage
  readonly bytes: number
  answer?: { readonly meta: GorMeta; readonly status: number; readonly message: HttpMessage; readonly bytes: number }
}

/**
 * Reads a payload file of GoReplay: requests in their order, each with the original answer where the file has one
 * among the next 2 000 requests. Answers of earlier replays are passed over.
 */
export async function* readGor(chunks: AsyncIterable<Buffer>, options: CallerOptions): AsyncGenerator<ForeignRecord> {
  const line = buildWaitingLine()
  for await (const { offset, bytes, ended } of splitRecords(chunks, gorSeparator, maxRecordBytes)) {
    if (bytes !== undefined && bytes.length === 0) continue
    const wrong = ended ? take(line, offset, bytes) : malformed(offset, 'the file ends within this record')
    if (wrong !== undefined) yield wrong
    for (const waiting of line.ready()) yield exchangeRecord(waiting, options)
  }
  for (const waiting of line.rest()) yield exchangeRecord(waiting, options)
}

function take(line: WaitingLine, offset: number, bytes: Buffer | undefined): ForeignRecord | undefined {
  if (bytes === undefined) return malformed(offset, 'larger than is read')
  const record = parseGorRecord(bytes)
  if (!record.ok) return malformed(offset, record.why)
  const { meta, payload } = record
  if (meta.type === '3') return { kind: 'skipped', offset, why: 'no-request' }
  if (meta.type === '2') {
    const request = line.waitingFor(meta.id)
    if (request === undefined) return { kind: 'skipped', offset, why: 'no-request' }
    const answer = parseAnswer(payload, request.method === 'HEAD')
    if (answer === undefined) return malformed(offset, 'it is no HTTP answer')
    line.answered(request, { ...answer, meta, bytes: bytes.length })
    return undefined
  }
  const parsed = parseMessage(payload)
  if (!parsed.ok) return malformed(offset, parsed.why)
  const request = parseRequestLine(parsed.message.startLine)
  if (request === undefined) return malformed(offset, 'it is no HTTP request')
  line.add({ offset, meta, ...request, message: parsed.message, bytes: bytes.length })
  return undefined
}

interface WaitingLine {
  add(request: Waiting): void
  /** The first request of this id that has no answer yet: ids are not unique. */
  waitingFor(id: string): Waiting | undefined
  answered(request: Waiting, answer: NonNullable<Waiting['answer']>): void
  /** Takes from its head what is answered, and what waits beyond the bounds. */
  ready(): readonly Waiting[]
  rest(): readonly Waiting[]
}

function buildWaitingLine(): WaitingLine {
  let line: Waiting[] = []
  let held = 0
  const byId = new Map<string, Waiting[]>()
  const forget = (request: Waiting) => {
    const left = (byId.get(request.meta.id) ?? []).filter((other) => other !== request)
    if (left.length === 0) byId.delete(request.meta.id)
    else byId.set(request.meta.id, left)
  }
  return {
    add: (request) => {
      line.push(request)
      byId.set(request.meta.id, [...(byId.get(request.meta.id) ?? []), request])
      held += request.bytes
    },
    waitingFor: (id) => byId.get(id)?.[0],
    answered: (request, answer) => {
      request.answer = answer
      held += answer.bytes
      forget(request)
    },
    ready: () => {
      let count = 0
      for (const request of line) {
        const beyond = line.length - count > maxWaiting || held > maxWaitingBytes
        if (request.answer === undefined && !beyond) break
        held -= request.bytes + (request.answer?.bytes ?? 0)
        forget(request)
        count += 1
      }
      const taken = line.slice(0, count)
      if (count > 0) line = line.slice(count)
      return taken
    },
    rest: () => line,
  }
}

function exchangeRecord(waiting: Waiting, options: CallerOptions): ForeignRecord {
  const { offset, meta, method, target, message, answer } = waiting
  const exchange: ForeignExchange = {
    at: new Date(Number(meta.atNs / 1_000_000n)).toISOString(),
    caller: callerOf(message.headers, options),
    request: { method, target, headers: message.headers, body: message.body },
    response:
      answer === undefined
        ? undefined
        : { status: answer.status, headers: answer.message.headers, body: answer.message.body },
    tookMs: answer === undefined ? 0 : tookMs(meta, answer.meta),
  }
  return { kind: 'exchange', offset, exchange }
}

/** From the first byte of the request to the last one of the answer. */
function tookMs(request: GorMeta, answer: GorMeta): number {
  const ownNs = answer.latencyNs > 0n ? answer.latencyNs : 0n
  return Math.max(0, Number(answer.atNs + ownNs - request.atNs) / 1e6)
}
