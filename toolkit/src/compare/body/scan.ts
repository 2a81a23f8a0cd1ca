/** What a quick look at the bytes of a JSON text tells before it is parsed. It may see more than there is, never less. */
export interface Glance {
  /** At least as many as its objects have keys, duplicates too. */
  readonly keys: number
  /** Whether there may be a number that a double cannot hold. */
  readonly mayBeInexact: boolean
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const colons = 0x3a3a3a3a
/** A double holds any 15 digits; one more character may be the point. */
const maxDigits = 15
const exponent = /\d[eE][+-]?\d{3}/

/** Looks over a JSON text, four bytes at a time: a full look costs as much as a quarter of parsing. */
export function glance(bytes: Buffer, text: string): Glance {
  return { keys: countKeyColons(bytes), mayBeInexact: hasManyDigits(bytes) || exponent.test(text) }
}

/** Colons after a quote, wherever they stand: those within texts too, where a quote is escaped or the text begins with one. */
function countKeyColons(bytes: Buffer): number {
  const aligned = (4 - (bytes.byteOffset % 4)) % 4
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, Math.max(0, bytes.length - aligned) >> 2)
  let count = countBetween(bytes, 0, Math.min(aligned, bytes.length))
  let at = aligned
  for (const word of words) {
    const zeroAtColon = word ^ colons
    if (((zeroAtColon - 0x01010101) & ~zeroAtColon & 0x80808080) !== 0) count += countBetween(bytes, at, at + 4)
    at += 4
  }
  return count + countBetween(bytes, Math.min(at, bytes.length), bytes.length)
}

function countBetween(bytes: Uint8Array, start: number, end: number): number {
  let count = 0
  for (let at = start; at < end; at += 1) if (bytes[at] === colon && followsQuote(bytes, at)) count += 1
  return count
}

function followsQuote(bytes: Uint8Array, colonAt: number): boolean {
  let at = colonAt - 1
  while (isSpace(bytes[at])) at -= 1
  return bytes[at] === quote
}

/** A run of sixteen covers one of every sixteen places: the others need no look. */
function hasManyDigits(bytes: Uint8Array): boolean {
  for (let at = maxDigits; at < bytes.length; at += maxDigits + 1) {
    if (!isDigit(bytes[at])) continue
    let start = at
    while (isDigit(bytes[start - 1])) start -= 1
    let end = at + 1
    while (isDigit(bytes[end])) end += 1
    if (end - start > maxDigits) return true
  }
  return false
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2e)
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** How many keys the objects of a JSON text have, duplicates too: its colons outside of texts. */
export function countTextKeys(bytes: Uint8Array): number {
  let keys = 0
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === quote) at = endOfString(bytes, at)
    else if (bytes[at] === colon) keys += 1
  }
  return keys
}

function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at
}
