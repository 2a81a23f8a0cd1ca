import { createHash } from 'node:crypto'
import { type Json, parseJson } from '../../base/index.ts'
import type { Answer } from '../answer/answer.ts'
import { ownCopy } from './own-copy.ts'

const samplesPerRoute = 200
const maxBodyBytes = 64 * 1024
const maxBytes = 32 * 1024 * 1024

/** Some matching answers of each route, to try changes on: always the same ones of the same exchanges. */
export interface MatchingSample {
  add(route: string, exchange: string, answer: Answer): void
  ofRoute(route: string): readonly (Json | undefined)[]
}

interface Drawn {
  readonly rank: number
  readonly body: Buffer
}

/** Starts with none. The exchanges whose ids hash lowest are drawn, whatever the order in which they come. */
export function buildMatchingSample(): MatchingSample {
  const routes = new Map<string, Drawn[]>()
  let bytes = 0
  return {
    add(route, exchange, { body }) {
      if (body.length === 0 || body.length > maxBodyBytes || bytes > maxBytes) return
      const drawn = routes.get(route) ?? []
      routes.set(route, drawn)
      const rank = rankOf(exchange)
      if (drawn.length >= samplesPerRoute && rank >= (drawn.at(-1)?.rank ?? 0)) return
      bytes += body.length
      drawn.splice(placeFor(drawn, rank), 0, { rank, body: ownCopy(body) })
      if (drawn.length > samplesPerRoute) bytes -= drawn.pop()?.body.length ?? 0
    },
    ofRoute: (route) => (routes.get(route) ?? []).map(({ body }) => parseJson(body.toString('utf8'))),
  }
}

function rankOf(exchange: string): number {
  return createHash('md5').update(exchange).digest().readUInt32LE(0)
}

function placeFor(drawn: readonly Drawn[], rank: number): number {
  const place = drawn.findIndex((other) => other.rank > rank)
  return place < 0 ? drawn.length : place
}
