import type { Difference } from '../../compare/index.ts'

/** Shorter ones stand in other texts by chance. */
const shortestInside = 6
/** More are not looked for inside of texts. */
const mostInside = 1000

/**
 * A difference without the values that redacting whole answers took out of them: in a tree of HTML, or in a list of fields,
 * the name that says that a value is a secret stands elsewhere. `secrets` are those values; `token` makes tokens of them.
 */
export function hideSecrets(
  difference: Difference,
  secrets: ReadonlySet<string>,
  token: (secret: string) => string,
): Difference {
  if (secrets.size === 0) return difference
  const hidden = (value: Difference['legacy']) => (typeof value === 'string' ? hideIn(value, secrets, token) : value)
  return { ...difference, legacy: hidden(difference.legacy), service: hidden(difference.service) }
}

function hideIn(text: string, secrets: ReadonlySet<string>, token: (secret: string) => string): string {
  if (secrets.has(text)) return token(text)
  if (secrets.size > mostInside) return text
  const shortened = /^\u2026|\u2026$/.test(text) ? text.replace(/^\u2026|\u2026$/g, '') : undefined
  let shown = text
  for (const secret of secrets) {
    if (secret.length < shortestInside) continue
    if (shortened !== undefined && shortened.length >= shortestInside && secret.includes(shortened))
      return token(secret)
    if (shown.includes(secret)) shown = shown.replaceAll(secret, token(secret))
  }
  return shown
}
