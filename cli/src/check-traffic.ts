import { formatDurationMs, messageOf } from '@banyan/toolkit/base'
import type { RouteTable, Upstream } from '@banyan/toolkit/routing'
import { request } from 'undici'
import { type EdgeClient, edgeClients } from './edge-client.ts'
import { type EdgeReading, readEdges } from './edge-readings.ts'
import { edgesToAsk } from './edges-to-ask.ts'
import { type Finding, fail, ok, type Patient, warn } from './finding.ts'
import { checkUpstreams } from './upstream-report.ts'

const timeoutMs = 3000
const clockDriftMs = 2000

/** Upstreams and edges of a route table. */
export async function checkTraffic(table: RouteTable, patient: Patient): Promise<readonly Finding[]> {
  const upstreams = [...table.upstreams.values()].flatMap((upstream) =>
    upstream.urls.map((url) => checkUpstream(upstream, url)),
  )
  return [...(await Promise.all(upstreams)), ...(await checkEdges(table, patient))]
}

/** Any answer will do: who answers 404 is reachable. */
async function checkUpstream({ name }: Upstream, url: URL): Promise<Finding> {
  const check = `upstream ${name}`
  try {
    const { statusCode, body } = await request(url, { reset: true, signal: AbortSignal.timeout(timeoutMs) })
    await body.dump()
    return ok(check, `${url.origin} answers (${statusCode})`)
  } catch (thrown) {
    // An edge may trust another certificate authority than this process does.
    const trust =
      url.protocol === 'https:' ? '; its certificate was not looked at with the "ca" of the route table' : ''
    return fail(
      check,
      `${url.origin} does not answer: ${messageOf(thrown)}${trust}`,
      'start it, or mend its url in the route table',
    )
  }
}

async function checkEdges(table: RouteTable, { place, shell }: Patient): Promise<readonly Finding[]> {
  if (table.edges.length === 0) {
    return [warn('edges', 'the route table names none', 'add its admin address: edges: [http://127.0.0.1:8081]')]
  }
  const edges = edgeClients(table.edges, place)
  const { readings, failures } = await readEdges(edges)
  const silent = failures.map((fault) => fail('edge', fault.message, fault.hint ?? 'banyan edge'))
  const answering = edges.filter(({ url }) => readings.some((reading) => reading.url === url))
  const shadows = await Promise.all(answering.map(checkShadows))
  return [
    ...silent,
    ...readings.flatMap((reading) => checkEdge(reading, table, shell.clock.now())),
    ...readings.flatMap(checkUpstreams),
    ...shadows.flat(),
  ]
}

/** Sends a made-up read through each shadow: that nothing mismatched says nothing where nothing was compared. */
async function checkShadows(edge: EdgeClient): Promise<readonly Finding[]> {
  const { host } = new URL(edge.url)
  try {
    const { shadows } = await edge.probe()
    return shadows.map(({ route, state, by, why }) =>
      state === 'proven'
        ? ok(
            `shadow of ${route}`,
            `reaches its arm and the tally, as ${by === 'probe' ? 'a probe' : 'traffic'} shows (${host})`,
          )
        : warn(`shadow of ${route}`, `${state}: ${why} (${host})`, 'until it is proven, its gates stay unknown'),
    )
  } catch (thrown) {
    return [warn('shadows', `${host} could not be probed: ${messageOf(thrown)}`, 'is the edge of this version?')]
  }
}

/** What runs although the file is not valid, if anything does. */
export async function checkLive({ place }: Patient): Promise<readonly Finding[]> {
  const { urls, invalid } = await edgesToAsk(place).catch(() => ({ urls: [], invalid: undefined }))
  if (invalid === undefined) return []
  const { readings } = await readEdges(edgeClients(urls, place))
  return readings.map(({ url, status }) =>
    ok(`edge ${new URL(url).host}`, `still runs the last good route table, revision ${status.revision}`),
  )
}

function checkEdge({ url, status }: EdgeReading, table: RouteTable, now: number): readonly Finding[] {
  const check = `edge ${new URL(url).host}`
  const driftMs = Math.abs(Date.parse(status.now) - now)
  return [
    status.revision === table.revision
      ? ok(check, `runs the file (revision ${status.revision})`)
      : fail(
          check,
          `runs revision ${status.revision} of ${status.file}, the file is ${table.revision}`,
          whyOther(status),
        ),
    driftMs > clockDriftMs
      ? warn(`${check} clock`, `differs by ${formatDurationMs(driftMs)}`, 'let a time service set both clocks')
      : ok(`${check} clock`, 'agrees'),
    ...(status.draining ? [warn(check, 'drains: it is being stopped', 'start another one')] : []),
  ]
}

function whyOther({ refused }: EdgeReading['status']): string {
  if (refused.length > 0) return `it refuses the file: ${refused.join('; ')}`
  return 'is it the same file? A change is live within a second, or at once with banyan flip'
}
