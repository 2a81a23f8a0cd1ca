/** How many buckets callers fall into: a share has a resolution of 0.01 %. */
export const bucketCount = 10_000

/**
 * The bucket of a caller, 0 to 9999, the same in every process and for ever; a share of p percent serves the
 * buckets below p * 100, so a growing share only ever adds callers, and all routes of a capability agree.
 *
 * The hash is FNV-1a (32 bits) over the UTF-8 bytes of `capability NUL caller`, then MurmurHash3's finaliser
 * `fmix32` because FNV alone spreads its high bits badly on short keys, then `floor(hash * 10000 / 2^32)`.
 * Not SHA-256: nobody gains by choosing a bucket, and this runs on every request.
 */
export function bucketOf(capability: string, caller: string): number {
  const hash = finished(fed(fed(offsetBasis, `${capability}\0`), caller))
  return Math.floor((hash * bucketCount) / 0x1_0000_0000)
}

/** Whether a share of `percent` (0 to 100) serves the bucket. */
export function shareServes(percent: number, bucket: number): boolean {
  return bucket < Math.round(percent * 100)
}

const offsetBasis = 0x811c9dc5
const prime = 0x01000193

function fed(start: number, text: string): number {
  let hash = start
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) return fedBytes(hash, Buffer.from(text.slice(i), 'utf8'))
    hash = Math.imul(hash ^ unit, prime)
  }
  return hash
}

function fedBytes(start: number, bytes: Buffer): number {
  let hash = start
  for (const byte of bytes) hash = Math.imul(hash ^ byte, prime)
  return hash
}

function finished(fnv: number): number {
  let hash = fnv ^ (fnv >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
