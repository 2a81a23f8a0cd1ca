/** The values of one header (lower-case name) of flat header lines, joined by commas; undefined when it is absent. */
export function valuesOf(headers: readonly string[], wanted: string): string | undefined {
  let found: string | undefined
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.length !== wanted.length || headers[i]?.toLowerCase() !== wanted) continue
    found = found === undefined ? (headers[i + 1] ?? '') : `${found}, ${headers[i + 1] ?? ''}`
  }
  return found
}

/** Flat header lines as pairs. */
export function headerPairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = []
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? ''])
  return pairs
}
