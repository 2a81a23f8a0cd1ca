import { formatDurationMs } from '../../../base/index.ts'
import type { ObservedWriter } from '../../ports/owner.ts'
import type { Check, PreflightOptions, Seeing } from './preflight.ts'

/** Nobody was seen writing past the edges for the time that is asked for. Only an observing fence can see that. */
export async function quietChecks({ bench, from, options }: Seeing): Promise<readonly Check[]> {
  const { quietForMs } = options
  if (quietForMs === undefined) return []
  const name = 'quiet'
  const owners = bench.jobs.owners[from]
  if ((await owners.read())?.fence !== 'observe') {
    return [
      {
        name,
        outcome: 'unknown',
        detail: `the fence of ${from} does not observe, so nobody knows who writes`,
        hint: `banyan fence ${bench.capability} observe, then wait`,
      },
    ]
  }
  const since = bench.clock.now() - quietForMs
  const loud = (await owners.observed()).filter(
    (writer) => writer.lastAt > since && !isExcepted(writer, options.except),
  )
  const time = formatDurationMs(quietForMs)
  const [first] = loud
  if (first === undefined) return [{ name, outcome: 'pass', detail: `nobody else wrote within ${time}` }]
  return [
    {
      name,
      outcome: 'fail',
      detail: `${loud.length} kinds of writers within ${time}, such as ${shown(first)}`,
      hint: 'send them through the edge, or name them as an exception',
    },
  ]
}

function isExcepted({ application, columns }: ObservedWriter, except: PreflightOptions['except']): boolean {
  if (application !== undefined && except?.applications?.includes(application)) return true
  return columns.length > 0 && columns.every((column) => except?.columns?.includes(column))
}

function shown({ application = 'somebody', operation, table, columns, count }: ObservedWriter): string {
  return `${application}: ${operation} of ${table} (${columns.join(', ')}), ${count} times`
}
