/**
 * The cookies that an answer sets, by name, each as its attributes in one order (RFC 6265, section 4.1): `deleted` or
 * nothing for its value, which is a secret that differs each time. Of a name that is set twice both are told.
 */
export function cookiesOf(values: readonly string[]): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  for (const text of values) {
    const [pair = '', ...attributes] = text.split(';')
    const name = pair.split('=')[0]?.trim() ?? ''
    const form = attributes
      .map(attributeOf)
      .filter((attribute) => attribute !== '')
      .sort()
      .join('; ')
    const before = cookies.get(name)
    cookies.set(name, before === undefined ? form : `${before}, ${form}`)
  }
  return cookies
}

/** An expiry date moves with the clock: it counts only whether it deletes the cookie. */
function attributeOf(text: string): string {
  const [name = '', value] = text.split(/=(.*)/s).map((part) => part.trim())
  const lower = name.toLowerCase()
  if (lower === 'expires') return /\b(1970|1969)\b/.test(value ?? '') ? 'expires in the past' : 'expires'
  if (lower === 'max-age' && Number(value) <= 0) return 'expires in the past'
  // A path has case (RFC 6265, section 5.1.4); the other values have none.
  return value === undefined ? lower : `${lower}=${lower === 'path' ? value : value.toLowerCase()}`
}
