import { isToken, judgedOnce } from '../judged-names.ts'
import { Invalid } from './invalid.ts'

/** More header lines, or trailer lines, are refused. */
const maxLines = 200
const control = /[^\t\r\n\x20-\x7e\x80-\xff]/
const tokens = judgedOnce(isToken)

/**
 * Reads header lines, each with its CRLF, from `at` to the end of a text in latin1, into a flat list
 * (`[name, value, ...]`). Strictly (RFC 9112, section 5): no folding, no bare CR or LF, no blank before the colon, no
 * control characters, at most 200 lines.
 */
export function readHeaderLines(text: string, begin: number): string[] | Invalid {
  if (control.test(text)) return new Invalid('a control character in a header')
  const headers: string[] = []
  for (let at = begin; at < text.length; ) {
    const lineFeed = text.indexOf('\n', at)
    if (lineFeed < 0 || text.indexOf('\r', at) !== lineFeed - 1) return new Invalid('a broken end of a line')
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon > lineFeed) return new Invalid('a header line without a colon')
    const name = text.slice(at, colon)
    if (!tokens.of(name)) return new Invalid('a header name that is no token')
    if (headers.length === maxLines * 2) return new Invalid(`more than ${maxLines} header lines`)
    headers.push(name, trimmed(text, colon + 1, lineFeed - 1))
    at = lineFeed + 1
  }
  return headers
}

/** Without the blanks and tabs around it; `String.trim` would take more away. */
function trimmed(text: string, from: number, to: number): string {
  let begin = from
  let end = to
  while (begin < end && isBlank(text.charCodeAt(begin))) begin += 1
  while (end > begin && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(begin, end)
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}
