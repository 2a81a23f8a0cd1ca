/** What choosing asks of an address. */
export interface Candidate {
  /** Requests under way. */
  readonly outstanding: number
}

/**
 * The candidate that `isWanted` and has the fewest requests under way; among equals the first one from position `turn` on:
 * with `turn` behind the last one that was chosen, they take turns. Undefined when none is wanted.
 */
export function leastBusy<Of extends Candidate>(
  candidates: readonly Of[],
  turn: number,
  isWanted: (candidate: Of) => boolean,
): Of | undefined {
  let best: Of | undefined
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[(turn + i) % candidates.length]
    if (candidate === undefined || !isWanted(candidate)) continue
    if (best === undefined || candidate.outstanding < best.outstanding) best = candidate
  }
  return best
}
