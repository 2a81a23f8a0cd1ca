/** Whom the hold has let wait, and what it tells them in the end. */
export interface Waiting {
  readonly bytes: number
  /** On the clock that never jumps. */
  readonly sinceMs: number
  tell(fate: Fate): void
}

/** What becomes of a held request: it goes on its way now, is answered 503 (it was sent nowhere), or its client has left. */
export type Fate =
  | { readonly kind: 'go' }
  | { readonly kind: 'refused'; readonly because: Because }
  | { readonly kind: 'left' }

/** Why a held request is answered 503. */
export type Because = 'past-bound' | 'edge-stops'

/** Requests in order of their arrival, with what they count as. */
export interface WaitingLine {
  add(one: Waiting): void
  /** False when it does not wait any more. */
  remove(one: Waiting): boolean
  first(): Waiting | undefined
  all(): readonly Waiting[]
  size(): number
  bytes(): number
}

/** Builds an empty line. */
export function buildWaitingLine(): WaitingLine {
  const line = new Set<Waiting>()
  let bytes = 0
  return {
    add: (one) => {
      line.add(one)
      bytes += one.bytes
    },
    remove: (one) => {
      if (!line.delete(one)) return false
      bytes -= one.bytes
      return true
    },
    first: () => {
      for (const one of line) return one
      return undefined
    },
    all: () => [...line],
    size: () => line.size,
    bytes: () => bytes,
  }
}
