/** What a body is, as far as its media type tells. */
export type BodyKind = 'json' | 'html' | 'form' | 'text' | 'unknown' | 'binary'

/** Of the many answers of a run, few content types are different ones. */
const known = new Map<string, BodyKind>()
const maxKnown = 500

/** What a Content-Type header says of a body; RFC 6839 names `+json` and `+xml`. */
export function bodyKind(contentType: string | undefined): BodyKind {
  if (contentType === undefined) return 'unknown'
  const before = known.get(contentType)
  if (before !== undefined) return before
  const kind = kindOf(contentType.split(';')[0]?.trim().toLowerCase() ?? '')
  if (known.size < maxKnown) known.set(contentType, kind)
  return kind
}

function kindOf(mediaType: string): BodyKind {
  if (mediaType === '') return 'unknown'
  if (/^(application|text)\/json$|\+json$/.test(mediaType)) return 'json'
  if (mediaType === 'text/html' || mediaType === 'application/xhtml+xml') return 'html'
  if (mediaType === 'application/x-www-form-urlencoded') return 'form'
  return /^text\/|^application\/(xml|javascript|x-ndjson|yaml|graphql|sql)$|\+xml$/.test(mediaType) ? 'text' : 'binary'
}
