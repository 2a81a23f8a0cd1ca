import type { ObservedRequest, ServedRequest, TapLine } from '@banyan/edge-proxy/admin-api'
import { paintFor } from '../paint.ts'
import type { Shell } from '../shell.ts'
import { isTrouble, msText, servedText, troubleOf, verdictText } from './request-text.ts'

const gap = '  '

/** One line of `banyan tap` for people, as wide as the terminal: the request's id stands at its end, on both arms' lines. */
export function tapText(line: TapLine, shell: Pick<Shell, 'columns' | 'colour'>): string {
  switch (line.event) {
    case 'request':
      return requestText(line.request, shell)
    case 'verdict':
      return shadowText(line.request, shell)
    case 'left-out':
      return leftOutText(line, shell)
    default: {
      const never: never = line
      return never
    }
  }
}

function requestText(request: ObservedRequest, shell: Pick<Shell, 'columns' | 'colour'>): string {
  const paint = paintFor(shell)
  const took = request.kind === 'served' ? msText(request.timings.totalMs) : ''
  const head = `${clockText(request.at)} ${request.status} ${took.padStart(7)}`
  const trouble = troubleOf(request)
  const by = request.kind === 'served' ? `${request.route} ${servedText(request)}` : (request.route ?? '')
  const about = [by, trouble].filter((part) => part !== '').join(gap)
  const asked = `${request.method ?? ''} ${request.target ?? ''}`.trim()
  const text = fitted({ head, asked, about, id: request.id }, shell.columns)
  return isTrouble(request) ? paint.red(text) : text
}

function shadowText(request: ServedRequest, shell: Pick<Shell, 'columns' | 'colour'>): string {
  const { shadow } = request
  if (shadow === undefined) return ''
  const about = `${shadow.arm} ${verdictText(shadow)}`
  const text = fitted({ head: ' '.repeat(20), asked: '', about, id: request.id }, shell.columns)
  return shadow.verdict === 'mismatch' ? paintFor(shell).red(text) : paintFor(shell).dim(text)
}

function leftOutText(
  { sampled, unread }: Extract<TapLine, { event: 'left-out' }>,
  shell: Pick<Shell, 'colour'>,
): string {
  const parts = [
    ...(sampled > 0 ? [`${sampled} more than --rate in that second`] : []),
    ...(unread > 0 ? [`${unread} that were not read in time`] : []),
  ]
  return paintFor(shell).dim(`${' '.repeat(9)}left out: ${parts.join(', ')}`)
}

interface Parts {
  readonly head: string
  readonly asked: string
  readonly about: string
  readonly id: string
}

/** The target gives way first, for the rest says more. */
function fitted({ head, asked, about, id }: Parts, columns: number): string {
  const tail = shortened(id, 24)
  const room = columns - head.length - tail.length - 2 * gap.length
  const roomAsked = Math.max(
    0,
    Math.min(asked.length, Math.max(room - about.length - gap.length, Math.floor(room / 2))),
  )
  const left = asked === '' ? '' : `${shortened(asked, roomAsked)}${gap}`
  const right = shortened(about, Math.max(8, room - left.length + (left === '' ? gap.length : 0)))
  const body = `${head}${left === '' ? '' : gap}${left}${right}`
  return `${body.padEnd(columns - tail.length - gap.length)}${gap}${tail}`
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`
}

/** The time of day, in UTC as in the log. */
function clockText(at: string): string {
  return at.slice(11, 19)
}
