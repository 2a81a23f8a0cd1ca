/** Names come again with every exchange; those made up by a client must not fill the memory. */
const mostKept = 1000
const longest = 60
const known = new Map<string, string>()

/** A header's name in lower case; for a name that was met before, the same string. */
export function lowerName(name: string): string {
  const before = known.get(name)
  if (before !== undefined) return before
  const lower = name.toLowerCase()
  if (known.size < mostKept && name.length <= longest) known.set(name, lower)
  return lower
}
