/** The edge's own cookie: it names a caller beside the session, and survives log-in. */
export const edgeCookie = 'banyan-caller'

const yearSeconds = 31_536_000

/** The value of the first cookie of that name in a `Cookie` header (RFC 6265, section 4.2.1). */
export function cookieOf(header: string | undefined, wanted: string): string | undefined {
  if (header === undefined || !header.includes(wanted)) return undefined
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === wanted) return pair.slice(at + 1).trim() || undefined
  }
  return undefined
}

/** A `Cookie` header without the edge's own, which no upstream needs; undefined when nothing else is in it. */
export function withoutEdgeCookie(header: string): string | undefined {
  if (!header.includes(edgeCookie)) return header
  const kept = header.split(';').filter((pair) => !pair.trimStart().startsWith(`${edgeCookie}=`))
  return kept.length === 0 ? undefined : kept.join(';').trimStart()
}

/** The `Set-Cookie` value that gives a browser this caller id for a year. */
export function setEdgeCookie(caller: string): string {
  return `${edgeCookie}=${caller}; Path=/; Max-Age=${yearSeconds}; HttpOnly; SameSite=Lax`
}
