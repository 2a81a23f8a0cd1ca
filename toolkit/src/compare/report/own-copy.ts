/** A copy that keeps nothing else alive: a body is often a small part of what was read from the wire. */
export function ownCopy(body: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(body.length)
  body.copy(copy)
  return copy
}
