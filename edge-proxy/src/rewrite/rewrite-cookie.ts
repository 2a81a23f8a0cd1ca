import { bareDomain, type RewriteRule } from '@banyan/toolkit/routing'

/**
 * A `Set-Cookie` value with its `Domain` and `Path` as the rule says (RFC 6265, section 5.2; the last of several counts, so each is rewritten).
 * The rest stays byte for byte. A `__Host-` cookie has no domain and the path `/` by its name, and is left alone.
 */
export function rewriteCookie(value: string, { cookieDomain, cookiePath }: RewriteRule): string {
  const [pair = '', ...attributes] = value.split(';')
  if (/^\s*__host-/i.test(pair)) return value
  const kept = attributes.flatMap((attribute) => {
    const equals = attribute.indexOf('=')
    if (equals < 0) return [attribute]
    const name = attribute.slice(0, equals).trim().toLowerCase()
    const next = rewritten(name, attribute.slice(equals + 1).trim(), { cookieDomain, cookiePath })
    if (next === undefined) return [attribute]
    return next === '' ? [] : [`${attribute.slice(0, equals + 1)}${next}`]
  })
  return [pair, ...kept].join(';')
}

function rewritten(
  name: string,
  written: string,
  rule: Pick<RewriteRule, 'cookieDomain' | 'cookiePath'>,
): string | undefined {
  if (name === 'domain') return rule.cookieDomain.get(bareDomain(written))
  return name === 'path' ? pathOf(written, rule.cookiePath) : undefined
}

/** By the longest prefix on the border of a segment; undefined where none is. */
function pathOf(path: string, paths: RewriteRule['cookiePath']): string | undefined {
  let best: string | undefined
  for (const from of paths.keys()) {
    if (isBelow(path, from) && from.length > (best?.length ?? -1)) best = from
  }
  if (best === undefined) return undefined
  const to = paths.get(best) ?? best
  const rest = path.slice(best.length)
  if (rest === '') return to
  return `${to.endsWith('/') ? to.slice(0, -1) : to}${rest.startsWith('/') ? rest : `/${rest}`}`
}

function isBelow(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false
  return path.length === prefix.length || prefix.endsWith('/') || path[prefix.length] === '/'
}
