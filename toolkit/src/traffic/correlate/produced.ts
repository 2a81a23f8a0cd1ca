import { parseJson } from '../../base/index.ts'
import { nounOf, nounOfPath } from './id-like.ts'
import { producedInHtml } from './produced-html.ts'
import { producedInJson } from './produced-json.ts'
import { linksOf } from './produced-links.ts'

/** A value that an answer brought forth: something that a later request may carry. */
export interface Produced {
  readonly value: string
  /** Where in the answer, with `[*]` for every index: both arms bring forth the same thing in the same place. */
  readonly place: string
  /** What it is about: `customer`; empty when nothing says it. */
  readonly noun: string
  /** A session or a version of something: the newest counts, and it is no id that two arms must agree on. */
  readonly passing: boolean
}

/** More of one answer is not looked at: a list of everything brings forth nothing that only it would tell. */
const maxProduced = 2000

/**
 * The values that a body brought forth: ids in JSON, hidden fields and links in HTML. `target` says what it is about, `json` gives
 * the value of a body that is JSON.
 */
export function producedInBody(text: string, target: string, json = () => parseJson(text)): readonly Produced[] {
  const produced: Produced[] = []
  const add = collect(produced)
  if (/^\s*[[{]/.test(text)) producedInJson(json(), nounOfPath(target), add)
  else if (text.includes('<')) producedInHtml(text, nounOfPath(target), add)
  return produced
}

/** The values that headers brought forth: cookies, the ids in `Location`, `ETag`, and tokens. Names in lower case. */
export function producedInHeaders(headers: ReadonlyMap<string, readonly string[]>): readonly Produced[] {
  const produced: Produced[] = []
  const add = collect(produced)
  for (const [name, values] of headers) producedInHeader(name, values, add)
  return produced
}

function collect(produced: Produced[]): AddProduced {
  return (one) => {
    if (produced.length < maxProduced && one.value !== '') produced.push(one)
  }
}

/** Takes one value that was found. */
export type AddProduced = (produced: Produced) => void

const tokenHeader = /token|csrf|xsrf|session|-id$/
const ofTheRequest = /request-id|trace|correlation-id/

function producedInHeader(name: string, values: readonly string[], add: AddProduced): void {
  if (name === 'set-cookie') for (const value of values) producedInCookie(value, add)
  else if (name === 'location' || name === 'content-location') {
    for (const value of values) linksOf(value, { place: `header:${name}`, passing: false }, add)
  } else if (name === 'etag' || (tokenHeader.test(name) && !ofTheRequest.test(name))) {
    for (const value of values) add({ value, place: `header:${name}`, noun: nounOf(name, ''), passing: true })
  }
}

function producedInCookie(text: string, add: AddProduced): void {
  const [pair = ''] = text.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, equals).trim()
  if (equals > 0)
    add({ value: pair.slice(equals + 1).trim(), place: `cookie:${name}`, noun: nounOf(name, ''), passing: true })
}
