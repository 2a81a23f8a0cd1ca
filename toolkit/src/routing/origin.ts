import { type Parsed, shortened } from './parsed.ts'

/** Allowed origins, in a sentence. */
export const originAllowed = 'Allowed: http://HOST:PORT or https://HOST:PORT, without a path.'

/**
 * Reads the address of an upstream or an edge: an http or https origin. Refused are credentials, paths, queries,
 * other schemes, and hosts that a URL parser reads as something else than what is written (`0x7f.1`, `127.1`).
 */
export function parseOrigin(text: string): Parsed<URL> {
  const wrong = (why: string): Parsed<URL> => ({ ok: false, message: `"${concealed(text)}" ${why}` })
  if (!URL.canParse(text)) return wrong('is not a URL')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return wrong(`has the scheme "${url.protocol}"`)
  if (url.username !== '' || url.password !== '') return wrong('holds credentials; they do not belong in this file')
  if (url.search !== '' || url.hash !== '') return wrong('has a query or a fragment')
  if (url.pathname !== '/') return wrong('has a path')
  const written = /^https?:\/\/(\[[^\]]*\]|[^/:]*)(?::\d+)?\/?$/i.exec(text)?.[1]
  if (written === undefined) return wrong('is not written as an origin')
  if (written.startsWith('[') || written.toLowerCase() === url.hostname) return { ok: true, value: url }
  return wrong(`would be read as the host "${url.hostname}"; write that`)
}

/** Reads a Host to match: a name or address in any case, with or without a port; the form that requests are compared in. */
export function parseHost(text: string): Parsed<string> {
  const host = canonicalHost(text)
  const pattern = /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/
  if (pattern.test(host) && !host.includes('..')) return { ok: true, value: host }
  return { ok: false, message: `"${shortened(text)}" is not a host name` }
}

/** A Host as it is compared: lower case, without one trailing dot of the name; the port stays. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase()
  if (lower.endsWith('.')) return lower.slice(0, -1)
  const colon = lower.lastIndexOf(':')
  return colon > 0 && lower[colon - 1] === '.' ? lower.slice(0, colon - 1) + lower.slice(colon) : lower
}

/** A canonical host without its port. */
export function withoutPort(host: string): string {
  const colon = host.lastIndexOf(':')
  return colon === -1 || host.endsWith(']') ? host : host.slice(0, colon)
}

function concealed(text: string): string {
  return shortened(text.replace(/\/\/[^/@]*@/, '//***@'))
}
