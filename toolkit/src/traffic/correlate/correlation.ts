import { type Answer, headerMap, type IdPairs, type IdReport, jsonOfBody } from '../../compare/index.ts'
import type { Exchange } from '../exchange.ts'
import { type Carried, walkRequest } from './carried.ts'
import { buildComing } from './coming.ts'
import { buildCookieJar } from './cookie-jar.ts'
import { buildCreatedIds, type CreatedIds } from './created-ids.ts'
import { buildIdMap, type IdMap } from './id-map.ts'
import { buildKnownValues, type Known, type KnownValues } from './known-values.ts'
import { ownValues } from './own-values.ts'
import { type Produced, producedInBody, producedInHeaders } from './produced.ts'
import { isSecretToken } from './token-text.ts'

type Arm = 'legacy' | 'service'

/** An exchange as it was read: what its request carries, and what its recorded answer brought forth. */
export interface Traced {
  readonly exchange: Exchange
  readonly session: string
  readonly carried: readonly Carried[]
  readonly text: string | undefined
  readonly inHeaders: readonly Produced[]
  readonly inBody: readonly Produced[]
}

/** What both arms said to an exchange; undefined where one said nothing. */
export interface LiveAnswers {
  readonly legacy?: Answer | undefined
  readonly service?: Answer | undefined
}

/**
 * Follows values from the answers that brought them forth to the requests that carry them, on each arm by itself. `Turn` is
 * whatever stands for the sending of an exchange where one waits for another.
 */
export interface Correlation<Turn = unknown> {
  /** Looks at an exchange; call it in the order in which they were recorded. */
  trace(exchange: Exchange): Traced
  /** What must have been sent before: the exchange, of whichever session, that first brings forth what this one carries. */
  after(traced: Traced, turn: Turn): readonly Turn[]
  /** The exchange was sent, or will never be: nothing waits for it any more. */
  ended(traced: Traced): void
  /** What `arm` brought forth in place of a carried value; undefined when it is not known to be one, or is not there. */
  ownOf(traced: Traced, carried: Carried, arm: Arm): string | undefined
  /** Counts whether all that the request depends on is there, on every arm of `arms`. */
  depends(traced: Traced, arms: readonly Arm[]): void
  /** Learns what the arms brought forth; with no answers, that nothing was. */
  learn(traced: Traced, answers: LiveAnswers): void
  readonly ids: IdPairs
  /** `forgotten` counts values, pairs of ids and sessions' cookies that were beyond the bounds. */
  report(): IdReport & { readonly forgotten: number }
}

/** How much is remembered; more is forgotten, the oldest first, and counted. */
export interface CorrelationBounds {
  readonly values: number
  readonly sessions: number
}

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const longestText = 256 * 1024
const defaultBounds: CorrelationBounds = { values: 100_000, sessions: 20_000 }

/** Starts with nothing known. */
export function buildCorrelation<Turn = unknown>(bounds: CorrelationBounds = defaultBounds): Correlation<Turn> {
  const known = buildKnownValues(bounds.values)
  const ids = buildIdMap(bounds.values)
  const created = buildCreatedIds(ids, bounds.values)
  const jar = buildCookieJar(bounds.sessions)
  const coming = buildComing<Turn>()
  const dependent = { exchanges: 0, resolved: 0, unresolved: 0 }
  const hit = ({ session }: Traced, carried: Carried) => known.find(carried, session)
  return {
    trace,
    after: (traced, turn) => {
      const first = coming.carriedBy(traced)
      coming.add(traced, turn, (one) => known.find(one, traced.session) !== undefined)
      return first
    },
    ended: coming.ended,
    ownOf(traced, carried, arm) {
      const own = hit(traced, carried)?.[arm]
      return own ?? (carried.in === 'cookie' ? jar.find(traced.session, arm, carried.name) : undefined)
    },
    depends(traced, arms) {
      let hits = 0
      let missing = false
      for (const carried of traced.carried) {
        const one = hit(traced, carried)
        if (one === undefined) continue
        hits += 1
        if (arms.some((arm) => one[arm] === undefined)) missing = true
        confirm(one, { traced, carried }, ids)
      }
      if (hits === 0) return
      dependent.exchanges += 1
      dependent[missing ? 'unresolved' : 'resolved'] += 1
    },
    learn(traced, answers) {
      jar.learn(traced.session, answers)
      learnValues(traced, answers, { known, created })
    },
    ids,
    report: () => ({
      pairs: ids.pairs(),
      dependent: { ...dependent },
      conflicts: ids.conflicts(),
      learnt: ids.learnt(),
      forgotten: known.forgotten() + ids.forgotten() + jar.forgotten(),
    }),
  }
}

function trace(exchange: Exchange): Traced {
  const { request, response, caller, id } = exchange
  const carried: Carried[] = []
  walkRequest(request, (one) => {
    carried.push(one)
    return undefined
  })
  const { body } = response
  const text = body?.encoding === 'utf8' && !body.truncated && body.data.length <= longestText ? body.data : undefined
  const own = new Set(carried.map(({ value }) => value))
  const isNew = ({ value }: Produced) => !own.has(value)
  return {
    exchange,
    session: caller ?? `exchange ${id}`,
    carried,
    text,
    inHeaders: producedInHeaders(headerMap(response.headers)).filter(isNew),
    inBody: text === undefined ? [] : producedInBody(text, request.target).filter(isNew),
  }
}

/** That a later request carries it proves that it is an id; what legacy itself did not bring forth anew is none of ours. */
function confirm(
  known: Known,
  { traced, carried }: { readonly traced: Traced; readonly carried: Carried },
  ids: IdMap,
): void {
  const { legacy, service, noun, passing, moved } = known
  if (!moved || passing || legacy === undefined || service === undefined || legacy === service) return
  const { id, route } = traced.exchange
  ids.learn({ noun, legacy, service, passing }, id, { route, place: `${carried.in} ${carried.name || noun}`.trim() })
}

function learnValues(
  traced: Traced,
  answers: LiveAnswers,
  { known, created }: { readonly known: KnownValues; readonly created: CreatedIds },
): void {
  const { session, exchange } = traced
  const wrote = !safe.has(exchange.request.method)
  for (const part of ['inHeaders', 'inBody'] as const) {
    const recorded = traced[part]
    if (recorded.length === 0) continue
    const before = recorded.map((produced) => known.find(produced, session))
    const own = (arm: Arm) => ownValues(recorded, liveOf(traced, answers[arm], part), (at) => before[at]?.[arm])
    const legacy = own('legacy')
    const service = own('service')
    for (const [at, produced] of recorded.entries()) {
      const pair = { legacy: legacy[at], service: service[at] }
      if (wrote || isSecretToken(produced.value)) {
        const isNew = isSecretToken(produced.value) || known.find(produced, session) === undefined
        const target = exchange.request.target.split('?', 1)[0] ?? ''
        created.learn({ ...{ produced, target, isNew }, ...pair, exchange: exchange.id, route: exchange.route })
      }
      known.put(produced, session, pair)
    }
  }
}

function liveOf(traced: Traced, answer: Answer | undefined, part: 'inHeaders' | 'inBody'): readonly Produced[] {
  if (answer === undefined) return []
  if (part === 'inHeaders') return producedInHeaders(answer.headers)
  if (answer.truncated || answer.body.length > longestText * 2) return []
  const text = answer.body.toString('utf8')
  if (text === traced.text) return traced.inBody
  return producedInBody(text, traced.exchange.request.target, () => jsonOfBody(answer.body, text))
}
