/** The bytes between two separators; `bytes` is undefined when they are more than the bound. */
export interface RecordBytes {
  readonly offset: number
  readonly bytes: Buffer | undefined
  /** False for what stands after the last separator. */
  readonly ended: boolean
}

/** Splits a stream at every separator and holds no more than `maxBytes` of one record. */
export async function* splitRecords(
  chunks: AsyncIterable<Buffer>,
  separator: Buffer,
  maxBytes: number,
): AsyncGenerator<RecordBytes> {
  let parts: Buffer[] = []
  let kept = 0
  let offset = 0
  let tail: Buffer = Buffer.alloc(0)
  const keep = (part: Buffer) => {
    kept += part.length
    if (kept <= maxBytes) parts.push(part)
    else parts = []
  }
  const take = (ended: boolean): RecordBytes => {
    const taken = { offset, bytes: kept > maxBytes ? undefined : Buffer.concat(parts), ended }
    offset += kept + (ended ? separator.length : 0)
    parts = []
    kept = 0
    return taken
  }
  for await (const chunk of chunks) {
    // A separator may begin in one chunk and end in the next.
    const seen = tail.length === 0 ? chunk : Buffer.concat([tail, chunk])
    let from = 0
    for (let at = seen.indexOf(separator); at >= 0; at = seen.indexOf(separator, from)) {
      keep(seen.subarray(from, at))
      yield take(true)
      from = at + separator.length
    }
    const end = Math.max(from, seen.length - separator.length + 1)
    keep(seen.subarray(from, end))
    tail = seen.subarray(end)
  }
  keep(tail)
  if (kept > 0) yield take(false)
}
