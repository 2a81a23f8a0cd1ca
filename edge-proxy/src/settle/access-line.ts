import { type Outcome, type Passage, servedBy } from '../passage/passage.ts'

const maxPath = 2048

/**
 * One request as a line of JSON, as pino writes its lines, and made without it: this is the one line that every request
 * pays for, and a serialiser takes three times as long. Neither query, header nor body is in it (law 8). Given a
 * share below 100, the line says of what share it is (`sample`), so that counts can be worked out. What stands unquoted is
 * safe by where it comes from: names of a route table, addresses, a method's token (RFC 9110, section 5.6.2), ids that were checked.
 */
export function accessLine(passage: Passage, outcome: Outcome, percent: number): string {
  const { request, decision, table } = passage
  const path = request.path.length > maxPath ? `${request.path.slice(0, maxPath)}...` : request.path
  return (
    `{"level":30,"time":"${timeOf(Date.now())}","id":"${request.id}","traceId":"${request.trace.traceId}",` +
    `"method":"${request.method}","path":${quoted(path)},"peer":"${request.peer}",` +
    `"route":"${decision.route}","arm":"${servedBy(decision)}",` +
    `"upstream":"${decision.served.name}","revision":"${table.revision}","why":${quoted(decision.why)},` +
    `"status":${outcome.status},"tookMs":${rounded(performance.now() - request.startedMs)}` +
    `${journey(passage)}${ending(outcome)}${percent < 100 ? `,"sample":"${percent}%"` : ''},"msg":"request"}\n`
  )
}

/** What only some requests have. */
function journey({ notes, heldMs, request }: Passage): string {
  const { url, headMs, queuedMs, connectMs, attempts, fallback } = notes
  const { address } = request.client
  return (
    (address === request.peer ? '' : `,"client":${quoted(address)}`) +
    (url === undefined ? '' : `,"url":"${url}"`) +
    field('headMs', headMs) +
    field('connectMs', connectMs) +
    field('queuedMs', queuedMs) +
    field('heldMs', heldMs) +
    (attempts > 1 ? `,"attempts":${attempts}` : '') +
    (fallback === undefined ? '' : `,"fallback":${quoted(fallback.arm)},"because":${quoted(fallback.because)}`)
  )
}

function ending(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answered':
      return ''
    case 'cut':
      return `,"cutBy":"${outcome.by}"${outcome.detail === undefined ? '' : `,"detail":${quoted(outcome.detail)}`}`
    case 'fault':
      return `,"fault":"${outcome.fault}","detail":${quoted(outcome.detail)}`
    default: {
      const never: never = outcome
      return never
    }
  }
}

function field(name: string, ms: number | undefined): string {
  return ms === undefined ? '' : `,"${name}":${rounded(ms)}`
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/** As JSON writes a string; most need no escaping, and to see that is cheaper than to do it. */
function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text)
}

let latestMs = 0
let latest = ''

/** ISO 8601 in UTC; many requests end in the same millisecond. */
function timeOf(ms: number): string {
  if (ms !== latestMs) {
    latestMs = ms
    latest = new Date(ms).toISOString()
  }
  return latest
}
