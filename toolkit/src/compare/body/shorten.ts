import { isJsonObject, type Json } from '../../base/index.ts'

const maxText = 160
const maxNodes = 24

/**
 * Two differing values as they are kept and shown: long text is cut around the first place where it differs,
 * large objects and arrays become a few words.
 */
export function shortenPair(legacy: Json | undefined, service: Json | undefined): [Json | undefined, Json | undefined] {
  if (typeof legacy === 'string' && typeof service === 'string') {
    const from = Math.max(0, firstDifference(legacy, service) - maxText / 4)
    return [excerpt(legacy, from), excerpt(service, from)]
  }
  return [shorten(legacy), shorten(service)]
}

/** One value, short enough to be kept and shown. */
export function shorten(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return excerpt(value, 0)
  if (typeof value !== 'object' || value === null || isSmall(value)) return value
  if (isJsonObject(value)) return `{… ${Object.keys(value).length} keys}`
  return `[… ${Array.isArray(value) ? value.length : 0} items]`
}

/** A part of a text with marks where it was cut. */
export function excerpt(text: string, from: number): string {
  if (text.length <= maxText) return text
  const start = Math.min(from, Math.max(0, text.length - maxText))
  const end = start + maxText
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}

/** The index of the first character, or byte, where two values differ. */
export function firstDifference(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  const shared = Math.min(a.length, b.length)
  let at = 0
  while (at < shared && a[at] === b[at]) at += 1
  return at
}

/** Breadth first and bounded, so that a huge or deep value costs nothing. */
function isSmall(value: Json): boolean {
  const open: Json[] = [value]
  let characters = 0
  // The list grows while it is read.
  for (const node of open) {
    if (typeof node === 'string') characters += node.length
    if (typeof node === 'object' && node !== null) {
      if (Array.isArray(node) && node.length > maxNodes) return false
      const entries = Object.entries(node)
      if (open.length + entries.length > maxNodes) return false
      for (const [key, inner] of entries) {
        characters += isJsonObject(node) ? key.length : 0
        open.push(inner)
      }
    }
    if (characters > maxText) return false
  }
  return true
}
