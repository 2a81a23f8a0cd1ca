import type { EdgeStatus } from '@banyan/edge-proxy/admin-api'
import type { EdgeReading } from './edge-readings.ts'
import { limitWarnings } from './limit-warnings.ts'

/** What of an edge people should look at. `revision` is that of the file. */
export function warningsOf({ url, status }: EdgeReading, revision: string): readonly string[] {
  const differs = `${url} runs revision ${status.revision}, the file is ${revision}`
  return [
    ...(status.revision === revision ? [] : [differs]),
    ...status.refused.map((problem) => `${url} refuses the file: ${problem}`),
    ...(status.draining ? [`${url} drains`] : []),
    ...limitWarnings(url, status.limits),
    ...workerWarnings(url, status.workers),
    ...((status.logLinesLost ?? 0) > 0
      ? [`${url} has lost ${status.logLinesLost} log lines: a full disk, or a slow reader`]
      : []),
    ...status.upstreams.flatMap(({ upstream, lastError }) => (lastError ? [`upstream ${upstream}: ${lastError}`] : [])),
  ]
}

function workerWarnings(url: string, workers: EdgeStatus['workers']): readonly string[] {
  if (workers === undefined) return []
  const { wanted, running, crashed, stuck = 0, lastCrash } = workers
  const times = crashed === 1 ? 'once' : `${crashed} times`
  const hung = stuck === 0 ? '' : ` (${stuck} gave no sign of life and had to be killed)`
  return [
    ...(running.length < wanted ? [`${url} runs ${running.length} of ${wanted} workers`] : []),
    ...(crashed > 0
      ? [`${url}: a worker died ${times}${hung}, last at ${lastCrash}, and was replaced; its log says why`]
      : []),
  ]
}
