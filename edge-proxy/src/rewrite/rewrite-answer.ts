import type { RewriteRule, Upstream } from '@banyan/toolkit/routing'
import { rewriteCookie } from './rewrite-cookie.ts'
import { rewriteLocation } from './rewrite-location.ts'

/** An answer's header lines, flat, as the rule of its route says; `upstream` is who gave it. */
export function rewriteAnswer(headers: readonly string[], rule: RewriteRule, upstream: Upstream): readonly string[] {
  const origins = rule.location && new Set([...rule.location, ...upstream.urls.map(({ origin }) => origin)])
  const rewritten: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    rewritten.push(name, rewriteLine(name.toLowerCase(), headers[i + 1] ?? '', { rule, origins }))
  }
  return rewritten
}

interface Rewriting {
  readonly rule: RewriteRule
  readonly origins: ReadonlySet<string> | undefined
}

function rewriteLine(name: string, value: string, { rule, origins }: Rewriting): string {
  if (name === 'set-cookie') return rewriteCookie(value, rule)
  if (origins === undefined || (name !== 'location' && name !== 'content-location')) return value
  return rewriteLocation(value, origins)
}
