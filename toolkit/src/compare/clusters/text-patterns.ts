import { instantPatterns } from './instant-patterns.ts'
import { numberPatterns } from './number-patterns.ts'

const maxText = 20_000

/** What the service may have done to a text: `case`, `trimmed`, `cut`, `hours+2`, `html-escaped`. */
export function textPatterns(legacy: string, service: string): string[] {
  if (legacy.length > maxText || service.length > maxText) return legacy.startsWith(service) ? ['cut'] : []
  if (service === '') return ['emptied']
  if (legacy === '') return ['filled']
  return [
    ...(instantPatterns(legacy, service) ?? numericTextPatterns(legacy, service)),
    ...casePatterns(legacy, service),
    ...spacePatterns(legacy, service),
    ...partPatterns(legacy, service),
    ...codingPatterns(legacy, service),
  ]
}

/** `"19.90"` against `"1990"`; long digits are codes. */
function numericTextPatterns(legacy: string, service: string): string[] {
  const decimal = /^-?\d{1,15}(\.\d{1,8})?$/
  if (!decimal.test(legacy) || !decimal.test(service)) return []
  const [a, b] = [Number(legacy), Number(service)]
  return a === b ? ['other-notation'] : numberPatterns(a, b)
}

function casePatterns(legacy: string, service: string): string[] {
  if (legacy.toLowerCase() !== service.toLowerCase()) return []
  if (service === legacy.toUpperCase()) return ['upper-case', 'case']
  return service === legacy.toLowerCase() ? ['lower-case', 'case'] : ['case']
}

function spacePatterns(legacy: string, service: string): string[] {
  if (collapse(legacy) !== collapse(service)) return []
  if (legacy.trim() === service) return ['trimmed', 'white-space']
  return service.trim() === legacy.trim() ? ['padded', 'white-space'] : ['white-space']
}

/** A part of the text that is gone, or is new; a cut at one length is a column that is too short. */
function partPatterns(legacy: string, service: string): string[] {
  const kept = service.replace(/(…|\.\.\.)$/, '')
  if (kept !== '' && legacy.startsWith(kept)) return [`cut-to-${service.length}`, 'cut']
  if (legacy.trimEnd().startsWith(service.trimEnd()) && service.trimEnd() !== '') return ['cut']
  if (legacy.endsWith(service)) return [named('prefix-lost', legacy.slice(0, -service.length)), 'prefix-lost']
  if (service.startsWith(legacy)) return [named('suffix-added', service.slice(legacy.length)), 'suffix-added']
  return service.endsWith(legacy) ? [named('prefix-added', service.slice(0, -legacy.length)), 'prefix-added'] : []
}

function named(pattern: string, part: string): string {
  return part.length <= 16 ? `${pattern}:${part}` : pattern
}

function codingPatterns(legacy: string, service: string): string[] {
  const found: string[] = []
  if (unescaped(service) === legacy) found.push('html-escaped')
  if (unescaped(legacy) === service) found.push('html-unescaped')
  if (Buffer.from(legacy, 'utf8').toString('latin1') === service || /\ufffd/.test(service)) found.push('encoding')
  if (legacy.normalize('NFC') === service.normalize('NFC')) found.push('unicode-form')
  else if (withoutAccents(legacy) === withoutAccents(service)) found.push('accents-lost')
  if (lettersOf(legacy) === lettersOf(service) && lettersOf(legacy) !== '') found.push('punctuation')
  else if (wordsOf(legacy) === wordsOf(service) && /\s/.test(legacy)) found.push('words-reordered')
  return found
}

const entities: readonly (readonly [RegExp, string])[] = [
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/&quot;/g, '"'],
  [/&#0?39;|&apos;|&#x27;/g, "'"],
  [/&amp;/g, '&'],
]

function unescaped(text: string): string {
  return entities.reduce((all, [entity, character]) => all.replace(entity, character), text)
}

function withoutAccents(text: string): string {
  return text.normalize('NFD').replace(/\p{Mn}/gu, '')
}

/** Without what only separates: `+43 1 234-56` and `+43123456`. */
function lettersOf(text: string): string {
  return text.replace(/[\s().,/_-]+/g, '')
}

function wordsOf(text: string): string {
  return text
    .split(/[\s,]+/)
    .sort()
    .join(' ')
}

function collapse(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}
