import type { Answer } from '../answer/answer.ts'
import { describeBytes } from './describe-bytes.ts'
import { addFinding } from './findings.ts'
import { compareHtml } from './html.ts'
import { compareJson } from './json-body.ts'
import { firstDifference } from './shorten.ts'
import { compareForms, compareText } from './text-body.ts'
import type { WalkOptions } from './walk.ts'

type Compare = (legacy: Buffer, service: Buffer, by: WalkOptions) => boolean

/**
 * Reports where two bodies differ, by what they are: JSON values, HTML trees, the fields of a form, the lines of a text.
 * What is none of these, or not what it says it is, is one value at `$`.
 */
export function compareBodies(legacy: Answer, service: Answer, by: WalkOptions): void {
  for (const compare of waysFor(mediaTypeOf(legacy), mediaTypeOf(service)))
    if (compare(legacy.body, service.body, by)) return
  reportBytes(legacy.body, service.body, by)
}

/** The ways to compare two bodies, the closest first. */
function waysFor(legacy: string, service: string): readonly Compare[] {
  const kinds = [kindOf(legacy), kindOf(service)]
  const both = (...allowed: readonly string[]) => kinds.every((kind) => allowed.includes(kind))
  if (both('json', 'unknown')) return [compareJson, compareText]
  if (both('html', 'unknown')) return [compareHtml, compareText]
  if (both('form', 'unknown')) return [compareForms, compareText]
  return both('json', 'html', 'form', 'text', 'unknown') ? [compareText] : []
}

/** What a media type says of a body; RFC 6839 names `+json` and `+xml`. */
function kindOf(mediaType: string): 'json' | 'html' | 'form' | 'text' | 'unknown' | 'binary' {
  if (mediaType === '') return 'unknown'
  if (/^(application|text)\/json$|\+json$/.test(mediaType)) return 'json'
  if (mediaType === 'text/html' || mediaType === 'application/xhtml+xml') return 'html'
  if (mediaType === 'application/x-www-form-urlencoded') return 'form'
  return /^text\/|^application\/(xml|javascript|x-ndjson|yaml|graphql|sql)$|\+xml$/.test(mediaType) ? 'text' : 'binary'
}

function mediaTypeOf(answer: Answer): string {
  return answer.headers.get('content-type')?.[0]?.split(';')[0]?.trim().toLowerCase() ?? ''
}

function reportBytes(legacy: Buffer, service: Buffer, { findings, rule }: WalkOptions): void {
  if (legacy.equals(service)) return
  const at = firstDifference(legacy, service)
  const found = { legacy: describeBytes(legacy, at), service: describeBytes(service, at) }
  addFinding(findings, { kind: 'value', path: '$', ...found }, rule?.ignore)
}
