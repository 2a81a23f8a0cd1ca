/** What a look at the bytes of a JSON text tells before it is parsed. */
export interface Scanned {
  /** Colons outside of texts: as many as its objects have keys, duplicates too. */
  readonly keys: number
  /** False when a number may not fit a double, or it nests too deep: then it needs the exact tokenizer. */
  readonly plain: boolean
  readonly ascii: boolean
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
/** A double holds any 15 digits; one more character may be the point. */
const maxDigits = 15

/** Kinds of bytes outside of texts: 1 digit or point, 2 opens, 3 closes, 4 quote, 5 colon, 6 exponent, 0 the rest. */
const kinds = new Uint8Array(256)
for (const byte of Buffer.from('0123456789.')) kinds[byte] = 1
for (const byte of Buffer.from('[{')) kinds[byte] = 2
for (const byte of Buffer.from(']}')) kinds[byte] = 3
kinds[quote] = 4
kinds[colon] = 5
kinds[0x45] = 6

/** Looks over the bytes of a JSON text once. What it says of a text that is no JSON has no meaning. */
export function scanJson(bytes: Uint8Array, maxDepth: number): Scanned {
  let keys = 0
  let depth = 0
  let digits = 0
  let plain = true
  let high = 0
  const end = bytes.length
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    const kind = kinds[byte]
    if (kind === 1) {
      digits += 1
      if (digits > maxDigits) plain = false
      continue
    }
    if (digits > 0 && (byte === 0x65 || kind === 6)) plain = false
    digits = 0
    if (kind === 4) {
      at += 1
      for (let inner = bytes[at] ?? quote; inner !== quote; inner = bytes[at] ?? quote) {
        high |= inner
        at += inner === backslash ? 2 : 1
      }
    } else if (kind === 5) keys += 1
    else if (kind === 2) {
      depth += 1
      if (depth > maxDepth) plain = false
    } else if (kind === 3) depth -= 1
  }
  return { keys, plain, ascii: high < 0x80 }
}
