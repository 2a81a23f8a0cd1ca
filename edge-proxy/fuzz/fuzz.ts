import { type Episode, makeEpisode } from './episode.ts'
import { judge } from './judge.ts'
import { shrink } from './shrink.ts'
import type { FuzzWorld } from './world.ts'

/** What a run did; `finding` is undefined when every episode held. */
export interface FuzzResult {
  readonly episodes: number
  /** Requests that arrived upstream whole. A run in which none did has shown nothing. */
  readonly arrived: number
  readonly finding: Finding | undefined
}

/** An episode that broke the invariant, made as small as it still breaks it. */
export interface Finding {
  readonly seed: number
  readonly what: string
  readonly smallest: Episode
}

/** Where a run begins, when it ends, and how often a finding is tried with less. */
export interface FuzzOptions {
  readonly seed: number
  goesOn(episodes: number): boolean
  readonly shrinkTries: number
}

/** Plays episodes from a seed on, until one breaks the invariant or `goesOn` says no. */
export async function fuzz(world: FuzzWorld, { seed, goesOn, shrinkTries }: FuzzOptions): Promise<FuzzResult> {
  let arrived = 0
  let ordinal = 0
  const findingIn = async (episode: Episode) => {
    const observed = await world.play(episode)
    arrived += observed.arrived.length
    return judge(episode, observed)
  }
  for (; goesOn(ordinal); ordinal++) {
    const episode = makeEpisode(seed + ordinal)
    const what = await findingIn(episode)
    if (what === undefined) continue
    const smallest = await shrink(episode, shrinkTries, async (smaller) => (await findingIn(smaller)) !== undefined)
    const still = await findingIn(smallest)
    return { episodes: ordinal + 1, arrived, finding: { seed: seed + ordinal, what: still ?? what, smallest } }
  }
  return { episodes: ordinal, arrived, finding: undefined }
}
