// One measurement of one proxy, and what is made of several.
import { cpuSecondsOf, startHelper, told } from './processes.mjs'
import { hasWrk, loadByWrk } from './wrk.mjs'

/** Loads a proxy for a while; `child` undefined: nobody's CPU time is taken. */
export async function measure({ child, port }, { connections, ms, kind }) {
  const before = child === undefined ? 0 : cpuSecondsOf(child)
  const result = hasWrk
    ? await loadByWrk(port, { connections, ms, kind })
    : await told(startHelper('load', 'load.mjs', port, connections, ms, kind))
  const cpuSeconds = child === undefined ? Number.NaN : cpuSecondsOf(child) - before
  return { ...result, perSecond: result.requests / result.seconds, perCpuSecond: result.requests / cpuSeconds }
}

/** Loads a proxy at a rate, whether it keeps up or not. */
export function measureOpen({ port }, { perSecond, ms }) {
  return told(startHelper('load', 'open-load.mjs', port, perSecond, ms))
}

/** The median of the ratios of rounds that were measured one after the other. */
export function pairedRatio(rounds, reference) {
  return median(rounds.map((round, n) => round.perCpuSecond / reference[n].perCpuSecond))
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
