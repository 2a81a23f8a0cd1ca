import { originAllowed, parseOrigin } from './origin.ts'
import { matching } from './parsed.ts'
import { list, members, named, optional, type Shape, text } from './shape.ts'

/** What of an answer is rewritten because the upstream does not know how it is reached. */
export interface RewriteRule {
  /**
   * Origins (`http://legacy.internal:3000`) beside the upstream's own, whose absolute `Location` loses its origin;
   * undefined: `Location` stays as it is.
   */
  readonly location: ReadonlySet<string> | undefined
  /** Cookie domains (lower case, without a leading dot) to what they become; the empty string removes the attribute. */
  readonly cookieDomain: ReadonlyMap<string, string>
  /** Path prefixes of cookies, on the border of a segment, to what they become. */
  readonly cookiePath: ReadonlyMap<string, string>
}

const domainPattern = /^\.?[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$/
const domain = text('Allowed: a domain, such as legacy.local.', matching(domainPattern, 'a domain'), {
  pattern: domainPattern.source,
})
const domainOrNone = text(
  'Allowed: a domain, such as shop.example, or "" for none.',
  matching(new RegExp(`^$|${domainPattern.source}`), 'a domain'),
  { pattern: `^$|${domainPattern.source}` },
)
/** What RFC 6265, section 4.1.1, allows in a path that needs no quoting anywhere. */
const pathPattern = /^\/[!#-+\--:<-[\]-~]{0,1000}$/
const path = text('Allowed: a path that begins with "/".', matching(pathPattern, 'a path'), { pattern: '^/' })

const origin = text(originAllowed, parseOrigin, { pattern: '^https?://[^/?#@]+/?$' })

/** The `rewrite` of a route as it is written. */
export const rewriteShape = members(
  {
    location: optional(
      list(origin, 0, {
        description: "Location loses these origins and the upstream's own; [] for the upstream's own alone.",
      }),
    ),
    'cookie-domain': optional(
      named(domain, domainOrNone, { description: 'Domains of cookies to what they become; "" removes it.' }),
    ),
    'cookie-path': optional(
      named(path, path, { description: 'Path prefixes of cookies to what they become; the longest wins.' }),
    ),
  },
  { description: 'What of an answer is rewritten, for an upstream that does not know how it is reached.' },
)

type Read<S> = S extends Shape<infer T> ? T : never

/** Makes a route's `rewrite` into what its answers are rewritten by; undefined when there is none. */
export function compileRewrite(written: Read<typeof rewriteShape> | undefined): RewriteRule | undefined {
  if (written === undefined) return undefined
  const { location, 'cookie-domain': domains, 'cookie-path': paths } = written
  return {
    location: location && new Set(location.value.map(({ value }) => value.origin)),
    cookieDomain: new Map([...(domains ?? [])].map(([from, to]) => [bareDomain(from), to.value])),
    cookiePath: new Map([...(paths ?? [])].map(([from, to]) => [from, to.value])),
  }
}

/** A cookie's domain as it is compared: a leading dot says nothing (RFC 6265, section 5.2.3). */
export function bareDomain(written: string): string {
  const lower = written.toLowerCase()
  return lower.startsWith('.') ? lower.slice(1) : lower
}
