import type { DifferenceCluster } from '@banyan/toolkit/compare'
import type { Tried } from './bench.ts'
import { type Expectation, expectations } from './expectations.ts'

/** How one regression came out. */
export interface Finding {
  readonly name: string
  /** Answers that showed it. */
  readonly spoiled: number
  readonly clusters: readonly DifferenceCluster[]
  /** Whether one of its clusters guesses the cause right. */
  readonly causeIsRight: boolean
  /** Whether no cluster of its own holds more exchanges than were spoiled: none of another cause. */
  readonly ofItsOwn: boolean
}

/** How every planted regression came out. */
export function findingsOf({ report, spoiled }: Pick<Tried, 'report' | 'spoiled'>): readonly Finding[] {
  return expectations.flatMap((expectation) => {
    const planted = spoiled[expectation.name]
    return planted === undefined ? [] : [findingOf(expectation, planted, report.clusters)]
  })
}

function findingOf(expectation: Expectation, spoiled: number, all: readonly DifferenceCluster[]): Finding {
  const clusters = all.filter((cluster) => expectation.shows(cluster))
  const guesses = clusters.map(({ pattern, cause }) => `${pattern} ${cause ?? ''}`)
  return {
    name: expectation.name,
    spoiled,
    clusters,
    causeIsRight: guesses.some((guess) => expectation.cause.test(guess)),
    ofItsOwn: clusters.length > 0 && clusters.every(({ exchanges }) => exchanges <= spoiled),
  }
}

/** One line for each regression: for people who look at why something was not found. */
export function textOf(findings: readonly Finding[]): string {
  return findings.map(lineOf).join('\n')
}

function lineOf({ name, spoiled, clusters, causeIsRight, ofItsOwn }: Finding): string {
  const shown = clusters.map(({ kind, path, pattern, exchanges, cause }) => {
    return `${kind} ${path} ${pattern} in ${exchanges}: ${cause ?? 'no guess'}`
  })
  const signs = `${clusters.length > 0 ? 'found' : 'MISSED'} ${ofItsOwn ? 'own' : 'MIXED'} ${causeIsRight ? 'right' : 'WRONG'}`
  return `${name.padEnd(12)} ${String(spoiled).padStart(5)} ${signs} ${shown.join(' | ')}`
}
