import { endianness } from 'node:os'

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
/** In which order a word holds its bytes. */
const lowestFirst = endianness() === 'LE'
/** A double holds any 15 digits; one more character may be the point. */
const maxDigits = 15
/** Rare enough that the dearer pattern, which sees digits everywhere, need hardly run. */
const exponentAlone = /[eE][+-]?\d{3}/
const exponent = /\d[eE][+-]?\d{3}/

/** Looks over a JSON text, four bytes at a time: a full look costs as much as a quarter of parsing. */
export function glance(bytes: Buffer, text: string): Glance {
  return { keys: countKeyColons(bytes), mayBeInexact: hasManyDigits(bytes) || hasExponent(text) }
}

/** Whether a part of a JSON text may hold a number that a double cannot hold. */
export function mayBeInexact(bytes: Buffer): boolean {
  return hasManyDigits(bytes) || hasExponent(bytes.toString('latin1'))
}

function hasExponent(text: string): boolean {
  return exponentAlone.test(text) && exponent.test(text)
}

/**
 * Colons after a quote, wherever they stand: those within texts too, where a quote is escaped or the text begins with one.
 * A word that holds a colon is found by the borrow of a subtraction (Mycroft's test for a zero byte); each bit that is left
 * is looked at, for a borrow may also mark the byte after one.
 */
function countKeyColons(bytes: Buffer): number {
  const aligned = Math.min((4 - (bytes.byteOffset % 4)) % 4, bytes.length)
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, (bytes.length - aligned) >> 2)
  let count = 0
  for (let at = 0; at < aligned; at += 1) count += keyColonAt(bytes, at)
  for (let index = 0; index < words.length; index += 1) {
    const zeroAtColon = (words[index] ?? 0) ^ colons
    let marks = (zeroAtColon - 0x01010101) & ~zeroAtColon & 0x80808080
    for (; marks !== 0; marks &= marks - 1) {
      const place = (31 - Math.clz32(marks & -marks)) >> 3
      count += keyColonAt(bytes, aligned + index * 4 + (lowestFirst ? place : 3 - place))
    }
  }
  for (let at = aligned + words.length * 4; at < bytes.length; at += 1) count += keyColonAt(bytes, at)
  return count
}

/** 1 for a colon after a quote, else 0. */
function keyColonAt(bytes: Uint8Array, colonAt: number): number {
  if (bytes[colonAt] !== colon) return 0
  let at = colonAt - 1
  while (isSpace(bytes[at])) at -= 1
  return bytes[at] === quote ? 1 : 0
}

/** Whether a JSON text may hold a number of more digits than a double keeps. A run of sixteen covers one of every sixteen places: the others need no look. */
export function hasManyDigits(bytes: Uint8Array): boolean {
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
