import { type Passage, servedBy } from '../passage/passage.ts'

/**
 * What an answer tells its client of how it came about, as flat header lines; none where the route table does not say
 * `expose: true`. `X-Served-By` is the arm with route and revision, `Server-Timing` (W3C Server Timing) what the time
 * until the answer's head went into, in ms. It is called when that head is there.
 *
 * @example
 * // X-Served-By: service;route="users.read";revision="9f2c1a77b0de"
 * // Server-Timing: edge;dur=0.4, service;dur=11.8, connect;dur=0.6
 */
export function exposedHeaders(passage: Passage): readonly string[] {
  const { matched, decision, table, request, notes, heldMs } = passage
  const { expose } = matched.kind === 'owner' ? matched.near : matched.route
  if (!expose) return none
  const by = notes.fallback?.arm ?? servedBy(decision)
  const why = notes.fallback === undefined ? '' : `;fallback="${notes.fallback.because}"`
  const upstreamMs = (notes.headMs ?? 0) + (notes.queuedMs ?? 0)
  const timings = [
    timing('edge', Math.max(0, performance.now() - request.startedMs - upstreamMs - (heldMs ?? 0))),
    timing(by, notes.headMs),
    timing('connect', notes.connectMs),
    timing('queue', notes.queuedMs),
    timing('hold', heldMs),
  ]
  return [
    'X-Served-By',
    `${by};route="${decision.route}";revision="${table.revision}"${why}`,
    'Server-Timing',
    timings.filter((each) => each !== undefined).join(', '),
  ]
}

const none: readonly string[] = []

function timing(name: string, ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : `${name};dur=${Math.round(ms * 10) / 10}`
}
