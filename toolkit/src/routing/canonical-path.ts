/** A request target as it may be routed and forwarded, or why it must be answered 400. */
export type CanonicalPath =
  | { readonly ok: true; readonly path: string; readonly query: string }
  | { readonly ok: false; readonly reason: string }

/**
 * The one reading of an origin-form request target (RFC 9112, section 3.2.1): what routes is what the upstream gets.
 *
 * Encoded unreserved characters are decoded and hex digits are upper-cased (RFC 3986, sections 6.2.2.1 and 6.2.2.2);
 * all else stays byte for byte, the query (without `?`) always. A target that two servers could read differently is
 * refused: dot segments (plain, encoded, doubly encoded, before `;`), encoded slash, backslash or control
 * character, overlong UTF-8, broken percent encoding, empty segments, fragments, white space, non-ASCII, and any
 * other form than `/...`.
 */
export function canonicalPath(target: string): CanonicalPath {
  if (target.charCodeAt(0) !== slash) return refused('the target does not begin with "/"')
  const end = target.indexOf('?')
  const path = end === -1 ? target : target.slice(0, end)
  const query = end === -1 ? '' : target.slice(end + 1)
  if (!visibleAscii.test(target)) return refused('white space, a control or a non-ASCII character')
  if (target.includes('#')) return refused('a fragment')
  if (plainPath.test(path) && !path.includes('/.') && !path.includes('//')) return { ok: true, path, query }
  const reason = hazardOf(path)
  return reason === undefined ? { ok: true, path: normalized(path), query } : refused(reason)
}

/**
 * The segments of a canonical path as routes are matched against them: percent-decoded byte by byte (a byte is one
 * character), and without the path parameters (`;v=1`) that some servers drop before they read a path.
 */
export function segmentsOf(path: string): readonly string[] {
  const segments = path.slice(1).split('/')
  if (!path.includes('%') && !path.includes(';')) return segments
  return segments.map((segment) => decodedBytes(withoutParameters(segment)))
}

const slash = 0x2f
const visibleAscii = /^[\x21-\x7e]*$/
const plainPath = /^[A-Za-z0-9\-._~/]*$/

function refused(reason: string): CanonicalPath {
  return { ok: false, reason }
}

function hazardOf(path: string): string | undefined {
  if (path.includes('\\')) return 'a backslash'
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return 'a "%" without two hex digits'
  if (/%(?:2f|5c)/i.test(path)) return 'an encoded slash or backslash'
  if (/%(?:[01][0-9a-f]|7f)/i.test(path)) return 'an encoded control character'
  if (/%25(?:25)*(?:2e|2f|5c|00)/i.test(path)) return 'a doubly encoded dot, slash, backslash or NUL'
  if (/%c[01]%[89ab]|%e0%[89]|%f0%8/i.test(path)) return 'overlong UTF-8'
  return segmentHazardOf(path.slice(1).split('/'))
}

function segmentHazardOf(segments: readonly string[]): string | undefined {
  for (const [index, segment] of segments.entries()) {
    const text = decodedBytes(segment).split(';', 1)[0]
    if (text === '.' || text === '..') return 'a dot segment'
    const trailing = index === segments.length - 1 && segment === ''
    if (text === '' && !trailing) return 'an empty segment ("//")'
  }
  return undefined
}

function normalized(path: string): string {
  return path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded.toUpperCase()
  })
}

function decodedBytes(segment: string): string {
  if (!segment.includes('%')) return segment
  return segment.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => String.fromCharCode(Number.parseInt(encoded.slice(1), 16)))
}

function withoutParameters(segment: string): string {
  const end = segment.indexOf(';')
  return end === -1 ? segment : segment.slice(0, end)
}
