/** Header names that belong to one connection and are never forwarded (RFC 9110, section 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** What no `Connection` header may take away: without it the message would mean something else upstream. */
const neverTaken: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding', 'cookie', 'set-cookie'])

const nothing: ReadonlySet<string> = new Set()

/** The lower-case names that a message's `Connection` headers declare as hop-by-hop, beside those that always are. */
export function connectionNames(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return nothing
  const names = connection.split(',').map((name) => name.trim().toLowerCase())
  return new Set(names.filter((name) => !neverTaken.has(name)))
}

/** Whether a header (lower-case name) always stays on its connection. */
export function isHopByHop(name: string): boolean {
  return hopByHop.has(name)
}
