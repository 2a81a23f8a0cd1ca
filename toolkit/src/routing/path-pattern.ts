import { canonicalPath, segmentsOf } from './canonical-path.ts'
import { type Parsed, shortened } from './parsed.ts'
import type { Segment } from './route.ts'

/** A path pattern, as written and as segments. */
export interface PathPattern {
  readonly text: string
  readonly segments: readonly Segment[]
}

/** Allowed path patterns, in a sentence. */
export const pathPatternAllowed = 'Allowed: /literal/:parameter, and /* at the end for all that is below.'

const maxPatternLength = 2000

/**
 * Reads a path pattern: literal segments, `:name` for exactly one segment that is not empty, `*` at the end for any
 * number of segments, also none. Literals are written as in a URL and compared percent-decoded.
 */
export function parsePathPattern(text: string): Parsed<PathPattern> {
  const wrong = (why: string): Parsed<PathPattern> => ({ ok: false, message: `"${shortened(text)}" ${why}` })
  if (text.length > maxPatternLength) return wrong(`is longer than ${maxPatternLength} characters`)
  if (!text.startsWith('/')) return wrong('does not begin with "/"')
  if (text.includes('?')) return wrong('has a query, which belongs under match.query')
  const canonical = canonicalPath(text)
  if (!canonical.ok) return wrong(`holds ${canonical.reason}`)
  const segments: Segment[] = []
  const written = canonical.path.slice(1).split('/')
  for (const [index, segment] of written.entries()) {
    const parsed = parseSegment(segment, index === written.length - 1)
    if (!parsed.ok) return wrong(parsed.message)
    segments.push(parsed.value)
  }
  const repeated = repeatedParameter(segments)
  return repeated === undefined ? { ok: true, value: { text, segments } } : wrong(`names :${repeated} twice`)
}

/** The pattern without its parameters' names: equal for patterns that match the same paths. */
export function shapeOf(segments: readonly Segment[]): string {
  return segments.map((segment) => (segment.kind === 'literal' ? `=${segment.text}` : segment.kind)).join('/')
}

function parseSegment(segment: string, last: boolean): Parsed<Segment> {
  if (segment === '*') {
    return last ? { ok: true, value: { kind: 'rest' } } : { ok: false, message: 'has "*" before its end' }
  }
  if (segment.includes('*')) return { ok: false, message: 'has "*" within a segment' }
  if (segment.includes(';')) return { ok: false, message: 'has ";", which is not compared' }
  if (!segment.startsWith(':')) {
    return { ok: true, value: { kind: 'literal', text: segmentsOf(`/${segment}`)[0] ?? '' } }
  }
  const name = segment.slice(1)
  if (/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return { ok: true, value: { kind: 'parameter', name } }
  return {
    ok: false,
    message: `has a parameter "${shortened(segment)}" that is not a letter followed by letters, digits or "_"`,
  }
}

function repeatedParameter(segments: readonly Segment[]): string | undefined {
  const names = segments.flatMap((segment) => (segment.kind === 'parameter' ? [segment.name] : []))
  return names.find((name, index) => names.indexOf(name) !== index)
}
