import { addFinding, type Findings } from '../body/findings.ts'
import { sameUnderIds } from '../body/leaf.ts'
import { nowhere } from '../body/place.ts'
import type { IdPairs } from '../ids.ts'
import type { CompiledRules } from '../rules/compile-rules.ts'
import type { Answer } from './answer.ts'
import { cookiesOf } from './set-cookie.ts'

/** By what headers are compared, and where what differs is reported. */
export interface HeaderComparison {
  readonly findings: Findings
  readonly rules: CompiledRules
  readonly ids: IdPairs | undefined
  /** Base URLs of the arms: a `location` on one of them is compared from its path on. */
  readonly origins: readonly string[]
}

type FormOf = (values: readonly string[]) => string

/** How each header that counts is brought to the form in which it is compared. The others are not compared. */
const comparedHeaders: ReadonlyMap<string, FormOf> = new Map([
  ['content-type', contentType],
  ['location', joined],
  ['cache-control', tokenList],
  ['content-language', tokenList],
  ['content-disposition', joined],
  ['content-range', joined],
  ['allow', tokenList],
  ['link', joined],
  ['www-authenticate', challenges],
  ['access-control-allow-origin', joined],
  ['access-control-allow-credentials', tokenList],
  ['access-control-allow-methods', tokenList],
  ['access-control-allow-headers', tokenList],
  ['access-control-expose-headers', tokenList],
  ['x-total-count', joined],
])

/** Whether a header (lower-case name) changes what a client does with an answer, so that it is compared. */
export function isComparedHeader(name: string): boolean {
  return comparedHeaders.has(name) || name === 'set-cookie'
}

/** Headers that hold addresses, and so perhaps ids. */
const addresses: ReadonlySet<string> = new Set(['location', 'link'])

/** Reports the headers that differ: those that change what a client does with an answer. */
export function compareHeaders(legacy: Answer, service: Answer, by: HeaderComparison): void {
  for (const [name, formOf] of comparedHeaders) {
    const a = legacy.headers.get(name)
    const b = service.headers.get(name)
    if (alreadySame(a, b)) continue
    const forms = [a, b].map((values) => (values === undefined ? undefined : withoutOrigin(name, formOf(values), by)))
    reportUnlessSame(`header:${name}`, [forms[0], forms[1]], { ...by, ids: addresses.has(name) ? by.ids : undefined })
  }
  compareCookies(legacy, service, by)
}

/** Most headers are: then no form of them is needed. */
function alreadySame(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a === b || (a?.length === 1 && b?.length === 1 && a[0] === b[0])
}

/** Each cookie by its name: `header:set-cookie.SID`. */
function compareCookies(legacy: Answer, service: Answer, by: HeaderComparison): void {
  const a = legacy.headers.get('set-cookie')
  const b = service.headers.get('set-cookie')
  if (a === undefined && b === undefined) return
  const [left, right] = [cookiesOf(a ?? []), cookiesOf(b ?? [])]
  for (const name of new Set([...left.keys(), ...right.keys()]))
    reportUnlessSame(`header:set-cookie.${name}`, [left.get(name), right.get(name)], { ...by, ids: undefined })
}

type Forms = readonly [legacy: string | undefined, service: string | undefined]

function reportUnlessSame(path: string, [legacy, service]: Forms, { findings, rules, ids }: HeaderComparison): void {
  if (legacy === service) return
  if (legacy !== undefined && service !== undefined && sameUnderIds(legacy, service, { ids, place: nowhere })) return
  addFinding(findings, { kind: 'header', path, legacy, service }, rules.beside.get(path))
}

function withoutOrigin(name: string, form: string, { origins }: HeaderComparison): string {
  if (name !== 'location') return form
  for (const origin of origins) {
    const base = origin.replace(/\/$/, '')
    if (form === base) return '/'
    if (form.startsWith(`${base}/`)) return form.slice(base.length)
  }
  return form
}

function joined(values: readonly string[]): string {
  return values.join(', ').trim()
}

/** Media type and charset; other parameters (a multipart boundary) say nothing of the content (RFC 9110, 8.3.1). */
function contentType(values: readonly string[]): string {
  const [mediaType = '', ...parameters] = values
    .join(', ')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim().replaceAll('"', ''))
  const charset = parameters.map((part) => part.replace(/\s*=\s*/, '=')).find((part) => part.startsWith('charset='))
  return charset === undefined ? mediaType : `${mediaType}; ${charset}`
}

/** A comma list in which neither order nor case counts. */
function tokenList(values: readonly string[]): string {
  const tokens = values.join(',').toLowerCase().split(',')
  return tokens
    .map((token) => token.trim())
    .filter((token) => token !== '')
    .sort()
    .join(', ')
}

/** Challenges without what is new each time (RFC 7616, section 3.3). */
function challenges(values: readonly string[]): string {
  return values
    .map((value) => value.trim().replace(/\b(nonce|opaque)\s*=\s*("[^"]*"|[^\s,]*)/gi, '$1'))
    .sort()
    .join(', ')
}
