import { randomBytes } from 'node:crypto'
import { type Clock, exitCodes, Fault, systemClock } from '../../base/index.ts'
import { type CompareRule, compareReplayed, mapDifferences, type Verdict } from '../../compare/index.ts'
import type { Exchange, HeaderPair } from '../exchange.ts'
import { buildRedactor } from '../redact/redact.ts'
import { runInLanes } from './lanes.ts'
import { paced } from './pace.ts'
import { compareWithRecorded } from './recorded-answer.ts'
import { type ArmAnswer, type ArmBounds, connectArm, type ReplayArm } from './replay-arm.ts'
import {
  type ByArm,
  buildReplayReport,
  type Replayed,
  type ReplayProgress,
  type ReplayResult,
} from './replay-report.ts'
import { type ReplayRequest, replayRequest } from './replay-request.ts'

/** What is replayed, against what, and within which bounds. */
export interface ReplayOptions {
  readonly exchanges: AsyncIterable<Exchange>
  /** Base URLs. With both, their answers are compared with each other; with one, with the recorded answer. */
  readonly arms: { readonly legacy?: string | URL | undefined; readonly service?: string | URL | undefined }
  /** Sent instead of recorded headers of the same name: the credentials that the recording does not hold. */
  readonly headers?: readonly HeaderPair[]
  /** The accepted rules for an exchange; give the same list for the same route. Default: none. */
  readonly rulesFor?: (exchange: Exchange) => readonly CompareRule[]
  /** `skip` (default) sends only safe methods; `send` sends all, for arms whose data may be changed. */
  readonly writes?: 'skip' | 'send'
  /** Requests at once, for each arm. Default 16. */
  readonly concurrency?: number
  /** Default 10 000. */
  readonly timeoutMs?: number
  /** Of one answer, decoded; more cannot be compared. Default 1 MiB. */
  readonly maxBodyBytes?: number
  /** 1 is the recorded pace, 2 twice as fast. Default: as fast as the arms answer. */
  readonly pace?: number | undefined
  readonly clock?: Clock
  readonly signal?: AbortSignal | undefined
  /** Called for each exchange that was sent. */
  readonly onReplayed?: (replayed: Replayed) => void
  /** Called after each exchange. */
  readonly onProgress?: (progress: ReplayProgress) => void
}

/**
 * Sends recorded requests again, in order for each caller and in parallel across callers, and compares the answers.
 * An arm that fails is counted and never ends the replay. Throws `replay-without-arm` and `url-invalid` (exit 64), and
 * what reading the exchanges throws.
 *
 * @example
 * await replayRecording({ exchanges: readRecording('traffic.ndjson'), arms: { legacy, service }, headers: [['x-api-key', key]] })
 */
export async function replayRecording(options: ReplayOptions): Promise<ReplayResult> {
  const { clock = systemClock, concurrency = 16, signal } = options
  const aborted = () => signal?.aborted === true
  const arms = connectArms(options)
  const report = buildReplayReport(clock)
  const replayOne = buildReplayOne(options, arms)
  try {
    await runInLanes(paced(options.exchanges, { times: options.pace, clock, signal }), {
      concurrency,
      laneOf: (exchange) => exchange.caller,
      run: async (exchange) => {
        if (aborted()) return
        report.read()
        const request = replayRequest(exchange, requestOptions(options))
        if (request.ok) {
          const replayed = await replayOne(exchange, request.request)
          if (aborted()) return
          report.add(replayed)
          options.onReplayed?.(replayed)
        } else report.skip(request.why)
        options.onProgress?.(report.progress())
      },
    })
  } finally {
    await Promise.all([arms.legacy?.close(), arms.service?.close()])
  }
  return report.result({ sides: sidesOf(arms), interrupted: aborted() })
}

function connectArms(options: ReplayOptions): ByArm<ReplayArm> {
  const bounds: ArmBounds = {
    connections: options.concurrency ?? 16,
    timeoutMs: options.timeoutMs ?? 10_000,
    maxBodyBytes: options.maxBodyBytes ?? 1024 * 1024,
    signal: options.signal,
  }
  const { legacy, service } = options.arms
  if (legacy === undefined && service === undefined) {
    throw new Fault('replay-without-arm', 'no arm to replay against', {
      hint: 'name one or both: --legacy URL --service URL',
      exitCode: exitCodes.usage,
    })
  }
  return {
    ...(legacy === undefined ? {} : { legacy: connectArm(legacy, bounds) }),
    ...(service === undefined ? {} : { service: connectArm(service, bounds) }),
  }
}

function requestOptions({ headers = [], writes = 'skip', arms }: ReplayOptions) {
  return { headers, writes, bothArms: arms.legacy !== undefined && arms.service !== undefined }
}

function sidesOf(arms: ByArm<ReplayArm>): readonly [string, string] {
  if (arms.legacy !== undefined && arms.service !== undefined) return ['legacy', 'service']
  return ['recorded', arms.legacy === undefined ? 'service' : 'legacy']
}

/** What the arms say now may hold secrets that the recording does not: differences are redacted before anyone sees them. */
function buildReplayOne(options: ReplayOptions, arms: ByArm<ReplayArm>) {
  const redact = buildRedactor({ key: randomBytes(32) })
  return async (exchange: Exchange, request: ReplayRequest): Promise<Replayed> => {
    const [legacy, service] = await Promise.all([arms.legacy?.send(request), arms.service?.send(request)])
    const answers = { ...(legacy === undefined ? {} : { legacy }), ...(service === undefined ? {} : { service }) }
    const verdict = verdictOf(exchange, answers, options.rulesFor?.(exchange) ?? [])
    return { exchange, answers, verdict: mapDifferences(verdict, redact.difference) }
  }
}

function verdictOf(exchange: Exchange, answers: ByArm<ArmAnswer>, rules: readonly CompareRule[]): Verdict {
  const { legacy, service } = answers
  if (legacy?.ok === false) return { kind: 'not-comparable', why: 'legacy-failed' }
  if (service?.ok === false) return { kind: 'not-comparable', why: 'service-failed' }
  if (legacy !== undefined && service !== undefined) {
    const both = { legacy: legacy.answer, service: service.answer }
    return compareReplayed(exchange.response.status, both, { rules })
  }
  const only = legacy ?? service
  if (only === undefined) return { kind: 'not-comparable', why: 'comparer-failed' }
  return compareWithRecorded(exchange, only.answer, { rules })
}
