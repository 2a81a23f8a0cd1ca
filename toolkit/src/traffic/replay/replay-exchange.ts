import {
  type AskedAgain,
  compareReplayed,
  type LegacyAgain,
  type RecordedOutcome,
  type Verdict,
} from '../../compare/index.ts'
import type { Traced } from '../correlate/correlation.ts'
import type { Exchange } from '../exchange.ts'
import type { ArmAnswer } from './arm-answer.ts'
import { comparedExchange } from './compared-exchange.ts'
import { isDrawn } from './draw.ts'
import type { Replay } from './open-replay.ts'
import { compareWithRecorded } from './recorded-answer.ts'
import { type ReplayRequest, type RequestMade, replayRequest, safeMethods, whyNotSent } from './replay-request.ts'
import type { ByArm, Replayed } from './replayed.ts'

/** An exchange on its way. */
export interface Work {
  /** Where it stands in the recording, from 0. */
  readonly at: number
  readonly exchange: Exchange
  readonly traced: Traced
}

/** Sends one exchange to each arm, compares, asks again where that is wanted, and counts. */
export async function replayExchange(replay: Replay, work: Work): Promise<void> {
  if (replay.interrupted()) return
  const requests = requestsOf(replay, work)
  if (!requests.ok) {
    replay.correlation.learn(work.traced, {})
    replay.counts.skip(requests.why, work.exchange.route)
  } else {
    const writes = !safeMethods.has(work.exchange.request.method)
    // What changes data is noted first: cut off while it is under way, it must not be done twice.
    if (writes) replay.resumed.sent(work.at, work.exchange)
    const replayed = await sendAndCompare(replay, work, requests.requests)
    if (replay.interrupted()) return
    if (!writes) replay.resumed.sent(work.at, work.exchange)
    replay.counts.sent(replayed)
    if (requests.compared) replay.compared(comparedExchange(replayed, replay.options))
    replay.options.onReplayed?.(replay.redacted(replayed))
  }
  replay.options.onProgress?.(replay.progress())
}

type Requests =
  | { readonly ok: true; readonly requests: ByArm<ReplayRequest>; readonly compared: boolean }
  | Extract<RequestMade, { readonly ok: false }>

function requestsOf(replay: Replay, { exchange, traced }: Work): Requests {
  const { options, correlation } = replay
  const why = whyNotSent(exchange, options.writes ?? 'skip')
  if (why !== undefined) return { ok: false, why }
  const arms = armsOf(replay, exchange)
  correlation.depends(traced, arms)
  const requests: { legacy?: ReplayRequest; service?: ReplayRequest } = {}
  for (const arm of arms) {
    const made = replayRequest(exchange, {
      headers: replay.headersOf[arm],
      bothArms: replay.asked.length > 1,
      own: replay.ownOf(traced, arm),
    })
    if (!made.ok) return made
    requests[arm] = made.request
  }
  return { ok: true, requests, compared: arms.length === replay.asked.length }
}

function armsOf({ asked, options }: Replay, exchange: Exchange): Replay['asked'] {
  const arms = options.armsOf?.(exchange) ?? 'both'
  return arms === 'both' ? asked : asked.filter((arm) => arm === arms)
}

async function sendAndCompare(replay: Replay, work: Work, requests: ByArm<ReplayRequest>): Promise<Replayed> {
  const { exchange, traced } = work
  const answers = await ask(replay, requests)
  replay.options.onAnswered?.({ exchange, requests, answers })
  const [legacy, service] = [answerOf(answers.legacy), answerOf(answers.service)]
  if (!isAskedOfAll(replay, requests)) {
    // What the only one brought forth is the other's too: in production the service is handed legacy's cookie.
    replay.correlation.learn(traced, { legacy: legacy ?? service, service: service ?? legacy })
    return { exchange, answers, verdict: { kind: 'not-comparable', why: 'not-asked' } }
  }
  replay.correlation.learn(traced, { legacy, service })
  const verdict = verdictOf(replay, exchange, answers)
  if (replay.interrupted() || !safeMethods.has(exchange.request.method)) return { exchange, answers, verdict }
  const why = whyAskAgain(replay, exchange, verdict)
  const again = why === undefined ? undefined : (await ask(replay, { legacy: requests.legacy })).legacy
  const legacyAgain = why !== undefined && again?.ok === true ? { answer: again.answer, why } : undefined
  const askedAgain = verdict.kind === 'mismatch' ? await askedAfterLag(replay, exchange, requests) : undefined
  return { exchange, answers, verdict, legacyAgain, askedAgain }
}

