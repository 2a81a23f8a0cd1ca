import { isIdByForm, isIdName, nounOf, nounOfPath, nounOfSegment } from './id-like.ts'
import type { AddProduced } from './produced.ts'
import { isSecretToken } from './token-text.ts'

/**
 * The ids in an address, each at a place that two arms share: the address with its ids taken out. Of a segment it must
 * be a number, a token or an id by its form; of a parameter its name may say it as well.
 */
export function linksOf(
  url: string,
  at: { readonly place: string; readonly passing: boolean },
  add: AddProduced,
): void {
  const { path, query } = partsOf(url)
  const segments = path.split('/')
  const template = segments.map((segment) => (isIdSegment(segment) ? '{}' : segment)).join('/')
  for (const [index, segment] of segments.entries()) {
    if (!isIdSegment(segment)) continue
    const place = `${at.place} ${template}#${index}`
    add({ value: decoded(segment), place, noun: nounOfSegment(segments, index), passing: at.passing })
  }
  for (const field of query === '' ? [] : query.split('&')) {
    const [name = '', value = ''] = field.split('=').map(decoded)
    if (!isIdName(name) && !isIdByForm(value)) continue
    add({ value, place: `${at.place} ${template}?${name}`, noun: nounOf(name, nounOfPath(path)), passing: at.passing })
  }
}

function partsOf(url: string): { readonly path: string; readonly query: string } {
  const relative = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').replace(/#.*$/s, '')
  const mark = relative.indexOf('?')
  return mark < 0 ? { path: relative, query: '' } : { path: relative.slice(0, mark), query: relative.slice(mark + 1) }
}

function isIdSegment(segment: string): boolean {
  if (/^\d+$/.test(segment) || isSecretToken(segment)) return true
  return isIdByForm(segment) || /^[A-Za-z]{1,5}[-_]?\d{2,}$/.test(segment)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
