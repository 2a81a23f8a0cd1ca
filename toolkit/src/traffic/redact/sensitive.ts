/** Header names (lower case) whose whole value is a secret. Cookies and `authorization` have rules of their own. */
const secretHeader = /token|secret|passw|api-?key|session|credential|csrf|xsrf|signature|^x-auth|^x-amz-security/

/** Names that end a sensitive field, without case, underscores and the like. */
const secretNames: ReadonlySet<string> = new Set(
  `auth authorization bearer card cardno cardnumber cc ccnumber ccnum creditcard csc cvc cvc2 cvv cvv2 cookie debitcard
  iban otp pan passphrase pin pwd sid ssn socialsecuritynumber session sessionid sessid shopsessid signature sig
  taxid totp accountnumber bankaccount routingnumber privatekey jwt code2fa mfacode securitycode`.split(/\s+/),
)

const secretPart =
  /passw|passwd|secret|token|apikey|accesskey|privatekey|credential|authorization|cardnumber|creditcard|cvv|securitycode/

/** The same few names come with every exchange; names made up by a client must not fill the memory. */
const maxKnownNames = 5000
const known = new Map<string, boolean>()

/** Whether the value of a field (JSON key, form field, query parameter, cookie) of this name is a secret. */
export function isSecretName(name: string): boolean {
  const before = known.get(name)
  if (before !== undefined) return before
  const plain = plainName(name)
  const secret = secretNames.has(plain) || secretPart.test(plain)
  if (known.size < maxKnownNames && name.length < 100) known.set(name, secret)
  return secret
}

/** A name without case, hyphens, underscores and the like. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Whether the whole value of a header is a secret. */
export function isSecretHeader(lowerName: string): boolean {
  return secretHeader.test(lowerName)
}
