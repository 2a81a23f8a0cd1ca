/** Behind the closing quote; of a text that was cut, its end. */
export function endOfText(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes += 1
    if (slashes % 2 === 0) return quote + 1
  }
  return text.length
}

/** Behind the last character that is a part. */
export function endOf(text: string, from: number, isPart: (code: number) => boolean): number {
  let at = from + 1
  while (at < text.length && isPart(text.charCodeAt(at))) at += 1
  return at
}

/** A digit or a minus. */
export function numberStart(code: number): boolean {
  return code === 0x2d || isDigit(code)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** `.eE+-` beside digits. */
export function isNumberPart(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === 0x2d
}

/** Anything but what JSON gives a meaning, and the end of a line. */
export function isBarePart(code: number): boolean {
  switch (code) {
    case 0x22:
    case 0x7b:
    case 0x7d:
    case 0x5b:
    case 0x5d:
    case 0x2c:
    case 0x3a:
    case 0x0a:
      return false
    default:
      return true
  }
}

/** Past white space. */
export function followedByColon(text: string, offset: number): boolean {
  let at = offset
  while (isSpace(text.charCodeAt(at))) at += 1
  return text.charCodeAt(at) === 0x3a
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

/** The value of a literal; of one that was cut, what is there. */
export function literalValue(literal: string): string {
  if (literal.charCodeAt(0) !== 0x22) return literal
  const inner = literal.slice(1, literal.length > 1 && literal.endsWith('"') ? -1 : undefined)
  if (!inner.includes('\\')) return inner
  try {
    return String(JSON.parse(`"${inner}"`))
  } catch {
    return inner
  }
}
