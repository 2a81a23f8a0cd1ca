import type { Exchange, HeaderPair, StoredBody } from '../exchange.ts'
import { lowerName } from '../header-name.ts'
import { carriedInJson } from './carried-json.ts'
import { nounOf, nounOfPath, nounOfSegment } from './id-like.ts'
import { isSecretToken, tokensReplaced } from './token-text.ts'

/** A value that a request carries, and what it is about there. */
export interface Carried {
  readonly value: string
  /** `customer` for `/customers/7` and `customerId=7`; empty when nothing says it. */
  readonly noun: string
  /** A name that cookies and fields have; empty for a path's segment. */
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body'
}

/** Looks at a value that a request carries; what it returns takes its place, undefined leaves it. */
export type Visit = (carried: Carried) => string | undefined

type Request = Exchange['request']

/**
 * The request with every value replaced for which `visit` gives another: segments of the path, query and form fields,
 * headers, cookies, and scalars of a JSON body. All else keeps its bytes. A token inside a longer text is visited too.
 */
export function walkRequest(request: Request, visit: Visit): Request {
  const target = walkTarget(request.target, visit)
  const headers = request.headers.map((pair) => walkHeader(pair, visit))
  const body = request.body === undefined ? undefined : walkBody(request, request.body, visit)
  return { method: request.method, target, headers, body }
}

function walkTarget(target: string, visit: Visit): string {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const segments = path.split('/')
  const walked = segments.map((segment, at) => {
    if (segment === '') return segment
    const noun = nounOfSegment(segments, at)
    return encodedAgain(segment, (value) => visited({ value, noun, name: '', in: 'path' }, visit))
  })
  if (mark < 0) return walked.join('/')
  return `${walked.join('/')}?${walkFields(target.slice(mark + 1), { in: 'query', around: nounOfPath(path) }, visit)}`
}

function walkFields(
  text: string,
  place: { readonly in: 'query' | 'body'; readonly around: string },
  visit: Visit,
): string {
  if (text === '') return text
  const fields = text.split('&').map((field) => {
    const equals = field.indexOf('=')
    if (equals < 0) return field
    const name = decoded(field.slice(0, equals))
    const noun = nounOf(name, place.around)
    const value = encodedAgain(field.slice(equals + 1), (plain) =>
      visited({ value: plain, noun, name, in: place.in }, visit),
    )
    return `${field.slice(0, equals)}=${value}`
  })
  return fields.join('&')
}

/** Who sent the request, and how: nothing in there was brought forth by an answer. */
const lookedAt = /^(?:authorization|if-match|if-none-match|x-|.*(?:token|csrf|xsrf|session|key|id)$)/
/** Sent with nearly every request. */
const passedBy: ReadonlySet<string> = new Set(
  'host connection accept accept-encoding accept-language user-agent referer origin content-type content-length'.split(
    ' ',
  ),
)

function isLookedAt(lower: string): boolean {
  return !passedBy.has(lower) && lookedAt.test(lower)
}

function walkHeader(pair: HeaderPair, visit: Visit): HeaderPair {
  const [name, value] = pair
  const lower = lowerName(name)
  if (lower === 'cookie') return [name, walkCookies(value, visit)]
  if (!isLookedAt(lower)) return pair
  const noun = nounOf(lower, '')
  const replaced = visited({ value, noun, name: lower, in: 'header' }, visit)
  return replaced === value ? pair : [name, replaced]
}

function walkCookies(text: string, visit: Visit): string {
  const pairs = text.split(';').map((pair) => {
    const equals = pair.indexOf('=')
    if (equals < 0) return pair
    const name = pair.slice(0, equals).trim()
    const value = pair.slice(equals + 1).trim()
    const replaced = visited({ value, noun: nounOf(name, ''), name, in: 'cookie' }, visit)
    return replaced === value ? pair : `${pair.slice(0, equals + 1)}${replaced}`
  })
  return pairs.join(';')
}

function walkBody(request: Request, body: StoredBody, visit: Visit): StoredBody {
  if (body.truncated || body.encoding === 'base64' || body.data === '') return body
  const data = walkBodyText(request, body.data, visit)
  return data === body.data ? body : { ...body, data, bytes: Buffer.byteLength(data) }
}

function walkBodyText({ headers, target }: Request, text: string, visit: Visit): string {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1].toLowerCase() ?? ''
  const around = nounOfPath(target)
  if (type.includes('x-www-form-urlencoded')) return walkFields(text, { in: 'body', around }, visit)
  if (/^\s*[[{]/.test(text)) {
    return carriedInJson(text, around, (value, noun, name) => visited({ value, noun, name, in: 'body' }, visit))
  }
  return tokensReplaced(text, (token) => visit({ value: token, noun: '', name: '', in: 'body' }))
}

/** The whole value is looked at first, then the tokens inside of it. */
function visited(carried: Carried, visit: Visit): string {
  const whole = visit(carried)
  if (whole !== undefined) return whole
  if (isSecretToken(carried.value)) return carried.value
  return tokensReplaced(carried.value, (value) => visit({ ...carried, value }))
}

/** Bytes stay what they were unless the value behind them changes. */
function encodedAgain(text: string, change: (value: string) => string): string {
  const plain = decoded(text)
  const changed = change(plain)
  return changed === plain ? text : encodeURIComponent(changed)
}

function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
