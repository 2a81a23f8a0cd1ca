import type { Arrived } from '../test/strict-wire/byte-upstream.ts'
import { valuesOf } from '../test/strict-wire/message-head.ts'
import { readAnswers, type WireAnswer } from '../test/strict-wire/read-answers.ts'
import { readRequests, type WireRequest } from '../test/strict-wire/read-requests.ts'
import type { Client, Episode } from './episode.ts'
import { marksIn } from './mark.ts'
import { isSent } from './sent.ts'
import type { Observed } from './world.ts'
import { poison, writeAnswer } from './write-answer.ts'

/**
 * Says what an edge did wrong in an episode, or undefined: each request that arrived upstream is one that a client sent,
 * whole, once and in its order; each client got answers to its own requests, in their order, and no cut one that looks
 * whole; what belongs to nobody reached nobody.
 */
export function judge(episode: Episode, observed: Observed): string | undefined {
  const sent = episode.clients.map(({ pieces }) => readRequests(pieces.join('')).requests)
  return (
    unreadable(observed) ??
    unsent(episode, sent, observed.arrived) ??
    first(
      episode.clients.map((client, i) =>
        misanswered(episode, { client, sent: sent[i] ?? [], received: observed.received[i] ?? '' }),
      ),
    )
  )
}

function unreadable({ unread, arrived }: Observed): string | undefined {
  const broken = unread.find(({ wrong }) => wrong !== undefined)
  if (broken !== undefined)
    return `bytes upstream that are no request (${broken.wrong}): ${JSON.stringify(broken.bytes)}`
  const loose = arrived.find(({ looseEnds }) => looseEnds.length > 0)
  return (
    loose && `a request upstream that others may read otherwise (${loose.looseEnds}): ${JSON.stringify(loose.bytes)}`
  )
}

function unsent(
  episode: Episode,
  sent: readonly (readonly WireRequest[])[],
  arrived: readonly Arrived[],
): string | undefined {
  const left = sent.map((requests) => [...requests])
  for (const request of arrived) {
    const places = left.map((requests) => requests.findIndex((one) => isSent(one, request)))
    const owner = places.findIndex((place) => place >= 0)
    // What stood before it can no longer come: it would be out of order.
    if (owner >= 0) left[owner]?.splice(0, (places[owner] ?? 0) + 1)
    else if (!isRepeat(episode, request, arrived))
      return `nobody sent (or not there, or not again) ${JSON.stringify(request.bytes)}`
  }
  return undefined
}

const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** A request without a body may be sent again where its connection ended without an answer (RFC 9112, section 9.3.1). */
function isRepeat({ seed, plainAnswers }: Episode, request: Arrived, arrived: readonly Arrived[]): boolean {
  if (!idempotent.has(request.method) || request.body !== '' || plainAnswers) return false
  const same = arrived.filter(({ method, target }) => method === request.method && target === request.target)
  const [number = 0] = marksIn(request.bytes)
  const { kind } = writeAnswer(seed, number, { method: request.method, plain: false })
  return kind !== 'plain' && kind !== 'surplus' && same.length <= 2
}

interface Conversation {
  readonly client: Client
  readonly sent: readonly WireRequest[]
  readonly received: string
}

function misanswered(episode: Episode, { client, sent, received }: Conversation): string | undefined {
  if (received.includes(poison)) return `a client got what belongs to nobody: ${JSON.stringify(received)}`
  const { answers, wrong } = readAnswers(received, sent.map(methodSeen))
  if (wrong !== undefined) return `a client got what is no answer (${wrong}): ${JSON.stringify(received)}`
  for (const [i, answer] of answers.entries()) {
    const fault = misplaced(episode, answer, sent[i])
    if (fault !== undefined) return `answer ${i + 1} ${fault}: ${JSON.stringify(received)}`
  }
  const last = answers.at(-1)
  const ended = last !== undefined && valuesOf(last.headers, 'connection').some((value) => /close/i.test(value))
  if (!client.valid || !episode.plainAnswers || answers.length === sent.length || ended) return undefined
  return `${answers.length} answers to ${sent.length} valid requests: ${JSON.stringify(received)}`
}

/** The edge's parser gives up a request at a target like `x`, and the refusal has a body whatever the method was. */
function methodSeen({ method, target }: WireRequest): string {
  return /^(\/|http:)/i.test(target) ? method : 'GET'
}

function misplaced(episode: Episode, answer: WireAnswer, request: WireRequest | undefined): string | undefined {
  if (answer.status !== 200) return undefined
  const own = request === undefined ? [] : marksIn(request.bytes)
  const marks = marksIn(answer.headers.map(([name, value]) => `${name}: ${value}`).join('\n'))
  if (marks.some((mark) => !own.includes(mark))) return 'is to the request of another'
  // A request may bear several, one of them in a body, and lose one on the way, by a change or a Connection header.
  const [mark] = marks
  // A client of HTTP/1.0 may be given an answer that ends with its connection, and cannot tell.
  if (request === undefined || mark === undefined || request.version === '1.0' || !answer.whole) return undefined
  const written = writeAnswer(episode.seed, mark, { method: request.method, plain: episode.plainAnswers })
  if (written.kind === 'mutated' || (written.kind !== 'cut' && answer.body === written.body)) return undefined
  return 'looks whole and is not'
}

function first(findings: readonly (string | undefined)[]): string | undefined {
  return findings.find((finding) => finding !== undefined)
}
