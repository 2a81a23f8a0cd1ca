import type { ObservedRequest, RefusedRequest, ServedRequest } from '@banyan/edge-proxy/admin-api'
import { paintFor } from '../paint.ts'
import type { Shell } from '../shell.ts'
import { wrap } from '../wrap.ts'
import { agoText, msText, servedText, troubleOf, verdictText } from './request-text.ts'

type Line = readonly [name: string, text: string]

/** How one request went, for people: what, who served and why, and where the time went. */
export function whyText(request: ObservedRequest, shell: Shell): string {
  const asked = `${request.method ?? 'a request'} ${request.target ?? ''}`.trim()
  const title = paintFor(shell).bold(
    wrap(`${asked}  ->  ${request.status}, ${agoText(request.at, shell.clock.now())}`, shell.columns),
  )
  const lines = request.kind === 'served' ? servedLines(request) : refusedLines(request)
  return `${title}\n\n${lines.map((line) => lineText(line, shell)).join('\n')}`
}

function servedLines(request: ServedRequest): readonly Line[] {
  const { caller, shadow, timings, fallback, attempts } = request
  const bucket = caller.bucket === undefined ? '' : `, bucket ${caller.bucket} of 10000`
  const by =
    caller.by === 'nothing' ? 'cannot be told apart from others' : `known by ${callerWords[caller.by]}${bucket}`
  return [
    ['id', request.id],
    ['route', `${request.route}: ${request.match} (${request.place})`],
    ['revision', request.revision],
    ['served by', `${servedText(request)}; ${request.why}`],
    ...(fallback === undefined ? [] : [['fallback', `instead of ${request.arm}: ${fallback.because}`] as const]),
    ['upstream', request.url === undefined ? `${request.upstream}, not asked` : `${request.upstream}, ${request.url}`],
    ...(attempts > 1 ? [['attempts', String(attempts)] as const] : []),
    ...(request.outcome === 'answered' ? [] : [['failed', failedText(request)] as const]),
    ['caller', by],
    ['client', request.client],
    ['time', timeText(timings)],
    ['trace', request.traceId],
    ...(shadow === undefined
      ? []
      : [['shadow', `${shadow.arm}: ${verdictText({ ...shadow, differences: [] })}`] as const]),
    ...(shadow?.differences ?? []).map((difference): Line => ['', difference]),
    ...(shadow !== undefined && shadow.differencesLeftOut > 0
      ? [['', `and ${shadow.differencesLeftOut} more`] as const]
      : []),
  ]
}

const callerWords = { header: 'its header', 'edge-cookie': "the edge's cookie", session: 'its session' } as const

function refusedLines({ id, code, detail, route, client }: RefusedRequest): readonly Line[] {
  return [
    ['id', id],
    ['refused', `${code}: ${detail}`],
    ...(route === undefined ? [] : [['route', route] as const]),
    ...(client === undefined ? [] : [['client', client] as const]),
  ]
}

function failedText(request: ServedRequest): string {
  const { detail } = request
  return detail === undefined ? troubleOf(request) : `${troubleOf(request)}: ${detail}`
}

/** Where the time went, in its order; the rest is the answer's body and the edge itself. */
function timeText({ totalMs, heldMs, queuedMs, connectMs, headMs }: ServedRequest['timings']): string {
  const parts = [
    ...(heldMs === undefined ? [] : [`held ${msText(heldMs)}`]),
    ...(queuedMs === undefined ? [] : [`waited for a connection ${msText(queuedMs)}`]),
    ...(connectMs === undefined ? [] : [`connected after ${msText(connectMs)}`]),
    ...(headMs === undefined ? [] : [`answer began after ${msText(headMs)}`]),
  ]
  return parts.length === 0 ? msText(totalMs) : `${msText(totalMs)}: ${parts.join(', ')}`
}

function lineText([name, text]: Line, shell: Shell): string {
  const indent = ' '.repeat(13)
  const wrapped = wrap(text, Math.max(20, shell.columns - indent.length)).split('\n')
  const [first = '', ...rest] = wrapped.map((line) => line.trim())
  return [`  ${paintFor(shell).dim(name.padEnd(9))}  ${first}`, ...rest.map((line) => `${indent}${line}`)].join('\n')
}
