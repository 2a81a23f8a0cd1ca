import { framingOf, readBody } from './message-body.ts'
import { type HeaderLine, readHead } from './message-head.ts'

/** A final answer; `whole` is false for one that the connection's end cut off. */
export interface WireAnswer {
  readonly status: number
  readonly headers: readonly HeaderLine[]
  readonly body: string
  readonly trailers: readonly HeaderLine[]
  readonly whole: boolean
}

/** The answers to a client's requests, in order, with the interim ones; `wrong` says what can be no answer. */
export interface AnswerReading {
  readonly answers: readonly WireAnswer[]
  readonly interim: readonly number[]
  readonly wrong: string | undefined
}

/**
 * Reads what one closed connection brought, as a strict client that sent requests with these methods does
 * (RFC 9112, sections 4 and 6.3).
 */
export function readAnswers(text: string, methods: readonly string[]): AnswerReading {
  const answers: WireAnswer[] = []
  const interim: number[] = []
  let at = 0
  while (at < text.length) {
    const next = readAnswer(text, at, methods[answers.length])
    if ('wrong' in next) return { answers, interim, wrong: next.wrong }
    if (next.answer.status < 200) interim.push(next.answer.status)
    else answers.push(next.answer)
    at = next.end
  }
  return { answers, interim, wrong: undefined }
}

interface Next {
  readonly answer: WireAnswer
  readonly end: number
}

function readAnswer(text: string, at: number, method: string | undefined): Next | { readonly wrong: string } {
  const cut = { status: 0, headers: [], body: '', trailers: [], whole: false }
  const head = readHead(text, at)
  if ('wrong' in head) return head
  if ('more' in head) return { answer: { ...cut, status: 599 }, end: text.length }
  const [, digits] = /^HTTP\/1\.1 ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(head.firstLine) ?? []
  if (digits === undefined) return { wrong: `status line ${JSON.stringify(head.firstLine.slice(0, 80))}` }
  const status = Number(digits)
  const { headers, bodyAt } = head
  const framing = framingOf(headers)
  if (typeof framing === 'object' && 'wrong' in framing) return framing
  const bodiless = method === 'HEAD' || status < 200 || status === 204 || status === 304
  if (bodiless) return { answer: { ...cut, status, headers, whole: true }, end: bodyAt }
  if (framing === undefined)
    return { answer: { ...cut, status, headers, body: text.slice(bodyAt), whole: true }, end: text.length }
  const body = readBody(text, bodyAt, framing)
  if ('wrong' in body) return body
  if ('more' in body) return { answer: { ...cut, status, headers, body: text.slice(bodyAt) }, end: text.length }
  const { content, trailers, end } = body
  return { answer: { status, headers, body: content, trailers, whole: true }, end }
}
