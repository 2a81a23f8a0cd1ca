import { isComparedHeader } from './headers.ts'

/** An answer as it came over the wire, its header lines flat: `[name, value, name, value]`. */
export interface FlatAnswer {
  readonly status: number
  /** Names in any case; repeated names stay separate. */
  readonly headers: readonly string[]
  readonly body: Buffer
  /** True when `body` holds only the beginning. */
  readonly truncated: boolean
}

/**
 * Whether two answers are the same byte for byte in all that is compared: then comparing them gives a match, by whatever
 * rules where no ids are known. It costs about a microsecond; false says nothing about them yet.
 */
export function isSameOnWire(legacy: FlatAnswer, service: FlatAnswer): boolean {
  if (legacy.status !== service.status || legacy.truncated || service.truncated) return false
  return legacy.body.equals(service.body) && haveSameLines(legacy.headers, service.headers)
}

/** The lines that count, in their order: the same ones in another order may mean the same, and are not the same. */
function haveSameLines(a: readonly string[], b: readonly string[]): boolean {
  let left = nextCounting(a, 0)
  let right = nextCounting(b, 0)
  while (left < a.length && right < b.length) {
    if (a[left + 1] !== b[right + 1] || a[left]?.toLowerCase() !== b[right]?.toLowerCase()) return false
    left = nextCounting(a, left + 2)
    right = nextCounting(b, right + 2)
  }
  return left >= a.length && right >= b.length
}

function nextCounting(lines: readonly string[], from: number): number {
  let at = from
  while (at < lines.length && !counts(lines[at] ?? '')) at += 2
  return at
}

/** How the body is packed counts, too: the same bytes are the same content only if both are unpacked alike. */
function counts(written: string): boolean {
  const name = written.toLowerCase()
  return isComparedHeader(name) || name === 'content-encoding'
}
