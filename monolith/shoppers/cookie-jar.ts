/** The cookies of one browser. It talks to one host only, so domains are not looked at. */
export interface CookieJar {
  /** Keeps what `Set-Cookie` header lines say; whoever set them, the shop or what stands before it. */
  keep(setCookies: readonly string[], now: number): void
  /** The `Cookie` header for a path; undefined when there is none to send. */
  header(path: string): string | undefined
}

interface Cookie {
  readonly value: string
  readonly path: string
}

/** Builds an empty jar (RFC 6265 section 5: expiry, Max-Age before Expires, path match). */
export function buildCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>()
  return {
    keep(setCookies, now) {
      for (const line of setCookies) {
        const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
        const name = pair.split('=', 1)[0] ?? ''
        const path = attributeOf(attributes, 'path') ?? '/'
        if (name === '') continue
        if (isOver(attributes, now)) cookies.delete(`${name};${path}`)
        else cookies.set(`${name};${path}`, { value: pair, path })
      }
    },
    header(path) {
      const sent = [...cookies.values()].filter((cookie) => isWithin(path, cookie.path)).map((cookie) => cookie.value)
      return sent.length === 0 ? undefined : sent.join('; ')
    },
  }
}

function attributeOf(attributes: readonly string[], name: string): string | undefined {
  const found = attributes.find((attribute) => attribute.toLowerCase().startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

function isOver(attributes: readonly string[], now: number): boolean {
  const maxAge = attributeOf(attributes, 'max-age')
  if (maxAge !== undefined) return Number(maxAge) <= 0
  const expires = attributeOf(attributes, 'expires')
  return expires !== undefined && Date.parse(expires) <= now
}

function isWithin(path: string, cookiePath: string): boolean {
  const bare = path.split('?', 1)[0] ?? '/'
  return bare === cookiePath || bare.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`)
}
