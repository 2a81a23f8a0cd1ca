import type { JsonObject } from '../../base/index.ts'
import type { HoldReport } from '../../data-sync/index.ts'

/** What became of the requests that one edge held: its answer to `POST /release`. `waitsMs` ascends. */
export interface EdgeRelease {
  readonly held: number
  readonly released: number
  readonly refused: number
  readonly left: number
  readonly waitsMs: readonly number[]
}

/** An edge's answer to `POST /release` as it came over the wire; what is missing counts as none. */
export function releaseIn(answer: JsonObject): EdgeRelease {
  const count = (name: string) => (typeof answer[name] === 'number' ? answer[name] : 0)
  const waits = Array.isArray(answer.waitsMs) ? answer.waitsMs.filter((wait) => typeof wait === 'number') : []
  return {
    held: count('held'),
    released: count('released'),
    refused: count('refused'),
    left: count('left'),
    waitsMs: waits,
  }
}

/** Sums what the edges held; the quantiles (nearest rank) are over all waits together. */
export function mergeReleases(releases: readonly EdgeRelease[]): HoldReport {
  const sum = (count: (release: EdgeRelease) => number) =>
    releases.reduce((total, release) => total + count(release), 0)
  const waits = releases.flatMap(({ waitsMs }) => waitsMs).sort((a, b) => a - b)
  return {
    held: sum(({ held }) => held),
    released: sum(({ released }) => released),
    refused: sum(({ refused }) => refused),
    left: sum(({ left }) => left),
    p50Ms: nearestRank(waits, 0.5),
    p99Ms: nearestRank(waits, 0.99),
    maxMs: waits.at(-1),
  }
}

function nearestRank(ascending: readonly number[], share: number): number | undefined {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)]
}