function isAskedOfAll({ asked }: Replay, requests: ByArm<ReplayRequest>): boolean {
  return asked.every((arm) => requests[arm] !== undefined)
}

/** All at once; resolves when each of them has answered or failed. */
function ask({ arms }: Replay, requests: ByArm<ReplayRequest | undefined>): Promise<ByArm<ArmAnswer>> {
  return new Promise((resolve) => {
    const answers: { legacy?: ArmAnswer; service?: ArmAnswer } = {}
    let open = 1
    const ended = () => {
      open -= 1
      if (open === 0) resolve(answers)
    }
    for (const name of ['legacy', 'service'] as const) {
      const [arm, request] = [arms[name], requests[name]]
      if (arm === undefined || request === undefined) continue
      open += 1
      arm.send(request, (answer) => {
        answers[name] = answer
        ended()
      })
    }
    ended()
  })
}

function answerOf(answer: ArmAnswer | undefined) {
  return answer?.ok === true ? answer.answer : undefined
}

function verdictOf(replay: Replay, exchange: Exchange, { legacy, service }: ByArm<ArmAnswer>): Verdict {
  if (legacy?.ok === false) return { kind: 'not-comparable', why: 'legacy-failed' }
  if (service?.ok === false) return { kind: 'not-comparable', why: 'service-failed' }
  const rules = replay.options.rulesFor?.(exchange) ?? noRules
  const options = { rules, ids: replay.correlation.ids, origins: replay.origins }
  if (legacy !== undefined && service !== undefined) {
    return compareReplayed(outcomeOf(exchange), { legacy: legacy.answer, service: service.answer }, options)
  }
  const only = legacy ?? service
  if (only === undefined) return { kind: 'not-comparable', why: 'comparer-failed' }
  return compareWithRecorded(exchange, only.answer, { ...options, token: replay.redact.token })
}

function outcomeOf({ response: { status, headers, body } }: Exchange): RecordedOutcome {
  if (body === undefined) return { status }
  return { status, contentType: headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] }
}

/** One list, for rules are compiled once per list. */
const noRules = [] as const

/** What legacy says twice differently in one run is its own noise; undefined where it is not asked twice. */
function whyAskAgain({ options, asked }: Replay, { id }: Exchange, verdict: Verdict): LegacyAgain['why'] | undefined {
  const { noise, seed = 'banyan' } = options
  if (noise === undefined || asked.length < 2) return undefined
  if (isDrawn(seed, id, noise.share)) return 'drawn'
  return verdict.kind === 'mismatch' && noise.mismatches !== false ? 'mismatched' : undefined
}

/** Data that was on its way is there once the sync's lag has passed; what still differs then is no matter of time. */
async function askedAfterLag(
  replay: Replay,
  exchange: Exchange,
  requests: ByArm<ReplayRequest>,
): Promise<AskedAgain | undefined> {
  const { clock, options } = replay
  const { lagPassed, signal } = options
  if (lagPassed === undefined || replay.asked.length < 2 || !replay.mayAskAgain()) return undefined
  const answeredAt = clock.monotonic()
  await lagPassed(signal)
  if (replay.interrupted()) return undefined
  const verdict = verdictOf(replay, exchange, await ask(replay, requests))
  return { verdict, afterMs: clock.monotonic() - answeredAt }
}
