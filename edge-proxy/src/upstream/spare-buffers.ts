/** How long such a buffer is. An answer of 64 KiB fits into it together with its head. */
export const spareBytes = 80 * 1024
/** So many are kept for whoever reads next; what comes back beyond them is left to the collector. */
const maxSpare = 64

const spare: Buffer[] = []
/** The views that were given to readers. Each comes back once, whoever says so how often: two readers must never share a buffer. */
const lent = new WeakSet<Buffer>()

/** A buffer for a large part of a body, which holds whatever it held before. */
export function takeBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(spareBytes)
}

/** The same bytes, which belong to their reader now, and the whole buffer with them: it must not be lent twice. */
export function lend(bytes: Buffer): Buffer {
  lent.add(bytes)
  return bytes
}

/** The same bytes for whoever keeps them for long: a lent view of 16 KiB would keep a whole buffer from coming back. */
export function apart(bytes: Buffer): Buffer {
  return lent.has(bytes) ? Buffer.from(bytes) : bytes
}

/**
 * The reader of these bytes, the very ones that were lent, needs them no more: nothing refers to them, no write under way either.
 * Other bytes are no matter; a reader that gives nothing back costs an allocation.
 */
export function giveBack(bytes: Buffer): void {
  if (lent.delete(bytes) && spare.length < maxSpare) spare.push(Buffer.from(bytes.buffer))
}
