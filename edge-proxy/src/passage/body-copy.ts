import { createHash, type Hash } from 'node:crypto'

/** No more than this of a body is kept beside it for comparing and recording. */
export const maxCopyBytes = 1024 * 1024

/** The beginning of a body that passes by, kept beside it for comparing or recording. */
export interface BodyCopy {
  add(chunk: Buffer): void
  /** What was kept so far. */
  bytes(): Buffer
  /** How long the body was, kept or not. */
  length(): number
  /** True when the bound was reached and `bytes()` holds less than the body. */
  truncated(): boolean
  /** SHA-256 of the whole body, in hex, when it was asked for and not all of the body was kept. */
  sha256(): string | undefined
  /** Gives the bytes back to the budget; the copy is empty afterwards. */
  release(): void
}

/** All copies together hold at most so many bytes, however many requests pass. */
export interface CopyBudget {
  /** With `digest` the copy knows the SHA-256 of a body that it does not keep whole. */
  copy(maxBytes: number, options?: { readonly digest: boolean }): BodyCopy
  heldBytes(): number
}

/** Builds a budget of `maxHeldBytes`: a copy that finds it used up counts as truncated (law 9). */
export function buildCopyBudget(maxHeldBytes: number): CopyBudget {
  const budget = { heldBytes: 0, maxHeldBytes }
  return {
    copy: (maxBytes, options) => new Copy(budget, maxBytes, options?.digest === true),
    heldBytes: () => budget.heldBytes,
  }
}

interface Budget {
  heldBytes: number
  readonly maxHeldBytes: number
}

const nothing = Buffer.alloc(0)

/** Parts are kept by reference: whoever adds one owns it. A class, for one is made for each request that is shadowed. */
class Copy implements BodyCopy {
  readonly #budget: Budget
  #maxBytes: number
  readonly #digest: boolean
  #chunks: Buffer[] = []
  #hash: Hash | undefined
  #sha256: string | undefined
  #kept = 0
  #length = 0

  constructor(budget: Budget, maxBytes: number, digest: boolean) {
    this.#budget = budget
    this.#maxBytes = maxBytes
    this.#digest = digest
  }

  /** Bound, for streams call it as their listener. */
  readonly add = (chunk: Buffer) => {
    const whole = this.#kept === this.#length
    this.#length += chunk.length
    if (whole && this.#take(chunk.length)) this.#chunks.push(chunk)
    else this.#digestOnly(chunk)
  }

  #take(bytes: number): boolean {
    const held = this.#budget.heldBytes + bytes
    if (this.#kept + bytes > this.#maxBytes || held > this.#budget.maxHeldBytes) return false
    this.#budget.heldBytes = held
    this.#kept += bytes
    return true
  }

  #digestOnly(chunk: Buffer): void {
    if (!this.#digest) return
    this.#hash ??= this.#chunks.reduce((all, part) => all.update(part), createHash('sha256'))
    this.#hash.update(chunk)
  }

  bytes(): Buffer {
    return this.#chunks.length === 1 ? (this.#chunks[0] ?? nothing) : Buffer.concat(this.#chunks)
  }

  length(): number {
    return this.#length
  }

  truncated(): boolean {
    return this.#kept < this.#length
  }

  sha256(): string | undefined {
    this.#sha256 ??= this.#hash?.digest('hex')
    return this.#sha256
  }

  release(): void {
    this.#budget.heldBytes -= this.#kept
    this.#kept = 0
    this.#chunks = []
    // A body may go on after its request was answered: what comes then is nobody's, and would never be given back.
    this.#maxBytes = -1
  }
}
