/** Joins a chunked body (RFC 9112, section 7.1); `cut` when it ends before its last chunk, or breaks off in disorder. */
export function dechunk(bytes: Buffer): { readonly kept: Buffer; readonly cut: boolean } {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    const size = /^[0-9a-f]{1,8}(?=\s*(;|$))/i.exec(lineEnd < 0 ? '' : bytes.toString('latin1', at, lineEnd))?.[0]
    if (size === undefined) return { kept: Buffer.concat(parts), cut: true }
    const length = Number.parseInt(size, 16)
    if (length === 0) return { kept: Buffer.concat(parts), cut: false }
    const begin = lineEnd + 2
    parts.push(bytes.subarray(begin, begin + length))
    at = begin + length + 2
    if (at > bytes.length) return { kept: Buffer.concat(parts), cut: true }
  }
}
