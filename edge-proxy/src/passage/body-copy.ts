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
  let held = 0
  const take = (bytes: number) => {
    if (held + bytes > maxHeldBytes) return false
    held += bytes
    return true
  }
  const giveBack = (bytes: number) => {
    held -= bytes
  }
  return {
    copy: (maxBytes, { digest } = { digest: false }) => buildCopy({ maxBytes, digest, take, giveBack }),
    heldBytes: () => held,
  }
}

interface CopyOptions {
  readonly maxBytes: number
  readonly digest: boolean
  take(bytes: number): boolean
  giveBack(bytes: number): void
}

function buildCopy({ maxBytes, digest, take, giveBack }: CopyOptions): BodyCopy {
  let chunks: Buffer[] = []
  let hash: Hash | undefined
  let sha256: string | undefined
  let kept = 0
  let length = 0
  return {
    add: (chunk) => {
      const whole = kept === length
      length += chunk.length
      if (!whole || kept + chunk.length > maxBytes || !take(chunk.length)) {
        if (digest) hash = (hash ?? chunks.reduce((all, part) => all.update(part), createHash('sha256'))).update(chunk)
        return
      }
      kept += chunk.length
      chunks.push(chunk)
    },
    bytes: () => (chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)),
    length: () => length,
    truncated: () => kept < length,
    sha256: () => {
      sha256 ??= hash?.digest('hex')
      return sha256
    },
    release: () => {
      giveBack(kept)
      kept = 0
      chunks = []
    },
  }
}
