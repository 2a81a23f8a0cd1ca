import type { Answer } from '../answer/answer.ts'
import { type BodyKind, bodyKind } from './body-kind.ts'
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
  for (const compare of waysFor(kindOf(legacy), kindOf(service))) if (compare(legacy.body, service.body, by)) return
  reportBytes(legacy.body, service.body, by)
}

const asText: readonly Compare[] = [compareText]
const ways: Readonly<Record<BodyKind, readonly Compare[]>> = {
  json: [compareJson, compareText],
  html: [compareHtml, compareText],
  form: [compareForms, compareText],
  text: asText,
  unknown: [compareJson, compareText],
  binary: [],
}

/** The ways to compare two bodies, the closest first. A body that says nothing of itself is what the other is. */
function waysFor(legacy: BodyKind, service: BodyKind): readonly Compare[] {
  if (legacy === service || service === 'unknown') return ways[legacy]
  if (legacy === 'unknown') return ways[service]
  return legacy === 'binary' || service === 'binary' ? ways.binary : asText
}

function kindOf(answer: Answer): BodyKind {
  return bodyKind(answer.headers.get('content-type')?.[0])
}

function reportBytes(legacy: Buffer, service: Buffer, { findings, rule }: WalkOptions): void {
  if (legacy.equals(service)) return
  const at = firstDifference(legacy, service)
  const found = { legacy: describeBytes(legacy, at), service: describeBytes(service, at) }
  addFinding(findings, { kind: 'value', path: '$', ...found }, rule?.ignore)
}
