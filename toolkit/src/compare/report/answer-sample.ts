import { type Json, parseJson } from '../../base/index.ts'
import { ownCopy } from './own-copy.ts'

const samplesPerRoute = 200
const maxBodyBytes = 64 * 1024
const maxBytes = 32 * 1024 * 1024

/** Some answers of legacy of each route, to try changes on: always the same ones of the same exchanges. */
export interface AnswerSample {
  add(route: string, exchange: string, answer: Sampled<Buffer>): void
  ofRoute(route: string): readonly Sampled<Json | undefined>[]
}

/** A body, when it was counted (ms since 1970), and the paths (with `[*]`) at which the service's differs. */
export interface Sampled<Body> {
  readonly body: Body
  readonly at: number
  readonly differing: ReadonlySet<string>
}

interface Drawn extends Sampled<Buffer> {
  readonly rank: number
}

/** Starts with none. The exchanges whose ids hash lowest are drawn, whatever the order in which they come. */
export function buildAnswerSample(): AnswerSample {
  const routes = new Map<string, Drawn[]>()
  let bytes = 0
  return {
    add(route, exchange, { body, at, differing }) {
      if (body.length === 0 || body.length > maxBodyBytes || bytes > maxBytes) return
      const drawn = routes.get(route) ?? []
      routes.set(route, drawn)
      const rank = rankOf(exchange)
      if (drawn.length >= samplesPerRoute && rank >= (drawn.at(-1)?.rank ?? 0)) return
      bytes += body.length
      drawn.splice(placeFor(drawn, rank), 0, { rank, body: ownCopy(body), at, differing })
      if (drawn.length > samplesPerRoute) bytes -= drawn.pop()?.body.length ?? 0
    },
    ofRoute: (route) =>
      (routes.get(route) ?? []).map(({ body, at, differing }) => {
        return { body: parseJson(body.toString('utf8')), at, differing }
      }),
  }
}

/** FNV-1a, mixed at its end (MurmurHash3's): ids that count up must not rank as they count. */
function rankOf(exchange: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < exchange.length; at += 1) hash = Math.imul(hash ^ exchange.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function placeFor(drawn: readonly Drawn[], rank: number): number {
  const place = drawn.findIndex((other) => other.rank > rank)
  return place < 0 ? drawn.length : place
}
