/**
 * `Location` without its origin, where that is one of `origins`: the same path under the origin that the client came by, whatever that is.
 * Nothing is built from `Host`. Every other value stays as it is, also one whose path a browser would take for an authority
 * (`http://legacy//evil`, `http://legacy/\evil`).
 */
export function rewriteLocation(value: string, origins: ReadonlySet<string>): string {
  const [, origin, rest = ''] = /^(https?:\/\/[^/?#\\@\s]+)([/?#][^\s]*)?$/i.exec(value) ?? []
  if (origin === undefined || !URL.canParse(origin) || !origins.has(new URL(origin).origin)) return value
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return /^\/[/\\]/.test(path) ? value : path
}
